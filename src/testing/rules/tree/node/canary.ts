import '../../../../hub/createHub.ts'
