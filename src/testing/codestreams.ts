const be16 = (n: number): number[] => [(n >> 8) & 255, n & 255]
const be32 = (n: number): number[] => [...be16(Math.floor(n / 65536)), ...be16(n % 65536)]

/** A JPEG 2000 or HTJ2K codestream of 152 bytes whose SIZ (ISO 15444-1 A.5.1) claims a size. */
export const jpeg2000Claiming = (width: number, height: number): Uint8Array<ArrayBuffer> => {
  const size = [0xff, 0x4f, 0xff, 0x51, ...be16(41), ...be16(0), ...be32(width), ...be32(height), ...be32(0), ...be32(0), ...be32(width), ...be32(height), ...be32(0), ...be32(0), ...be16(1), 15, 1, 1]
  return new Uint8Array([...size, ...Array.from({ length: 152 - size.length }, () => 0)])
}

/** A JPEG-LS image whose frame header (ITU T.87 C.2.2) claims a size. */
export const jpegLsClaiming = (width: number, height: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array([0xff, 0xd8, 0xff, 0xf7, ...be16(11), 16, ...be16(height), ...be16(width), 1, 1, 0x11, 0, 0xff, 0xda, ...be16(8), 1, 1, 0, 0, 0, 0, ...Array.from({ length: 40 }, () => 0)])
