import '../../../shared.ts'
