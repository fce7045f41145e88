import '../../../../../contract/index.ts'
