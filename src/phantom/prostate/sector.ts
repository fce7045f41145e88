import type { Vec3 } from '../../domain/geometry/points.ts'
import type { CodedConcept } from '../../domain/segmentation/types.ts'
import sectors from './sectors.json' with { type: 'json' }

/** A sector of the map of PI-RADS 2.1 (its 38 of the prostate), as reports name them: side, level, zone. */
export type SectorName = keyof typeof sectors
export type Zone = 'PZ' | 'TZ' | 'CZ' | 'AS'

/** All sectors, in the order of the map. */
export const sectorNames = Object.keys(sectors) as SectorName[]

/** The sector as a coded anatomic region (CID 6300; the base has no code for its posteromedial peripheral zone, so that is its peripheral zone). */
export const sectorConcept = (sector: SectorName): CodedConcept => sectors[sector]

export const zoneOf = (sector: SectorName): Zone => (/PZ|TZ|CZ|AS/.exec(sector)?.[0] ?? 'PZ') as Zone

/** Heights of the three levels' middles in halves of the gland's length, base upwards. */
const heights = { base: 0.5, mid: 0, apex: -0.44 }
/** Angle from the back towards the side, degrees, and distance from the axis in radii of the gland, of a lesion's middle. */
const places: Readonly<Record<string, readonly [degrees: number, out: number]>> = {
  PZpm: [20, 0.8], PZpl: [52, 0.8], PZa: [104, 0.82], TZp: [76, 0.36], TZa: [142, 0.46], CZ: [30, 0.52], AS: [168, 0.8],
}

/** Where a lesion of a sector has its middle: a point of the unit ball whose axes are left, back, up of the gland. */
export const middleOf = (sector: SectorName): Vec3 => {
  const [side, level, zone] = sector.split(' ')
  const up = heights[(level ?? 'mid') as keyof typeof heights]
  const [degrees, out] = places[zone ?? ''] ?? [0, 0]
  const angle = (degrees * Math.PI) / 180
  const section = Math.sqrt(1 - up * up) * out
  return [(side === 'Left' ? 1 : -1) * Math.sin(angle) * section, Math.cos(angle) * section, up]
}

/**
 * The sector of a place in the gland (same unit ball); `inTransition`: whether the transition zone holds it, as drawn.
 * Levels are thirds of the length; the central zone is the back of the base about the ducts.
 */
export const sectorAt = ([x, y, z]: Vec3, inTransition: boolean): SectorName => {
  const side = x >= 0 ? 'Left' : 'Right'
  const level = z > 1 / 3 ? 'base' : z < -1 / 3 ? 'apex' : 'mid'
  const degrees = (Math.atan2(Math.abs(x), y) * 180) / Math.PI
  const out = Math.hypot(x, y) / Math.sqrt(Math.max(0.05, 1 - z * z))
  if (degrees > 150 && out > 0.58) return `${side} ${level} AS`
  // The outer rim is peripheral however far the transition zone has grown into it.
  if (out > 0.6) return `${side} ${level} ${degrees < 36 ? 'PZpm' : degrees < 80 ? 'PZpl' : 'PZa'}`
  if (level === 'base' && degrees < 60 && y > 0.2 && !inTransition) return `${side} base CZ`
  return inTransition || degrees > 80 ? `${side} ${level} ${y > 0 ? 'TZp' : 'TZa'}` : `${side} ${level} ${degrees < 36 ? 'PZpm' : 'PZpl'}`
}
