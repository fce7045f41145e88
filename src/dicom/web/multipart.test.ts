import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BadMultipart, boundaryOf, encodeMultipart, parseMultipart } from './multipart.ts'

it('reads what it wrote, whatever the bytes', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), (bodies) => {
    const { body, contentType } = encodeMultipart(bodies.map((bytes) => ({ type: 'application/dicom', body: bytes })), 'application/dicom')
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
  const { body, contentType } = encodeMultipart([1, 2, 3].map((n) => ({ type: 'x/y', body: new Uint8Array([n]) })), 'x/y')
  expect(() => parseMultipart(body, contentType, { parts: 2 })).toThrow('more than 2 parts')
})

it('takes the boundary quoted or bare', () => {
  expect(boundaryOf('multipart/related; type="application/dicom"; boundary=abc')).toBe('abc')
  expect(boundaryOf('Multipart/Related; boundary="a b c"; type=x')).toBe('a b c')
})

it('takes a boundary that stands in no part, and another each time', () => {
  const named = ['used', 'used', 'free']
  const { body, contentType } = encodeMultipart([{ type: 'x/y', body: new TextEncoder().encode('\r\n--part-used\r\n\r\nforged\r\n--part-used--') }], 'x/y', () => named.shift() ?? '')
  expect([boundaryOf(contentType), parseMultipart(body, contentType).length]).toEqual(['part-free', 1])
  const random = () => boundaryOf(encodeMultipart([], 'x/y').contentType)
  expect(random()).not.toBe(random())
})

it('writes no header that a type or an address carries within', () => {
  const { body, contentType } = encodeMultipart([{ type: 'x/y\r\nX-Forged: 1', location: '/a\r\n\r\nb', body: new Uint8Array([1]) }], 'x/y')
  expect(parseMultipart(body, contentType)).toEqual([{ headers: { 'content-type': 'x/yX-Forged: 1', 'content-location': '/ab' }, body: new Uint8Array([1]) }])
})
