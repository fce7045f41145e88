import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeReport } from '../../dicom/sr/decode.ts'
import { setCookie, sessionCookie } from '../../hub/session/cookies.ts'
import { createRandom } from '../../phantom/random.ts'
import { uidOf } from '../dicom.ts'
import { startFaultyProxy, type Fault } from '../faultyProxy.ts'
import { startHubInProcess } from '../hubInProcess.ts'
import { startBrowser } from './browser.ts'
import { createChanges } from './changes.ts'
import { startFront, type Page } from './front.ts'
import { createLedger, unlike } from './model.ts'
import { phases, type Phase } from './phases.ts'

/** On their way a report was finished, and has not arrived. */
const underWay: readonly Phase[] = ['before the PUT', 'during the PUT', 'after the PUT', 'before the read-back']

export type Climbed = {
  readonly kills: Readonly<Record<Phase, number>>
  /** Operations that the page showed as kept. */
  readonly acknowledged: number
  /** Operations that were on their way when the browser died: there afterwards, or not. */
  readonly there: number
  readonly gone: number
  /** Reports, each once in the archive. */
  readonly objects: number
  /** Reports that were cut short more than once. */
  readonly cutAgain: number
  readonly problems: readonly string[]
}

const study = uidOf('A-1/study')
const series = uidOf('A-1/study/series')
/** A person opens the study with all reports of theirs: after so many kills another one goes on. */
const killsOfOne = 40

/** A hub with its hospital, a way to it that can be held, and in front of both the page of the ladder. */
export const startGround = async (files: ReadonlyMap<string, string | Uint8Array>) => {
  const stops: (() => unknown)[] = []
  const world = await startHubInProcess({ listen: true })
  stops.push(world.stop)
  const { publicUrl, hub, nodes } = world
  const headers = { host: new URL(publicUrl).host, origin: publicUrl, 'sec-fetch-site': 'same-origin' }
  const proxy = await startFaultyProxy({ target: publicUrl.replace('localhost', '127.0.0.1'), until: (stop) => stops.unshift(stop), headers })
  let cookie = ''
  const front = await startFront({ files, target: () => proxy.url, cookie: () => setCookie(sessionCookie, cookie, 'Strict', 43_200) })
  stops.unshift(front.stop)
  let people = 0
  let last: ReturnType<typeof startBrowser> | undefined
  stops.unshift(() => last?.kill())
  return {
    front, proxy,
    /** A browser at the page; it does not outlive the ground. */
    browse: (profile: string) => {
      const browser = startBrowser(profile, front.address)
      last = browser
      return browser
    },
    /** Somebody new, with a grant. */
    person: async (): Promise<string> => {
      people += 1
      const name = `person-${people}`
      await hub.database.sql('insert into person (id, iss, sub, name, approved) values ($1, $2, $3, $3, true)', [world.personOf(name), 'tests', name])
      await world.grant(name, 'a', 'IN_SITU_PROCESSING')
      return name
    },
    /** The next page is theirs. */
    signIn: async (name: string): Promise<void> => { cookie = (await world.signIn(name)).slice(sessionCookie.length + 1) },
    /** Bytes of all objects that were written into the study, by UID: a UID that lies there twice is there twice. */
    archive: async (known: ReadonlySet<string>): Promise<{ uid: string; bytes: Buffer | undefined }[]> => {
      const store = nodes[0]?.store
      const there = [...store?.study(study)?.values() ?? []].flatMap((one) => [...one.values()]).filter(({ seriesInstanceUid }) => seriesInstanceUid !== series)
      return Promise.all(there.map(async (one) => ({ uid: one.sopInstanceUid, bytes: known.has(one.sopInstanceUid) ? undefined : await store?.read(one) })))
    },
    stop: async (): Promise<void> => { for (const stop of stops) await stop() },
  }
}
export type Ground = Awaited<ReturnType<typeof startGround>>

/** Whatever stands still for a minute is named. */
const within = async (what: string, work: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(new Error(`${what}: nothing happened for a minute`)), 60_000) })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/**
 * Kills a browser again and again while somebody draws and saves, and holds what is there afterwards against the ledger.
 * @param memory the log in the memory of the page: operations must be lost
 * @param onKill is told how far it is
 * @param onProblem is told what is not as it must be, at once
 */
export const climb = async (ground: Ground, { kills, seed, memory = false, only = phases, onKill = () => undefined, onProblem = () => undefined }: { kills: number; seed: number; memory?: boolean; only?: readonly Phase[]; onKill?: (done: number, now: Climbed) => void; onProblem?: (problem: string) => void }): Promise<Climbed> => {
  const { front, proxy } = ground
  const random = createRandom(seed)
  const changes = createChanges(random)
  const problems: string[] = []
  const counts = Object.fromEntries(phases.map((phase) => [phase, 0])) as Record<Phase, number>
  let [acknowledged, there, gone, cutAgain] = [0, 0, 0, 0]
  /** Objects whose bytes were found right. */
  const found = new Set<string>()
  const before = new Set(front.sent.keys())
  const objects = (): string[] => [...front.sent.keys()].filter((uid) => !before.has(uid))
  const climbed = (): Climbed => ({ kills: { ...counts }, acknowledged, there, gone, objects: found.size, cutAgain, problems: [...problems] })

  let ledger = createLedger()
  let [name, profile, done]: [string, string, number] = ['', '', 0]
  const tell = (where: string, all: readonly string[]): void => {
    if (all.length === 0) return
    problems.push(`${name}, kill ${done + 1}, ${where}: ${all.slice(0, 4).join('; ')}${all.length > 4 ? ` and ${all.length - 4} more` : ''}`)
    onProblem(problems.at(-1) ?? '')
  }
  const begin = async (): Promise<void> => {
    [ledger, name, profile] = [createLedger(), await ground.person(), mkdtempSync(join(tmpdir(), 'ciw-ladder-'))]
  }

  /** Everything that was sent lies in the archive once, as it was sent; what is on its way may. */
  const lookAtArchive = async (): Promise<void> => {
    const all = await ground.archive(found)
    const wrong: string[] = []
    for (const { uid, bytes } of all) {
      const hashes = front.sent.get(uid)
      if (!hashes) wrong.push(`${uid} was never sent`)
      else if (hashes.size !== 1) wrong.push(`${uid} was sent with ${hashes.size} kinds of bytes`)
      else if (bytes && !hashes.has(createHash('sha256').update(bytes).digest('hex'))) wrong.push(`${uid} has other bytes`)
      else if (all.filter((one) => one.uid === uid).length !== 1) wrong.push(`${uid} is there more than once`)
      else if (!before.has(uid)) found.add(uid)
    }
    const newest = objects().at(-1)
    const missing = objects().filter((uid) => !found.has(uid) && !(uid === newest && ledger.sent() !== undefined))
    tell('archive', [...wrong, ...missing.map((uid) => `${uid} is not there`)])
  }
  const open = async () => {
    await ground.signIn(name)
    const hello = front.page()
    const browser = ground.browse(profile)
    const page = await hello
    const looked = await page.do({ order: 'open', dataset: 'a', study, series, memory })
    const { problems: lost, flight } = ledger.reopened(looked)
    tell('reopened', lost)
    if (flight === 'there') there += 1
    if (flight === 'gone') gone += 1
    await lookAtArchive()
    return { browser, page, lost: lost.length > 0 }
  }
  const change = async (page: Page, next = changes.next(ledger)): Promise<void> => {
    const looked = await page.do({ order: 'change', change: next })
    // A point that was laid on another is let go as it was.
    if (next.kind === 'move' && unlike(looked.marks, ledger.marks()).length === 0) return
    tell('change', ledger.acknowledge(next, looked))
    acknowledged += 1
  }
  const someChanges = async (page: Page, least: number): Promise<void> => {
    for (let left = least + Math.floor(random() * 3); left > 0; left--) await change(page)
  }
  /** Waits for what is on its way, and reads what the hospital has of it. */
  const settle = async (page: Page): Promise<void> => {
    const waited = ledger.sent() !== undefined
    tell('saved', ledger.verified(await page.do({ order: 'settle' })))
    const uid = objects().at(-1)
    if (!waited || !uid) return
    await lookAtArchive()
    const bytes = (await ground.archive(new Set([...found].filter((one) => one !== uid)))).find((one) => one.uid === uid)?.bytes
    tell('report', bytes ? unlike((await decodeReport(new Uint8Array(bytes))).measurements, ledger.arrived(), 'marks') : [`${uid} is not there`])
  }
  /** From now on the request stands still at which the phase is. @returns what resolves when it does */
  const hold = (phase: Phase): Promise<void> => {
    const from = proxy.seen().length
    const hang: Fault = { kind: 'hang' }
    const [method, path, fault]: [string, RegExp, Fault] = phase === 'before the PUT' ? ['PUT', /^\/api\/submissions\//, hang]
      : phase === 'during the PUT' ? ['PUT', /^\/api\/submissions\//, random() < 0.5 ? { kind: 'reset', within: 'request' } : { kind: 'hang', delivered: true }]
        : phase === 'after the PUT' ? ['GET', /^\/api\/submissions\//, hang] : ['GET', /\/instances\/[0-9.]+$/, hang]
    proxy.fail({ method, path, fault })
    return proxy.came((one, index) => index >= from && one.fault !== undefined)
  }

  const round = async (phase: Phase, last: Phase | undefined): Promise<void> => {
    // What was cut short is cut short again, by the same kind of kill.
    const again = !memory && ledger.sent() !== undefined && last !== undefined && underWay.includes(last) && (phase === 'before the PUT' || phase === 'during the PUT') && random() < 0.5
    const stands = again ? hold(phase) : undefined
    const { browser, page, lost } = await open()
    if (stands) {
      await stands
      cutAgain += 1
      if (random() < 0.5) await change(page)
    } else if (phase === 'mid-drag') {
      await someChanges(page, 1)
      await page.do({ order: 'drag', change: changes.drag(ledger) })
    } else {
      if (random() < 0.5) await someChanges(page, 1)
      await settle(page)
      await someChanges(page, 1)
      // Without a mark there may be nothing to save.
      if (ledger.marks().length === 0) await change(page, changes.draw())
      if (phase === 'drawn, not committed' || phase === 'committed, not marked') {
        const held = front.held()
        await page.do({ order: 'arm', hold: phase === 'drawn, not committed' ? 'drawn' : 'committed' })
        page.do({ order: 'change', change: changes.next(ledger, true) }).catch(() => undefined)
        ledger.inFlight(await held, phase === 'committed, not marked')
      } else if (phase === 'during the wipe') {
        const held = front.held()
        await page.do({ order: 'arm', hold: random() < 0.5 ? 'wiping' : 'wiped' })
        await page.do({ order: 'save' })
        ledger.saving()
        await held
      } else {
        const reached = hold(phase)
        await page.do({ order: 'save' })
        ledger.saving()
        await reached
        if (random() < 0.5) await change(page)
      }
    }
    await browser.kill()
    proxy.fail()
    counts[phase] += 1
    if (lost && !memory) await begin()
  }
  /** Once more without a kill: all that was ever acknowledged or sent is there. */
  const end = async (): Promise<void> => {
    const { browser, page } = await open()
    await settle(page)
    await lookAtArchive()
    await browser.kill()
    rmSync(profile, { recursive: true, force: true })
  }

  let order: Phase[] = []
  let last: Phase | undefined
  for (; done < kills; done++) {
    if (done % killsOfOne === 0) {
      if (done > 0) await within(`the end of ${name}`, end())
      await begin()
      last = undefined
    }
    if (order.length === 0) order = only.map((phase) => ({ phase, at: random() })).toSorted((a, b) => a.at - b.at).map(({ phase }) => phase)
    const phase = order.pop() ?? 'mid-drag'
    await within(`kill ${done + 1}, ${phase}`, round(phase, last))
    last = phase
    onKill(done + 1, climbed())
  }
  await within(`the end of ${name}`, end())
  return climbed()
}

/** In words: how many kills, in which phases, and what became of everything. */
export const sayClimbed = ({ kills, acknowledged, there, gone, objects, cutAgain, problems }: Climbed): string =>
  `${Object.values(kills).reduce((sum, count) => sum + count, 0)} kills (${phases.map((phase) => `${phase} ${kills[phase]}`).join(', ')}): ${acknowledged} operations acknowledged, ${problems.length} problems; of ${there + gone} on their way ${there} there; ${objects} reports, each once at the hospital, ${cutAgain} of them cut short again`
