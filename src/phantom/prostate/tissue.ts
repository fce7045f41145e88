/** What a tissue is in each kind of image: T2-weighted signal, diffusion (b = 0 signal, ADC in 10^-6 mm2/s), T1-weighted signal before contrast and how it takes contrast up. */
export type Tissue = {
  readonly t2: number
  readonly b0: number
  readonly adc: number
  readonly t1: number
  /** Greatest relative gain; seconds from injection to arrival, of rise, and of washout (0: none). */
  readonly uptake?: readonly [gain: number, arrival: number, rise: number, washout: number]
}

const slow: Tissue['uptake'] = [0.28, 22, 70, 0]

export const tissues = {
  air: { t2: 0, b0: 0, adc: 0, t1: 0 },
  gas: { t2: 12, b0: 4, adc: 0, t1: 8 },
  stool: { t2: 95, b0: 60, adc: 900, t1: 150 },
  skin: { t2: 210, b0: 40, adc: 600, t1: 110 },
  fat: { t2: 600, b0: 46, adc: 250, t1: 270 },
  muscle: { t2: 92, b0: 130, adc: 1350, t1: 92, uptake: slow },
  cortex: { t2: 38, b0: 16, adc: 300, t1: 30 },
  marrow: { t2: 440, b0: 46, adc: 420, t1: 175, uptake: [0.15, 25, 60, 0] },
  cartilage: { t2: 340, b0: 60, adc: 1200, t1: 100 },
  disc: { t2: 120, b0: 40, adc: 900, t1: 70 },
  levator: { t2: 105, b0: 130, adc: 1350, t1: 92, uptake: slow },
  bladderWall: { t2: 120, b0: 150, adc: 1400, t1: 90, uptake: [0.45, 24, 45, 0] },
  urine: { t2: 900, b0: 720, adc: 2950, t1: 55 },
  rectalWall: { t2: 150, b0: 190, adc: 1350, t1: 95, uptake: [0.6, 22, 25, 900] },
  mucosa: { t2: 390, b0: 230, adc: 1500, t1: 100, uptake: [0.9, 21, 18, 600] },
  sphincter: { t2: 170, b0: 150, adc: 1300, t1: 92, uptake: [0.4, 24, 40, 0] },
  artery: { t2: 30, b0: 30, adc: 2000, t1: 120, uptake: [3.6, 16, 3, 160] },
  vein: { t2: 45, b0: 45, adc: 2000, t1: 105, uptake: [2.3, 24, 8, 300] },
  vesselWall: { t2: 190, b0: 60, adc: 1000, t1: 90, uptake: slow },
  plexus: { t2: 700, b0: 250, adc: 1900, t1: 85, uptake: [1.6, 30, 25, 900] },
  bowelWall: { t2: 150, b0: 170, adc: 1300, t1: 95, uptake: [0.7, 22, 22, 700] },
  bowel: { t2: 430, b0: 260, adc: 1900, t1: 110 },
  vesicleWall: { t2: 190, b0: 180, adc: 1400, t1: 92, uptake: [0.5, 26, 40, 0] },
  vesicle: { t2: 800, b0: 380, adc: 2100, t1: 95, uptake: [0.1, 30, 80, 0] },
  capsule: { t2: 120, b0: 190, adc: 1300, t1: 88, uptake: [0.7, 22, 25, 0] },
  peripheral: { t2: 660, b0: 350, adc: 1750, t1: 86, uptake: [0.65, 26, 55, 0] },
  transition: { t2: 310, b0: 275, adc: 1280, t1: 88, uptake: [0.95, 22, 26, 1500] },
  central: { t2: 200, b0: 240, adc: 1150, t1: 88, uptake: [0.6, 24, 35, 0] },
  stroma: { t2: 105, b0: 150, adc: 1100, t1: 88, uptake: [0.45, 28, 60, 0] },
  glandularNodule: { t2: 540, b0: 320, adc: 1550, t1: 88, uptake: [0.9, 22, 24, 1500] },
  mixedNodule: { t2: 330, b0: 280, adc: 1300, t1: 90, uptake: [1.15, 21, 20, 900] },
  stromalNodule: { t2: 200, b0: 260, adc: 1130, t1: 88, uptake: [1.05, 21, 18, 900] },
  nodule: { t2: 140, b0: 210, adc: 1200, t1: 88, uptake: [0.6, 22, 28, 0] },
  urethra: { t2: 470, b0: 260, adc: 1500, t1: 90, uptake: [0.8, 22, 25, 0] },
  bulb: { t2: 520, b0: 230, adc: 1500, t1: 90, uptake: [1, 30, 50, 0] },
  corpora: { t2: 600, b0: 250, adc: 1600, t1: 88, uptake: [1, 35, 60, 0] },
  nerve: { t2: 260, b0: 160, adc: 1300, t1: 92 },
} as const satisfies Record<string, Tissue>

/** A lesion of this ADC; those of the transition zone are darker in T2. It takes contrast up early and lets it go again. */
export const lesionTissue = (adc: number, zone: 'PZ' | 'TZ' | 'CZ' | 'AS'): Tissue => ({ t2: zone === 'PZ' ? 205 : 165, b0: 330, adc, t1: 88, uptake: [1.75, 18, 9, 190] })

/** Signal of a diffusion-weighted image, b in s/mm2. */
export const diffusionSignal = ({ b0, adc }: Tissue, bValue: number): number => b0 * Math.exp(-bValue * adc * 1e-6)

/** Relative gain of T1-weighted signal so many seconds after the injection. */
export const enhancement = ({ uptake }: Tissue, seconds: number): number => {
  if (!uptake) return 0
  const [gain, arrival, rise, washout] = uptake
  const since = seconds - arrival
  return since <= 0 ? 0 : gain * (1 - Math.exp(-since / rise)) * (washout > 0 ? Math.exp(-since / washout) : 1)
}
