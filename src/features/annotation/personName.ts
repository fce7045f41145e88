/** PN (family^given, PS3.5 6.2) as it is said. */
export const personName = (name: string): string => name.split('^').filter(Boolean).toReversed().join(' ')
