import 'dcmjs'
