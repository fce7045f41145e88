export * from './resources.ts'
export * from './nodeIndex.ts'
export { routes, type Route, type RouteName } from './routes.ts'
export { safeParse, type input as SchemaInput, type output as SchemaOutput, type ZodMiniType } from 'zod/mini'
