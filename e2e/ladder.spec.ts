import { buildLadderPage } from '../src/testing/kill/buildPage.ts'
import { climb, sayClimbed, startGround, type Ground } from '../src/testing/kill/ladder.ts'
import { phases } from '../src/testing/kill/phases.ts'
import { expect, test as base } from '@playwright/test'

/** `npm run soak -- kill N --seed S` says how often, and from which seed. */
const kills = Number(process.env['CIW_KILLS'] ?? 40)
const seed = Number(process.env['CIW_SEED'] ?? 20260105)

const test = base.extend<object, { ground: Ground }>({
  ground: [async ({ browserName }, use) => {
    expect(browserName).toBe('chromium')
    const ground = await startGround(await buildLadderPage())
    await use(ground)
    await ground.stop()
  }, { scope: 'worker', timeout: 180_000 }],
})

test('kills of the browser in every phase of drawing and saving lose no acknowledged operation, and each report arrives once', async ({ ground }) => {
  test.setTimeout(60_000 + kills * 20_000)
  const climbed = await climb(ground, { kills, seed, onProblem: (problem) => console.log(problem), onKill: (done, now) => { if (done % 50 === 0) console.log(`${new Date().toISOString()} ${sayClimbed(now)}`) } })
  console.log(sayClimbed(climbed))
  expect(climbed.problems).toEqual([])
  for (const phase of phases) expect(climbed.kills[phase], `${phase}`).toBeGreaterThanOrEqual(Math.floor(kills / phases.length))
  expect(climbed.acknowledged).toBeGreaterThanOrEqual(kills)
})

test('a log in the memory of the page loses operations, and the ladder says so', async ({ ground }) => {
  test.setTimeout(120_000)
  const climbed = await climb(ground, { kills: 3, seed, memory: true, only: ['mid-drag', 'before the PUT'] })
  console.log(`in memory: ${sayClimbed(climbed)}`)
  expect(climbed.problems.join('\n')).toMatch(/reopened: marks\.0/)
})
