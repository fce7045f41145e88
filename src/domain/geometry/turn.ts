import { add, cross, dot, norm, scale } from './plane.ts'
import type { Vec3 } from './points.ts'

/** How a camera stands: unit vectors, at right angles to each other, in the space it looks into. */
export type Stance = { readonly up: Vec3; /** From what is looked at towards the eye. */ readonly towards: Vec3 }

/** A vector turned about a unit axis by an angle in radians, right-handed (Rodrigues). */
export const turn = (v: Vec3, axis: Vec3, angle: number): Vec3 =>
  add(add(scale(v, Math.cos(angle)), scale(cross(axis, v), Math.sin(angle))), scale(axis, dot(axis, v) * (1 - Math.cos(angle))))

/** What points to the right of a picture seen so. */
export const rightOf = ({ up, towards }: Stance): Vec3 => cross(up, towards)

/**
 * The turn of a camera by which what is in front follows the pointer: a drag of `size` is half a turn.
 * @param drag to the right and down, in the unit of `size`
 * @returns axis and angle (radians) for the camera, undefined where nothing moved
 */
export const trackball = (stance: Stance, drag: readonly [number, number], size: number): { axis: Vec3; angle: number } | undefined => {
  const length = Math.hypot(drag[0], drag[1])
  if (!(length > 0) || !(size > 0)) return undefined
  const along = add(scale(rightOf(stance), drag[0] / length), scale(stance.up, -drag[1] / length))
  const axis = cross(stance.towards, along)
  return { axis: scale(axis, 1 / norm(axis)), angle: (-Math.PI * length) / size }
}
