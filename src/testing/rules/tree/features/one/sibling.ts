import '../two/index.ts'
