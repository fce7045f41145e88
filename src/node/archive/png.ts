import { crc32 as zlibCrc32, deflateSync } from 'node:zlib'

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c >>> 0
})
/** CRC-32 of PNG (ISO 15948 annex D); Node has its own only from 20.15 on. */
const crc32 = (bytes: Uint8Array): number => {
  if (typeof zlibCrc32 === 'function') return zlibCrc32(bytes)
  let c = 0xffffffff
  for (const byte of bytes) c = (table[(c ^ byte) & 255] ?? 0) ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}

const chunk = (type: string, body: Uint8Array): Buffer => {
  const data = Buffer.concat([Buffer.from(type, 'latin1'), body])
  const out = Buffer.alloc(data.length + 8)
  out.writeUInt32BE(body.length, 0)
  data.copy(out, 4)
  out.writeUInt32BE(crc32(data), data.length + 4)
  return out
}

/**
 * An 8-bit PNG.
 * @param pixels gray (one byte a pixel) or RGB (three), row by row
 */
export const encodePng = (width: number, height: number, pixels: Uint8Array, samples: 1 | 3): Buffer => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, samples === 1 ? 0 : 2, 0, 0, 0], 8)
  const stride = width * samples
  const raw = Buffer.alloc((stride + 1) * height)
  for (let row = 0; row < height; row++) raw.set(pixels.subarray(row * stride, (row + 1) * stride), row * (stride + 1) + 1)
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', header), chunk('IDAT', deflateSync(raw, { level: 3 })), chunk('IEND', new Uint8Array())])
}
