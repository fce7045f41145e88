import '../../../../node/createNode.ts'
