/** The fields in which two plain values differ, as paths (`place.points.1.0`); empty where they are the same to the bit. */
export const differingFields = (a: unknown, b: unknown, path = ''): string[] => {
  if (Object.is(a, b)) return []
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return [path]
  const one = a as Readonly<Record<string, unknown>>
  const other = b as Readonly<Record<string, unknown>>
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].sort().flatMap((key) => differingFields(one[key], other[key], path ? `${path}.${key}` : key))
}
