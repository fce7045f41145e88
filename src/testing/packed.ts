import { constants, inflateRawSync } from 'node:zlib'

/** No view of packed bytes grows beyond this. */
const mostBytes = 256 * 2 ** 20

/** A number in groups of 7 bits, lowest first (LevelDB, Snappy), and where it ends. */
const varint = (bytes: Buffer, from: number): readonly [value: number, next: number] | undefined => {
  let value = 0
  for (let at = from, factor = 1; at < bytes.length && at < from + 5; at++, factor *= 128) {
    const byte = bytes[at] ?? 0
    value += (byte & 127) * factor
    if (byte < 128) return [value, at + 1]
  }
  return undefined
}

/** A block of Snappy (format_description.txt of the reference implementation) from `from` on; undefined where there is none. */
export const unsnap = (packed: Buffer, from = 0): Buffer | undefined => {
  const head = varint(packed, from)
  if (!head || head[0] > mostBytes) return undefined
  let [length, at] = head
  // An element of three bytes makes at most 64.
  if (length > (packed.length - at) * 64) return undefined
  const out = Buffer.alloc(length)
  let to = 0
  const bytesOf = (count: number): number => {
    at += count
    return at <= packed.length ? packed.readUIntLE(at - count, count) : Number.NaN
  }
  while (to < length) {
    const tag = bytesOf(1)
    const kind = tag & 3
    if (kind === 0) {
      const size = (tag >> 2 < 60 ? tag >> 2 : bytesOf((tag >> 2) - 59)) + 1
      if (!(at + size <= packed.length && to + size <= length)) return undefined
      packed.copy(out, to, at, at + size)
      at += size
      to += size
    } else {
      const size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
      const back = kind === 1 ? (tag >> 5) * 256 + bytesOf(1) : bytesOf(kind === 2 ? 2 : 4)
      if (!(back > 0 && back <= to && to + size <= length)) return undefined
      for (const end = to + size; to < end; to++) out[to] = out[to - back] ?? 0
    }
  }
  return out
}

const tableMagic = Buffer.from('57fb808b247547db', 'hex')
/** Keys and values of a block, the keys whole: each is written there as what it adds to the one before. */
const entriesOf = (block: Buffer): Buffer[] => {
  const end = block.length - 4 * (block.readUInt32LE(block.length - 4) + 1)
  const parts: Buffer[] = []
  let key = Buffer.alloc(0)
  for (let at = 0; at < end;) {
    const numbers: number[] = []
    for (let each = 0; each < 3; each++) {
      const read = varint(block, at)
      if (!read) return parts
      numbers.push(read[0])
      at = read[1]
    }
    const [shared = 0, added = 0, size = 0] = numbers
    key = Buffer.concat([key.subarray(0, shared), block.subarray(at, at + added)])
    parts.push(key, block.subarray(at + added, at + added + size))
    at += added + size
  }
  return parts
}
/** All entries of a table of LevelDB (table_format.md). @throws Error where a block is packed as this does not know */
const tableOf = (file: Buffer): Buffer => {
  const footer = file.subarray(file.length - 48)
  let at = 0
  const handle = (bytes: Buffer, from: number): readonly [offset: number, size: number] => {
    const offset = varint(bytes, from)
    const size = offset && varint(bytes, offset[1])
    if (!offset || !size) throw new Error('a table has a handle that cannot be read')
    at = size[1]
    return [offset[0], size[0]]
  }
  const block = ([offset, size]: readonly [number, number]): Buffer => {
    const [raw, kind] = [file.subarray(offset, offset + size), file[offset + size]]
    const plain = kind === 0 ? raw : kind === 1 ? unsnap(raw) : undefined
    if (!plain) throw new Error(`a block of a table cannot be unpacked (kind ${kind})`)
    return plain
  }
  handle(footer, 0)
  const index = entriesOf(block(handle(footer, at)))
  return Buffer.concat(index.filter((_, each) => each % 2 === 1).flatMap((where) => entriesOf(block(handle(where, 0)))))
}
/** What was written to a log of LevelDB, without the heads that part it each 32 KiB (log_format.md). */
const logOf = (file: Buffer): Buffer => {
  const parts: Buffer[] = []
  for (let block = 0; block < file.length; block += 32_768) {
    const end = Math.min(file.length, block + 32_768)
    for (let at = block; at + 7 <= end;) {
      const size = file.readUInt16LE(at + 4)
      if (size === 0 && file[at + 6] === 0) break
      parts.push(file.subarray(at + 7, Math.min(end, at + 7 + size)))
      at += 7 + size
    }
  }
  return Buffer.concat(parts)
}

function* placesOf(bytes: Buffer, mark: Buffer): Generator<number> {
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + 1)) yield at
}
/** Where the deflated bytes of a gzip member begin (RFC 1952 2.3). */
const deflatedAt = (bytes: Buffer, from: number): number => {
  const flags = bytes[from + 3] ?? 0
  let at = from + 10
  if (flags & 4) at += 2 + (at + 2 <= bytes.length ? bytes.readUInt16LE(at) : 0)
  for (const text of [8, 16]) if (flags & text) at = bytes.indexOf(0, at) + 1
  return flags & 2 ? at + 2 : at
}
const [gzipMark, valueMark] = [Buffer.from('1f8b08', 'hex'), Buffer.from('ff1102', 'hex')]
/** Gzip members as the HTTP cache holds them, also cut ones, and values that Chromium's IndexedDB packs by itself (a head `FF 11 02`, then Snappy). */
function* innerOf(bytes: Buffer): Generator<Buffer> {
  for (const at of placesOf(bytes, gzipMark)) {
    try {
      yield inflateRawSync(bytes.subarray(deflatedAt(bytes, at)), { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: mostBytes })
    } catch {
      // Three bytes that looked like a head.
    }
  }
  for (const at of placesOf(bytes, valueMark)) {
    const plain = unsnap(bytes, at + valueMark.length)
    if (plain) yield plain
  }
}

/**
 * What lies packed in a file of a browser's profile, beside its bytes as they are: tables and logs of LevelDB, gzip, and values packed by
 * IndexedDB, each also inside the other.
 * @throws Error where a table of LevelDB is packed in a way that is not known here: what cannot be read has not been searched
 */
export function* unpacked(file: Buffer): Generator<Buffer> {
  const outer = file.length >= 48 && file.subarray(-8).equals(tableMagic) ? [tableOf(file)] : file.length >= 7 ? [logOf(file)] : []
  for (const view of [file, ...outer]) {
    if (view !== file) yield view
    yield* innerOf(view)
  }
}
