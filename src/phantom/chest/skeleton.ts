import { cageAt, cageOutline, spineY, sway, vertebraStep } from './anatomy.ts'
import { greatVessels, gullet } from './mediastinum.ts'
import type { Person } from './person.ts'
import type { Tube } from './tubes.ts'

type Point = readonly [number, number, number]
const cortex = 560

/** Bone as two tubes: compact bone and, inside, marrow. */
const bone = (from: Point, to: Point, radius: number, { radiusTo = radius, shell = 1.3, marrow = 190, flat = 1, wide = 1 } = {}): Tube[] => [
  { from, to, radius, radiusTo, hu: cortex, mode: 'denser', flat, wide },
  ...(radius - shell > 0.8 ? [{ from, to, radius: radius - shell, radiusTo: radiusTo - shell, hu: marrow, mode: 'emptier' as const, flat, wide }] : []),
]
/** A place of the middling adult in the person's own body. */
const placed = (person: Person) => ([x, y, z]: Point): Point => {
  const [wx, wy, wz] = sway(person, x, y, z)
  return [(x - wx) * person.scaleX, (y - wy) * person.scaleY, (z - wz) * person.scaleZ]
}
/** All shells first and all marrow behind them, so that pieces of one bone open into one another. */
const shellsFirst = (tubes: readonly Tube[]): Tube[] => [...tubes.filter(({ mode }) => mode !== 'emptier'), ...tubes.filter(({ mode }) => mode === 'emptier')]
const chain = (points: readonly Point[], make: (from: Point, to: Point, share: number) => Tube[]): Tube[] =>
  points.slice(1).flatMap((to, index) => make(points[index] ?? to, to, index / points.length))

/** Ribs 1 to 11: from the neck behind round the side, falling towards the front, where gristle goes on to the sternum. */
const ribs = (person: Person): Tube[] => Array.from({ length: 11 }, (_, index) => index).flatMap((index) => [-1, 1].flatMap((side) => {
  const head = 138 - index * vertebraStep
  const fall = index === 0 ? 26 : index < 3 ? 46 + index * 4 : Math.min(78, 56 + index * 3)
  const reach = index < 7 ? 158 - index * 3 : 150 - (index - 6) * 17
  const points: Point[] = []
  for (let degrees = 22; degrees <= reach; degrees += 6) {
    const share = (degrees - 22) / 140
    const z = head - fall * (0.25 * share + 0.75 * share * share * (1.7 - 0.7 * share))
    const { a, b, y } = cageAt(z)
    const angle = (degrees * Math.PI) / 180
    const [ux, uy] = [Math.sin(angle), Math.cos(angle)]
    const r = 1 / cageOutline(ux / (a + 6), uy / (b + 6))
    points.push([side * ux * r, y + uy * r, z])
  }
  const start: Point = [side * 15, spineY(person, head) + 11, head + 1]
  const end = points.at(-1) ?? start
  const gristle: Point[] = index < 7 ? [end, [end[0] * 0.55, end[1] - 6, end[2] + (index > 2 ? 6 + index * 3 : 2)], [side * 17, end[1] - 8, end[2] + (index > 2 ? 10 + index * 6 : 4)]] : []
  return [
    ...chain([start, ...points], (from, to, share) => bone(from, to, (index === 0 ? 3.8 : 3.3) * (share < 0.1 ? 0.85 : 1), { flat: share < 0.1 ? 1.2 : 1.75, shell: 1.15 })),
    ...chain(gristle, (from, to) => [{ from, to, radius: 5, hu: 105, mode: 'always', flat: 1.3 }]),
  ]
}))

/** Pedicles, laminae, transverse and spinous processes of each vertebra. */
const arches = (person: Person): Tube[] => Array.from({ length: 14 }, (_, index) => -156 + vertebraStep / 2 + index * vertebraStep).flatMap((z) => {
  const y = spineY(person, z)
  const wide = 11.5 - z * 0.006
  return [
    ...[-1, 1].flatMap((side) => [
      ...bone([side * wide, y + 9, z + 5], [side * (wide + 1), y + 22, z + 4], 3.4, { flat: 1.4 }),
      ...bone([side * (wide + 1), y + 23, z + 3], [side * 3, y + 32, z - 3], 2.6, { flat: 1.9, shell: 1 }),
      ...bone([side * (wide + 2), y + 24, z + 4], [side * 30, y + 33, z + 8], 3.4, { flat: 1.3 }),
      ...bone([side * (wide + 2), y + 24, z + 9], [side * (wide + 2), y + 25, z - 9], 2.8, { shell: 1 }),
    ]),
    ...bone([0, y + 32, z - 2], [0, y + 54, z - 19], 2.4, { flat: 1.5, radiusTo: 2.9, shell: 1 }),
  ]
})

const sternum = (): Tube[] => {
  const front = (z: number): number => cageAt(z).y - cageAt(z).b - 7
  const plates = (low: number, high: number, wide: number): Tube[] => {
    const points = [0, 0.33, 0.66, 1].map((t): Point => [0, front(low + (high - low) * t), low + (high - low) * t])
    return chain(points, (from, to) => bone(from, to, 5.2, { shell: 1.1, marrow: 120, wide }))
  }
  return [...plates(-52, 52, 3.2), ...plates(62, 96, 5)]
}

const shoulderGirdle = (): Tube[] => [-1, 1].flatMap((side) => {
  const blade = Array.from({ length: 26 }, (_, index) => 4 + index * 4.2).flatMap((z) => {
    const share = (z - 4) / 110
    const from: Point = [side * (94 - 24 * share), 84 - 6 * share, z]
    const to: Point = [side * (104 + 22 * share), 74 - 32 * share, z]
    const middle: Point = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2 + 2, z]
    return [...bone(from, middle, 2.2, { flat: 1.6, shell: 9 }), ...bone(middle, to, 2.2, { radiusTo: 4.2, flat: 1.6, shell: 9 })]
  })
  const spine = chain([[side * 74, 90, 92], [side * 104, 84, 104], [side * 138, 52, 116], [side * 150, 24, 122]], (from, to) => bone(from, to, 4.2, { flat: 1.8 }))
  return [
    ...blade, ...spine,
    ...bone([side * 126, 40, 104], [side * 140, 22, 112], 9, { radiusTo: 13 }),
    ...bone([side * 160, 10, 126], [side * 196, -6, 168], 22, { radiusTo: 17, shell: 2 }),
    ...chain([[side * 24, -58, 112], [side * 60, -62, 120], [side * 104, -30, 130], [side * 142, 4, 136]], (from, to) => bone(from, to, 5.4)),
  ]
})

/** All bones but the vertebral bodies; in the person's own size. */
export const boneTubes = (person: Person): Tube[] => {
  const own = placed(person)
  return shellsFirst([...ribs(person), ...arches(person), ...sternum(), ...shoulderGirdle()]).map((tube) => ({ ...tube, from: own(tube.from), to: own(tube.to) }))
}

/** Great vessels and the oesophagus between the lungs, for the person's blood; then the air in the oesophagus. */
export const mediastinalTubes = (person: Person): Tube[] => {
  const own = placed(person)
  const hu = { blood: person.blood, atrium: person.blood, venous: person.blood * (person.contrast ? 1.25 : 1), azygos: person.blood * 0.9 } as const
  return [
    ...greatVessels(person).flatMap(({ radius, holds, points }) => chain(points, (from, to) => [{ from: own(from), to: own(to), radius: radius * person.scaleX, hu: hu[holds], mode: 'always', uneven: 0.12 }])),
    ...chain(gullet, (from, to) => [{ from: own(from), to: own(to), radius: 7, hu: 34, mode: 'always', uneven: 0.2, wide: 1.25 }]),
    ...chain(gullet, (from, to) => [{ from: own(from), to: own(to), radius: 1.9, hu: -700, mode: 'emptier', uneven: 0.5 }]),
  ]
}
