import '@cornerstonejs/core'
