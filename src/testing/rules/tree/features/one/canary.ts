import '../../../../../server/headers.mjs'
