/**
 * The longest round length (1, 2 or 5 times a power of ten, mm) that is no longer than `mostPixels` on the screen.
 * @returns its length in mm and pixels; undefined where the scale is not known
 */
export const scaleBar = (mmPerPixel: number, mostPixels: number): { mm: number; pixels: number } | undefined => {
  const most = mmPerPixel * mostPixels
  if (!(most > 0) || !Number.isFinite(most)) return undefined
  // A length that fits exactly must not miss by rounding.
  const fits = most * (1 + 1e-9)
  const ten = 10 ** Math.floor(Math.log10(fits))
  const times = [5, 2].find((factor) => factor * ten <= fits) ?? 1
  const mm = times * ten
  return { mm, pixels: mm / mmPerPixel }
}
