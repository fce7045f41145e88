import * as z from 'zod/mini'
import { routes, type Route, type RouteName } from './routes.ts'

const schemaOf = (schema: z.ZodMiniType): unknown => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as Record<string, unknown>
  return rest
}
const problem = { description: 'Problem details (RFC 9457)', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } }

const headerParameters = (route: Route): unknown[] => [
  ...(route.navigation ? [] : [{ name: 'X-CIW', in: 'header', required: !route.element, schema: { type: 'string', const: '1' } }]),
  ...(route.idempotent ? [{ name: 'Idempotency-Key', in: 'header', required: true, schema: { type: 'string', minLength: 8, maxLength: 128 } }] : []),
  ...(route.conditional ? [{ name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } }] : []),
]

const operationOf = (name: RouteName, route: Route): unknown => ({
  operationId: name,
  'x-access': route.access,
  parameters: [...[...route.path.matchAll(/:(\w+)/g)].map(([, parameter]) => ({ name: parameter, in: 'path', required: true, schema: { type: 'string' } })), ...headerParameters(route)],
  ...(route.query ? { 'x-query': schemaOf(route.query) } : {}),
  ...(route.body ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body) } } } } : {}),
  responses: {
    [route.navigation ? '303' : '200']: route.reply ? { description: 'Done', content: { 'application/json': { schema: schemaOf(route.reply) } } } : { description: route.navigation ? 'Go on' : 'Bytes' },
    default: problem,
  },
})

/** The contract as OpenAPI 3.1, made from the route table; `openapi.json` is this, and a test holds them together. */
export const openApi = (problemSchema: z.ZodMiniType): unknown => {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const name of Object.keys(routes) as RouteName[]) {
    const route: Route = routes[name]
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route) }
  }
  return { openapi: '3.1.0', info: { title: 'Cancer Image Workbench hub', version: '0.1.0', license: { name: 'MIT', identifier: 'MIT' } }, paths, components: { schemas: { Problem: schemaOf(problemSchema) } } }
}
