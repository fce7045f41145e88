import type { useTranslation } from '../../i18n/index.ts'
import type { Draft, Sending } from '../../workspace/waits.ts'

export type Said = { readonly key: string; readonly kind: 'waiting' | 'error' | 'busy'; readonly text: string }
type Words = ReturnType<typeof useTranslation<'unsynced'>>['t']

const bad = new Set<Sending['state']>(['failed', 'differs', 'rejected'])
const said = (t: Words, what: string, { sopInstanceUid, state, detail }: Sending): Said => {
  const words = { what, state: t(`state.${state}`) }
  return { key: sopInstanceUid, kind: bad.has(state) ? 'error' : 'waiting', text: bad.has(state) && detail ? t('because', { ...words, detail }) : t('line', words) }
}

/** What of a study waits, a line for each thing. */
export const linesOf = (t: Words, { waits }: Draft): Said[] => (waits ? [
  ...waits.marks > 0 ? [{ key: 'marks', kind: 'waiting' as const, text: t('marks', { count: waits.marks }) }] : [],
  ...waits.paintings > 0 ? [{ key: 'paintings', kind: 'waiting' as const, text: t('paintings', { count: waits.paintings }) }] : [],
  ...waits.report ? [said(t, waits.report.marks > 0 ? t('report', { count: waits.report.marks }) : t('reportEmpty'), waits.report)] : [],
  ...waits.segmentations.map((one) => said(t, t('segmentation', { name: one.name }), one)),
] : [])
