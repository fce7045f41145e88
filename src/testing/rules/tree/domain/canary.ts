import '../../../../contract/index.ts'
