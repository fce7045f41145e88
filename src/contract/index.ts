export * from './resources.ts'
export { routes, type Access, type Method, type Route, type RouteName } from './routes.ts'
