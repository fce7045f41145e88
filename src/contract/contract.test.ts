import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openApi } from './openapi.ts'
import * as contract from './index.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const schemas: Record<string, unknown> = contract
const parse = (name: string, folder: string): boolean => contract.safeParse(schemas[name] as contract.ZodMiniType, JSON.parse(readFileSync(here(`fixtures/${folder}/${name}.json`), 'utf8'))).success
const names = (folder: string): string[] => readdirSync(here(`fixtures/${folder}`)).map((file) => file.replace('.json', ''))

describe('the contract', () => {
  it('is what openapi.json says (npm run contract writes it anew)', () => {
    expect(JSON.parse(readFileSync(here('openapi.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(openApi(contract.Problem))))
  })
  it('notices a drift', () => {
    const changed = JSON.parse(readFileSync(here('openapi.json'), 'utf8')) as { paths: Record<string, unknown> }
    delete changed.paths['/api/nodes']
    expect(changed).not.toEqual(JSON.parse(JSON.stringify(openApi(contract.Problem))))
  })
  it.each(names('valid'))('takes %s', (name) => expect(parse(name, 'valid')).toBe(true))
  it.each(names('invalid'))('refuses a wrong %s', (name) => expect(parse(name, 'invalid')).toBe(false))
  it('has one path and method a route', () => {
    const all = Object.values(contract.routes).map(({ method, path }) => `${method} ${path.replace(/:\w+/g, ':')}`)
    expect(new Set(all).size).toBe(all.length)
  })
})
