import '../../../../server/headers.mjs'
