import { cache, Enums, setVolumesForViewports, type RenderingEngine, type Types } from '@cornerstonejs/core'
import { ownWindows } from '../../domain/display/window.ts'
import { add, dot, norm, scale, subtract } from '../../domain/geometry/plane.ts'
import type { CanvasPoint, Vec3 } from '../../domain/geometry/points.ts'
import { rightOf, trackball, turn, type Stance } from '../../domain/geometry/turn.ts'
import type { EngineSeries, VolumePreset } from '../port.ts'
import { drawsInSoftware } from './setup.ts'
import type { Window } from './displayWindow.ts'
import { presetsOf, volumePresets } from './volumePresets.ts'

/** How a volume is seen; the window counts where a preset is told in parts of it. */
export type VolumeLook = { readonly preset: VolumePreset; readonly window: Window }
type Drawn = Types.IViewport & { readonly isDisabled: boolean }

/** The look a series opens with: its own window, without one the range of its values. */
export const firstLook = (series: EngineSeries, volumeId: string): VolumeLook => {
  const [preset] = presetsOf(series.modality)
  // A ray through a CT meets bone almost everywhere: the file's own window, made for slices, would be white.
  const own = series.modality === 'CT' ? { width: 1600, centre: 500 } : ownWindows(series.frames)[0]
  const [low, high] = own ? [0, 0] : (cache.getVolume(volumeId) as Types.IImageVolume | undefined)?.voxelManager?.getRange() ?? [0, 1]
  return { preset, window: own ?? { width: Math.max(1, high - low), centre: (high + low) / 2 } }
}

const volumeActor = (viewport: Types.IViewport): Types.VolumeActor | undefined => viewport.getActors()[0]?.actor as Types.VolumeActor | undefined

type State = 'moving' | 'still'
/** Most rays of a picture: drawing in software takes seconds for what a graphics card does in a frame. */
const mostRays = { card: { moving: 250_000, still: Infinity }, software: { moving: 8_000, still: 50_000 } } as const
/** Coarser where it must be quick: fewer rays, and fewer samples on each. */
const sample = (actor: Types.VolumeActor, { clientWidth, clientHeight }: HTMLElement, state: State): void => {
  const software = drawsInSoftware()
  const along = software || state === 'moving' ? 2 : 1
  const across = Math.max(1, Math.sqrt((clientWidth * clientHeight * devicePixelRatio ** 2) / mostRays[software ? 'software' : 'card'][state]))
  const mapper = actor.getMapper()
  const [x, y, z] = mapper?.getInputData().getSpacing() ?? [1, 1, 1]
  mapper?.setSampleDistance((along * (x + y + z)) / 6)
  mapper?.setAutoAdjustSampleDistances(false)
  mapper?.setImageSampleDistance(across)
}

const dress = (actor: Types.VolumeActor, { preset, window }: VolumeLook): void => {
  const { scale: unit, opacity, colour, shade, projection } = volumePresets[preset]
  const lower = window.centre - window.width / 2
  const valueOf = (at: number): number => (unit === 'stored' ? at : lower + at * window.width)
  const property = actor.getProperty()
  const colours = property.getRGBTransferFunction(0)
  colours.removeAllPoints()
  for (const [at, red, green, blue] of colour) colours.addRGBPoint(valueOf(at), red, green, blue)
  const opacities = property.getScalarOpacity(0)
  opacities.removeAllPoints()
  for (const [at, alpha] of opacity) opacities.addPoint(valueOf(at), alpha)
  property.setShade(shade)
  property.setAmbient(0.25)
  property.setDiffuse(0.75)
  property.setSpecular(0.15)
  property.setSpecularPower(12)
  property.setInterpolationTypeToLinear()
  actor.getMapper()?.setBlendMode(Number(projection === 'maximum' ? Enums.BlendModes.MAXIMUM_INTENSITY_BLEND : Enums.BlendModes.COMPOSITE))
}

/** The lamp is at the eye; the renderer leaves it where it was when the eye moves by itself. */
export const lightFromEye = (viewport: Types.IViewport): void => {
  const renderer = viewport.getRenderer()
  // Left to itself it makes a lamp while it draws, too late for the first picture.
  if (renderer.getLights().length === 0) renderer.createLight()
  renderer.updateLightGeometry()
}
/** Seen from the front, head on top, whole. */
export const faceFront = (viewport: Types.IViewport): void => {
  const { focalPoint, position } = viewport.getCamera()
  if (!focalPoint || !position) return
  const away = norm(subtract(position, focalPoint))
  viewport.setCamera({ focalPoint, position: [focalPoint[0], focalPoint[1] - away, focalPoint[2]], viewUp: [0, 0, 1] })
  viewport.resetCamera()
  lightFromEye(viewport)
}

/** Puts a volume whose voxels are all there into its viewport; what other views hold of it is shared. */
export const putVolume = async (rendering: RenderingEngine, id: string, volumeId: string, look: VolumeLook): Promise<void> => {
  const element = rendering.getViewport(id)?.element
  await setVolumesForViewports(rendering, [{ volumeId, callback: ({ volumeActor: actor }) => { dress(actor, look); if (element) sample(actor, element, 'still') } }], [id])
  const viewport = rendering.getViewport(id)
  if (viewport) faceFront(viewport)
}
export const applyLook = (viewport: Types.IViewport, look: VolumeLook): void => {
  const actor = volumeActor(viewport)
  if (actor) dress(actor, look)
  viewport.render()
}

/** Long enough for the next move of a hand to come first. */
const stillAfterMs = 200
const settling = new WeakMap<Types.IViewport, ReturnType<typeof setTimeout>>()
/** Draws coarsely while a hand moves the picture, and finely once it has rested since a picture came. */
export const renderMoving = (viewport: Types.IViewport): void => {
  const drawAs = (state: State): void => {
    const gone = (viewport as Drawn).isDisabled || !viewport.getRenderingEngine()
    const actor = gone ? undefined : volumeActor(viewport)
    if (!actor) return
    sample(actor, viewport.element, state)
    viewport.render()
  }
  const settle = (): void => {
    clearTimeout(settling.get(viewport))
    settling.set(viewport, setTimeout(() => drawAs('still'), stillAfterMs))
  }
  clearTimeout(settling.get(viewport))
  viewport.element.addEventListener(Enums.Events.IMAGE_RENDERED, settle, { once: true })
  drawAs('moving')
}

const stanceOf = (viewport: Types.IViewport): Stance | undefined => {
  const { viewUp, viewPlaneNormal } = viewport.getCamera()
  return viewUp && viewPlaneNormal ? { up: [...viewUp], towards: [...viewPlaneNormal] } : undefined
}
/** Directions in the patient that run to the right and down on the picture, from the camera. */
export const facingOf = (viewport: Types.IViewport): { right: Vec3; down: Vec3 } | undefined => {
  const stance = stanceOf(viewport)
  return stance && { right: rightOf(stance), down: scale(stance.up, -1) }
}

/** Turns the volume about its centre, as if the pointer held its front; half a turn a drag as long as the shorter side. */
export const rotateBy = (viewport: Types.IViewport, from: CanvasPoint, to: CanvasPoint): void => {
  const stance = stanceOf(viewport)
  const { focalPoint, position } = viewport.getCamera()
  const bounds = volumeActor(viewport)?.getBounds()
  const { clientWidth, clientHeight } = viewport.element
  const by = stance && trackball(stance, [to[0] - from[0], to[1] - from[1]], Math.min(clientWidth, clientHeight))
  if (!stance || !by || !bounds || !focalPoint || !position) return
  const centre: Vec3 = [(bounds[0] + bounds[1]) / 2, (bounds[2] + bounds[3]) / 2, (bounds[4] + bounds[5]) / 2]
  const around = (v: Vec3): Vec3 => turn(v, by.axis, by.angle)
  const focal = add(centre, around(subtract(focalPoint, centre)))
  const towards = around(stance.towards)
  const up = around(stance.up)
  // Drags are many: what rounding tilts is put upright again.
  const upright = subtract(up, scale(towards, dot(up, towards)))
  const eye = add(focal, scale(towards, norm(subtract(position, focalPoint))))
  viewport.setCamera({ focalPoint: [...focal], position: [...eye], viewUp: [...scale(upright, 1 / norm(upright))] })
  lightFromEye(viewport)
}
