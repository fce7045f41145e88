import type { Vec3 } from '../../domain/geometry/points.ts'
import type { Shape, Solid, Texture } from '../shapes.ts'
import type { Tissue } from './tissue.ts'

/** A texture that mixes with another tissue. */
export type TissueTexture = Omit<Texture, 'towards'> & { readonly towards?: Tissue }

/** A part of the anatomy: a solid of a tissue, in patient mm about the middle of the prostate. */
export type Part = { readonly tissue: Tissue; readonly solid: Solid; readonly cuts?: NonNullable<Shape['cuts']>; readonly softMm?: number; readonly texture?: TissueTexture }

export type Axes = readonly [Vec3, Vec3, Vec3]

/** Extras of a part. */
export type More = { readonly axes?: Axes; readonly cuts?: NonNullable<Shape['cuts']>; readonly softMm?: number; readonly texture?: TissueTexture }

const withMore = (tissue: Tissue, solid: Solid, { cuts, softMm, texture }: More): Part => ({ tissue, solid, ...(cuts ? { cuts } : {}), ...(softMm ? { softMm } : {}), ...(texture ? { texture } : {}) })

const round = (kind: 'ellipsoid' | 'block') => (tissue: Tissue, centre: Vec3, radii: Vec3, more: More = {}): Part => withMore(tissue, { kind, centre, radii, ...(more.axes ? { axes: more.axes } : {}) }, more)
export const ellipsoid = round('ellipsoid')
export const block = round('block')
export const tube = (tissue: Tissue, from: Vec3, to: Vec3, radiusFrom: number, radiusTo: number, more: More = {}): Part => withMore(tissue, { kind: 'tube', from, to, radiusFrom, radiusTo }, more)
/** A tube through points of `[x, y, z, radius]`, each radius less `inset`. */
export const pipe = (tissue: Tissue, points: readonly (readonly [number, number, number, number])[], inset = 0, more: More = {}): Part[] =>
  points.slice(1).map(([x, y, z, radius], i) => {
    const [ax, ay, az, before] = points[i] ?? [x, y, z, radius]
    return tube(tissue, [ax, ay, az], [x, y, z], Math.max(0.2, before - inset), Math.max(0.2, radius - inset), more)
  })

const mirrorVector = ([x, y, z]: Vec3): Vec3 => [-x, y, z]
const mirrorSolid = (solid: Solid): Solid => solid.kind === 'tube'
  ? { ...solid, from: mirrorVector(solid.from), to: mirrorVector(solid.to) }
  : { ...solid, centre: mirrorVector(solid.centre), ...(solid.axes ? { axes: [mirrorVector(solid.axes[0]), mirrorVector(solid.axes[1]), mirrorVector(solid.axes[2])] as const } : {}) }

/** The part and the same on the other side. */
export const both = (parts: readonly Part[]): Part[] =>
  parts.flatMap((part) => [part, {
    ...part, solid: mirrorSolid(part.solid),
    ...(part.cuts ? { cuts: part.cuts.map(({ point, normal }) => ({ point: mirrorVector(point), normal: mirrorVector(normal) })) } : {}),
    ...(part.texture?.along ? { texture: { ...part.texture, along: mirrorVector(part.texture.along) } } : {}),
  }])
