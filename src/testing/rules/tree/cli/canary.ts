import '../../../../api/index.ts'
