import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BadMultipart, boundaryOf, encodeMultipart, parseMultipart } from './multipart.ts'

it('reads what it wrote, whatever the bytes', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), (bodies) => {
    const { body, contentType } = encodeMultipart(bodies.map((bytes) => ({ type: 'application/dicom', body: bytes })), 'edge-of-a-part', 'application/dicom')
    if (bodies.length === 0) return
    expect(parseMultipart(body, contentType).map((part) => [...part.body])).toEqual(bodies.map((bytes) => [...bytes]))
  }))
})

it('reads a part without headers', () => {
  const parts = parseMultipart(new TextEncoder().encode('--b\r\n\r\nabc\r\n--b--'), 'multipart/related; boundary=b')
  expect(new TextDecoder().decode(parts[0]?.body)).toBe('abc')
})

it.each([
  ['no boundary', '--b\r\n\r\nx\r\n--b--', 'multipart/related'],
  ['an empty boundary', '--\r\n\r\nx', 'multipart/related; boundary=""'],
  ['a boundary of 201 characters', 'x', `multipart/related; boundary=${'b'.repeat(201)}`],
  ['a boundary with a line end', 'x', 'multipart/related; boundary="b\r\nx"'],
  ['another type', '--b--', 'text/plain; boundary=b'],
  ['a body without it', 'hello', 'multipart/related; boundary=b'],
  ['a part that does not end', '--b\r\n\r\nabc', 'multipart/related; boundary=b'],
  ['headers that do not end', '--b\r\nContent-Type: x\r\nabc\r\n--b--', 'multipart/related; boundary=b'],
])('refuses %s', (_, body, type) => {
  expect(() => parseMultipart(new TextEncoder().encode(body), type)).toThrow(BadMultipart)
})

it('refuses more parts than the cap', () => {
  const { body, contentType } = encodeMultipart([1, 2, 3].map((n) => ({ type: 'x/y', body: new Uint8Array([n]) })), 'b', 'x/y')
  expect(() => parseMultipart(body, contentType, { parts: 2 })).toThrow('more than 2 parts')
})

it('takes the boundary quoted or bare', () => {
  expect(boundaryOf('multipart/related; type="application/dicom"; boundary=abc')).toBe('abc')
  expect(boundaryOf('Multipart/Related; boundary="a b c"; type=x')).toBe('a b c')
})
