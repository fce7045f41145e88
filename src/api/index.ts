export { ApiFailure, createApi, jsonOf, pathOf, type Api } from './createApi.ts'
export { ApiProvider, useApi } from './react.ts'
