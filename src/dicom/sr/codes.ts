import table from './codes.json' with { type: 'json' }

/** Code Value, Coding Scheme Designator, Code Meaning (PS3.3 8.8). */
export type Code = { readonly value: string; readonly scheme: string; readonly meaning: string }
export type CodeName = keyof typeof table

/** A code of the table: one in the dictionaries of PS3.16, a listed exception, or one of our own scheme 99CIW. */
export const code = (name: CodeName): Code => {
  const [value = '', scheme = '', meaning = ''] = table[name]
  return { value, scheme, meaning }
}

/** SNOMED codes of old reports (scheme SRT) and what they are called now (PS3.16 Annex O); read, never written. */
const retired: Readonly<Record<string, string>> = {
  'G-A185': '103339001', 'G-A186': '103340004', 'G-D7FE': '410668003', 'G-A166': '42798000', 'G-A16A': '42798000', 'G-C0E3': '363698007',
  'R-00317': '373098007', 'R-10047': '386136009', 'R-404FB': '255605001', 'G-A437': '56851009', 'G-D705': '118565006', 'G-C036': '370129005',
}

/** Value and scheme as one text; a retired code reads as the one that took its place. */
export const codeKey = ({ value, scheme }: Pick<Code, 'value' | 'scheme'>): string => {
  const now = scheme === 'SRT' || scheme === 'SNM3' ? retired[value] : undefined
  return now ? `${now} SCT` : `${value} ${scheme}`
}

export const isCode = (found: Code | undefined, name: CodeName): boolean => found !== undefined && codeKey(found) === codeKey(code(name))

/** 99CIW, declared in every report that uses it (PS3.3 C.12.1.1.7). */
export const ownScheme = {
  CodingSchemeDesignator: '99CIW', CodingSchemeName: 'Cancer Image Workbench', CodingSchemeVersion: '1',
  CodingSchemeResponsibleOrganization: 'Cancer Image Workbench',
}
