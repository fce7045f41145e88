import { add, dot, scale, subtract } from '../geometry/plane.ts'
import type { Vec3 } from '../geometry/points.ts'

/** Millimetres of one step along each coordinate; 1 where coordinates are mm already. */
export type Steps = readonly [number, number, number]

const toMm = (p: Vec3, s: Steps): Vec3 => [p[0] * s[0], p[1] * s[1], p[2] * s[2]]
const fromMm = (p: Vec3, s: Steps): Vec3 => [p[0] / s[0], p[1] / s[1], p[2] / s[2]]

/**
 * The short axis a person drew, made to obey the rule: perpendicular to the long axis (in mm, not in pixels) and crossing it between
 * its ends. `start` keeps its offset from the long axis as far as the rule allows, `end` its distance.
 * @param points long axis start and end, short axis start and end; two-dimensional points have 0 for the third coordinate
 * @param stepsMm mm of one step along each coordinate
 */
export const constrainShortAxis = (points: readonly [Vec3, Vec3, Vec3, Vec3], stepsMm: Steps = [1, 1, 1]): [Vec3, Vec3, Vec3, Vec3] => {
  const [a, b, c, d] = [toMm(points[0], stepsMm), toMm(points[1], stepsMm), toMm(points[2], stepsMm), toMm(points[3], stepsMm)]
  const axis = subtract(b, a)
  const lengthSquared = dot(axis, axis)
  if (lengthSquared === 0) return [...points]
  const middle = scale(add(c, d), 0.5)
  const along = Math.min(1, Math.max(0, dot(subtract(middle, a), axis) / lengthSquared))
  const foot = add(a, scale(axis, along))
  const across = (p: Vec3): Vec3 => {
    const from = subtract(p, a)
    return subtract(from, scale(axis, dot(from, axis) / lengthSquared))
  }
  return [points[0], points[1], fromMm(add(foot, across(c)), stepsMm), fromMm(add(foot, across(d)), stepsMm)]
}
