import fc from 'fast-check'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { canary, canaryFolder, findIn, generatedPeople, needlesOf, searchFolder } from './canary.ts'
import { unpacked, unsnap } from './packed.ts'

const needles = needlesOf(canary)
const around = fc.uint8Array({ maxLength: 40 })
const texts = Object.entries(canary).flatMap(([what, secret]) => (typeof secret === 'string' ? [[what, secret] as const] : []))

/** A number as LevelDB and Snappy write it. */
const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)])
/** Snappy of bytes: literals, and in place of each repeated run of 4 bytes or more a copy. */
const snap = (plain: Buffer): Buffer => {
  const out: number[] = varint(plain.length)
  for (let at = 0; at < plain.length;) {
    const before = plain.subarray(0, at)
    let size = 0
    for (let tried = 4; tried <= 64 && at + tried <= plain.length && before.includes(plain.subarray(at, at + tried)); tried++) size = tried
    if (size > 0) {
      const back = at - before.lastIndexOf(plain.subarray(at, at + size))
      out.push(((size - 1) << 2) | 2, back & 255, back >> 8)
      at += size
    } else {
      const next = Math.min(plain.length - at, 5)
      out.push((next - 1) << 2, ...plain.subarray(at, at + next))
      at += next
    }
  }
  return Buffer.from(out)
}
/** A block of a LevelDB table with its kind and an unread checksum. */
const block = (entries: readonly (readonly [shared: number, added: Buffer, value: Buffer])[], kind: 0 | 1 | 2): Buffer => {
  const plain = Buffer.concat([...entries.flatMap(([shared, added, value]) => [Buffer.from([...varint(shared), ...varint(added.length), ...varint(value.length)]), added, value]), Buffer.from([0, 0, 0, 0, 1, 0, 0, 0])])
  return Buffer.concat([kind === 1 ? snap(plain) : plain, Buffer.from([kind, 0, 0, 0, 0])])
}
const table = (entries: Parameters<typeof block>[0], kind: 0 | 1 | 2): Buffer => {
  const data = block(entries, kind)
  const index = block([[0, Buffer.from('z'), Buffer.from([0, ...varint(data.length - 5)])]], 0)
  const footer = Buffer.alloc(48)
  footer.set([0, 0, ...varint(data.length), ...varint(index.length - 5)])
  footer.set(Buffer.from('57fb808b247547db', 'hex'), 40)
  return Buffer.concat([data, index, footer])
}
const seen = (file: Buffer): string[] => [...unpacked(file)].flatMap((view) => findIn(view, needles))

describe('the search for what must not be found', () => {
  const folders: string[] = []
  afterAll(() => { for (const folder of folders) rmSync(folder, { recursive: true, force: true }) })

  it('finds a text in each encoding, whatever stands around it', () => {
    for (const [what, text] of texts) {
      fc.assert(fc.property(around, around, (before, after) => {
        const inside = (planted: Buffer): Buffer => Buffer.concat([before, planted, after])
        expect(findIn(inside(Buffer.from(text)), needles)).toContain(`${what} (plain)`)
        expect(findIn(inside(Buffer.from(text, 'utf16le')), needles)).toContain(`${what} (UTF-16LE)`)
        expect(findIn(inside(Buffer.from(text, 'utf16le').swap16()), needles)).toContain(`${what} (UTF-16BE)`)
        for (const wide of ['utf8', 'utf16le'] as const) {
          const encoded = inside(Buffer.from(text, wide))
          expect(findIn(encoded.toString('base64'), needles)).toContain(`${what} (base64)`)
          expect(findIn(encoded.toString('base64url'), needles)).toContain(`${what} (base64)`)
        }
      }), { numRuns: 30 })
    }
  })
  it('finds the pixels, raw and in base64, and nothing in other bytes', () => {
    fc.assert(fc.property(around, around, (before, after) => {
      const all = Buffer.concat([before, canary.pixels, after])
      expect(findIn(all, needles)).toEqual(['pixels (plain)'])
      expect(findIn(all.toString('base64'), needles)).toEqual(['pixels (base64)'])
      expect(findIn(Buffer.concat([before, after]), needles)).toEqual([])
    }))
  })
  it('unpacks what Snappy packed, and takes nothing else for it', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...'abcd'), { maxLength: 300 }), (letters) => {
      const plain = Buffer.from(letters.join(''))
      expect(unsnap(snap(plain))).toEqual(plain)
    }))
    // Copies with one and four bytes of distance, one that overlaps itself, and a literal of 61 bytes or more.
    expect(unsnap(Buffer.from([10, 4, 97, 98, 0b10001, 2]))?.toString()).toBe('ababababab')
    expect(unsnap(Buffer.from([10, 4, 97, 98, 0b10001, 3]))).toBe(undefined)
    expect(unsnap(Buffer.from([5, 4, 97, 98, 0b1011, 2, 0, 0, 0]))?.toString()).toBe('ababa')
    expect(unsnap(Buffer.concat([Buffer.from([70, 60 << 2, 69]), Buffer.alloc(70, 'x')]))?.toString()).toBe('x'.repeat(70))
    fc.assert(fc.property(fc.uint8Array(), (bytes) => { unsnap(Buffer.from(bytes)) }))
  })
  it('finds in tables of LevelDB what is packed, and a key that is written in two parts', () => {
    const value = Buffer.from(`${canary.id} aaaa aaaa ${canary.id}`)
    for (const kind of [0, 1] as const) expect(seen(table([[0, Buffer.from('k1'), value]], kind))).toContain('id (plain)')
    const half = canary.accession.slice(0, 6)
    expect(seen(table([[0, Buffer.from(`${half}0`), Buffer.from('1')], [6, Buffer.from(canary.accession.slice(6)), Buffer.from('2')]], 0))).toContain('accession (plain)')
    expect(() => seen(table([[0, Buffer.from('k1'), value]], 2))).toThrow('cannot be unpacked (kind 2)')
  })
  it('finds in a log of LevelDB what stands across the border of a block', () => {
    const head = (size: number, kind: number): Buffer => Buffer.from([1, 2, 3, 4, size & 255, size >> 8, kind])
    const [first, rest] = [Buffer.concat([Buffer.alloc(32_768 - 7 - 5, 'a'), Buffer.from(canary.comment.slice(0, 5))]), Buffer.from(canary.comment.slice(5))]
    const log = Buffer.concat([head(first.length, 2), first, head(rest.length, 4), rest])
    expect(findIn(log, needles)).toEqual([])
    expect(seen(log)).toContain('comment (plain)')
  })
  it('finds in files of a folder by bytes, name, gzip, whole or cut, and values packed by IndexedDB', () => {
    const folder = mkdtempSync(join(tmpdir(), 'search-'))
    folders.push(folder)
    writeFileSync(join(folder, `${canary.id}.txt`), 'nothing')
    writeFileSync(join(folder, 'plain'), `cookie ${canary.family}`)
    writeFileSync(join(folder, 'cached'), Buffer.concat([Buffer.from('http://key'), gzipSync(canary.accession.repeat(50)), Buffer.from('tail')]))
    writeFileSync(join(folder, 'cut'), gzipSync(`${canary.birthDate} ${'x'.repeat(9)}`).subarray(0, -8))
    writeFileSync(join(folder, 'value'), Buffer.concat([Buffer.from([7, 0xff, 0x11, 2]), snap(Buffer.from(`${canary.written}, ${canary.written}`)), Buffer.from([9])]))
    writeFileSync(join(folder, 'archive'), canary.comment)
    const { found, files } = searchFolder(folder, needles, (path) => path === 'archive')
    expect(files).toBe(5)
    expect(found.toSorted()).toEqual([
      'KNR-7Q04X1.txt: id (plain) in its name', 'cached: accession (plain)', 'cut: birthDate (plain)', 'plain: family (plain)', 'value: written (plain)',
    ])
  })
})

describe('the case', () => {
  it('has each of its strings and its pixels in every image, and two files that are not taken', () => {
    const folder = canaryFolder()
    try {
      const { birthDateIso: _iso, written: _written, ...inFiles } = canary
      const { found, files } = searchFolder(folder, needlesOf(inFiles), (path) => path === '0102.dcm')
      expect(files).toBe(19)
      for (const what of Object.keys(inFiles)) expect(found.filter((hit) => hit.endsWith(`: ${what} (plain)`))).toHaveLength(19)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    expect(Object.keys(generatedPeople()).length).toBeGreaterThan(4)
  })
})
