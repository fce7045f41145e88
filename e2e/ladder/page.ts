import { createApi } from '../../src/api/index.ts'
import { createOutside } from '../../src/app/outside.ts'
import type { DicomJson } from '../../src/dicom/file/json.ts'
import { createWadoClient } from '../../src/dicom/web/wadoClient.ts'
import type { CanvasPoint, Vec3 } from '../../src/domain/geometry/points.ts'
import { compactValues } from '../../src/domain/measurement/compact.ts'
import { fromSet, settle } from '../../src/domain/measurement/edit.ts'
import { strokesOf } from '../../src/domain/measurement/strokes.ts'
import type { Measurement, MeasurementKind } from '../../src/domain/measurement/types.ts'
import type { Engine, EngineSeries } from '../../src/engine/port.ts'
import { dragged, holdEnd, pixels, type Held } from '../../src/features/viewer/marks/drag.ts'
import { surfaceOf, type Surface } from '../../src/features/viewer/marks/surface.ts'
import { toEngineStacks } from '../../src/features/viewer/series.ts'
import words from '../../src/i18n/en/annotation.json' with { type: 'json' }
import { installHolds } from '../../src/testing/kill/holds.ts'
import type { Change, DragChange, Looked, Order, Step } from '../../src/testing/kill/orders.ts'
import { memoryLogDatabase } from '../../src/testing/memoryLog.ts'
import { createPlaneEngine } from '../../src/testing/planeEngine.ts'
import { createWorkspace, openLogDatabase, type Workspace } from '../../src/workspace/index.ts'
import { isOfMark } from '../../src/workspace/document.ts'
import type { Entry } from '../../src/workspace/entries.ts'
import { openLog } from '../../src/workspace/log.ts'
import { createKeys } from '../../src/workspace/seal.ts'

/** The page of the kill ladder: the real workspace, log and client, drawn on by the code of the viewer's marks over an engine without pictures. It does as it is told. */
installHolds('/ladder/held')

const device = { uid: '2.25.17', name: 'Kill ladder', version: '1' }
/** CSS pixels to a pixel of the image. */
const scale = 8
const [canvas, list, said] = [document.querySelector('canvas'), document.querySelector('ul'), document.querySelector('p')]
const context = canvas?.getContext('2d', { willReadFrequently: true })
if (!canvas || !context || !list || !said) throw new Error('the page has no canvas')

type Drag = { readonly kind: MeasurementKind; readonly uid: string | undefined; readonly label: string | undefined; readonly held: Held; readonly points: readonly Vec3[] }
type Opened = { readonly workspace: Workspace; readonly engine: Engine; readonly series: EngineSeries; readonly surface: Surface; readonly log: readonly Step[] }
let drag: Drag | undefined
let changed = ''

const stateOf = ({ workspace }: Opened, uid: string): string => {
  const state = workspace.store.getState().states[uid]
  return state ? words.state[state] : ''
}
const wordsOf = ({ trackingId, label, kind, values }: Measurement): string => [trackingId, label || words.kind[kind], ...compactValues(values)].join(' ')
const outline = (surface: Surface, kind: MeasurementKind, points: readonly Vec3[], text: string): void => {
  context.beginPath()
  for (const stroke of strokesOf(kind, points)) {
    for (const [index, point] of stroke.points.entries()) context[index === 0 ? 'moveTo' : 'lineTo'](...surface.toCanvas(point) as [number, number])
    if (stroke.closed) context.closePath()
  }
  context.stroke()
  const [first] = points
  if (first) context.fillText(text, ...surface.toCanvas(first) as [number, number])
}
/** Draws the marks and their list as they are now, at once. */
const show = (opened: Opened): void => {
  const { workspace, surface } = opened
  const marks = Object.values(workspace.store.getState().document.marks)
  context.fillStyle = '#000'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.fillStyle = '#fff'
  context.strokeStyle = '#ffd44d'
  for (const { kind, place, trackingId, trackingUid, label } of marks) {
    const points = drag?.uid === trackingUid ? drag.points : surface.pointsOf(place)
    if (points) outline(surface, kind, points, `${trackingId} ${label}`)
  }
  if (drag && drag.uid === undefined) outline(surface, drag.kind, drag.points, '')
  list.replaceChildren(...marks.map((mark) => {
    const [row, where] = [document.createElement('li'), document.createElement('em')]
    row.append(wordsOf(mark), where)
    where.textContent = stateOf(opened, mark.trackingUid)
    return row
  }))
  said.textContent = stateOf(opened, changed)
}
/** 53 bits of a hash over all pixels. */
const pictureHash = (): string => {
  let [a, b] = [0xdeadbeef, 0x41c6ce57]
  for (const pixel of new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer)) {
    a = Math.imul(a ^ pixel, 2654435761)
    b = Math.imul(b ^ pixel ^ (a >>> 16), 1597334677)
  }
  return `${(a >>> 0).toString(16)}${(b >>> 0).toString(16)}`
}
const look = (opened: Opened): Looked => {
  show(opened)
  const { document: { marks, undo, redo }, save, notKept, notOpened, notListed, fault, left } = opened.workspace.store.getState()
  const rows = [...list.children].map((row) => [row.firstChild?.textContent ?? '', row.lastChild?.textContent ?? ''] as const)
  return {
    marks: Object.values(marks), undo: undo.filter(isOfMark), redo: redo.filter(isOfMark), rows: rows.map(([text]) => text), kept: rows.map(([, where]) => where), picture: pictureHash(), log: opened.log, last: said.textContent ?? '',
    save: save.kind === 'idle' ? 'idle' : save.kind === 'saving' ? 'saving' : `${save.kind}: ${save.detail}`,
    trouble: [notKept, notOpened, notListed, fault && `${fault.kind} at ${fault.sequence}`, left && `left out ${left.trackingId}`].filter(Boolean).join('; '),
  }
}

const open = async ({ dataset, study, series: seriesUid, memory }: Extract<Order, { order: 'open' }>): Promise<Opened> => {
  const far: typeof fetch = (input, init) => window.fetch(input, init)
  const wado = createWadoClient({ fetch: far })
  const outside = createOutside({ api: createApi({ fetch: far, uuid: () => crypto.randomUUID(), onSignedOut: () => undefined }), wado })
  const { stacks, facts } = toEngineStacks(await wado.seriesMetadata({ datasetId: dataset, studyInstanceUid: study, seriesInstanceUid: seriesUid }) as DicomJson[], dataset)
  const series = stacks[0]?.series
  if (!series) throw new Error('the series has no stack')
  const engine = createPlaneEngine(series, scale)
  const surface = surfaceOf(engine, 'one', series, engine.snapshot('one'))
  if (!surface) throw new Error('the engine shows nothing')
  const database = memory ? memoryLogDatabase() : openLogDatabase()
  const keys = await createKeys(outside.draftKey)
  const { entries } = await (await openLog({ database: await database, keys, owner: { user: keys.user, dataset, study }, about: { subject: '', date: '' }, clock: outside.clock })).read()
  const log = (entries as Entry[]).flatMap((entry) => (entry.type === 'operation' && isOfMark(entry.operation) ? [entry.operation] : []))
  const workspace = createWorkspace({ outside, database, dataset, study, source: facts.first, observer: 'Ladder^Kill', device })
  const opened = { workspace, engine, series, surface, log }
  workspace.store.subscribe(() => show(opened))
  await workspace.opened
  return opened
}

const begin = ({ workspace, surface }: Opened, change: DragChange): Drag => {
  const at = (point: CanvasPoint): Vec3 => surface.toSheet(point) ?? [0, 0, 0]
  if (change.kind === 'draw') {
    const [first = [0, 0], ...rest] = change.points
    const held: Held = { what: 'new', from: at(first) }
    const start = change.mark === 'freehand' ? [at(first)] : fromSet(change.mark, [at(first)], surface.sheet)
    return { kind: change.mark, uid: undefined, label: change.label || undefined, held, points: rest.reduce((points: readonly Vec3[], to) => dragged(change.mark, held, points, at(to), surface.sheet, surface.perPixel), start) }
  }
  const mark = workspace.store.getState().document.marks[change.uid]
  const points = mark && surface.pointsOf(mark.place)
  const from = points?.[change.index ?? 0]
  if (!mark || !points || !from) throw new Error(`there is no mark ${change.uid}`)
  const held: Held = change.index === undefined ? { what: 'whole', from, points } : holdEnd(mark.kind, points, change.index, surface.perPixel)
  const [x, y] = surface.toCanvas(from)
  return { kind: mark.kind, uid: change.uid, label: undefined, held, points: dragged(mark.kind, held, points, at([x + change.by[0], y + change.by[1]]), surface.sheet, surface.perPixel) }
}
const letGo = async ({ workspace, engine, series, surface }: Opened, { kind, uid, label, points }: Drag): Promise<void> => {
  drag = undefined
  const kept = settle(kind, points, { nearest: pixels.nearest * surface.perPixel, shortest: pixels.shortest * surface.perPixel })
  if (!kept) throw new Error('too little was drawn')
  const place = surface.placeOf(kept)
  await workspace.finish(uid, kind, place, surface.calibrationOf(place), { pixels: kind === 'ellipse' || kind === 'freehand' ? () => engine.pixels(series, place) : undefined, label })
}
const apply = async (opened: Opened, change: Change): Promise<void> => {
  const { workspace } = opened
  if (change.kind === 'draw' || change.kind === 'move') {
    drag = begin(opened, change)
    show(opened)
    await letGo(opened, drag)
  } else if (change.kind === 'rename') await workspace.relabel(change.uid, change.label)
  else if (change.kind === 'delete') await workspace.remove(change.uid)
  else await workspace[change.kind]()
}

const obey = async (order: Order, now: Opened | undefined): Promise<Opened> => {
  if (order.order === 'open') return open(order)
  if (!now) throw new Error('no study is open')
  const { store } = now.workspace
  if (order.order === 'change') {
    const before = store.getState().document.marks
    const stop = store.subscribe(({ document: { marks } }) => { changed = [...Object.keys(before), ...Object.keys(marks)].find((uid) => before[uid] !== marks[uid]) ?? changed })
    await apply(now, order.change)
    stop()
  } else if (order.order === 'drag') drag = begin(now, order.change)
  else if (order.order === 'arm') window.holds?.arm(order.hold)
  else if (order.order === 'save') void now.workspace.save()
  else {
    await new Promise<void>((resolve) => {
      const see = (): void => { if (store.getState().save.kind !== 'saving') resolve() }
      store.subscribe(see)
      see()
    })
  }
  return now
}

let now: Opened | undefined
if (window.holds) window.holds.tell = () => (now ? JSON.stringify(look(now)) : '')
let answer: { readonly hello: true } | { readonly looked: Looked } | { readonly error: string } = { hello: true }
for (;;) {
  const order = await (await fetch('/ladder/turn', { method: 'POST', body: JSON.stringify(answer) })).json() as Order
  try {
    now = await obey(order, now)
    answer = { looked: look(now) }
  } catch (error) {
    answer = { error: error instanceof Error ? error.stack ?? error.message : String(error) }
  }
}
