import { scale } from './plane.ts'
import type { Vec3 } from './points.ts'

/**
 * The letters of a direction in the patient (PS3.3 C.7.6.1.1.1): the largest component first, then those of more than
 * 0.1, at most three.
 */
export const lettersOf = (direction: Vec3): string => {
  const names: readonly [string, string][] = [['L', 'R'], ['P', 'A'], ['H', 'F']]
  return direction
    .map((value, axis) => ({ size: Math.abs(value), letter: names[axis]?.[value > 0 ? 0 : 1] ?? '' }))
    .filter(({ size }) => size > 0.1).sort((a, b) => b.size - a.size).slice(0, 3).map(({ letter }) => letter).join('')
}

/** Letters at the four edges of a picture whose columns run along `right` and whose rows run along `down`. */
export const edgeLetters = (right: Vec3, down: Vec3): { left: string; right: string; top: string; bottom: string } => ({
  left: lettersOf(scale(right, -1)), right: lettersOf(right), top: lettersOf(scale(down, -1)), bottom: lettersOf(down),
})

const opposite: Readonly<Record<string, string>> = { L: 'R', R: 'L', A: 'P', P: 'A', H: 'F', F: 'H' }
const away = (letters: string): string => [...letters].map((letter) => opposite[letter] ?? '').join('')

/** Letters at the four edges of a picture that has no place in space, from its Patient Orientation (PS3.3 C.7.6.1.1.1): where its rows and its columns run to. */
export const orientationLetters = ([right, down]: readonly [string, string]): ReturnType<typeof edgeLetters> => ({ left: away(right), right, top: away(down), bottom: down })
