import { Button, Stack, Text } from '@mantine/core'
import { compactValues } from '../../../domain/measurement/compact.ts'
import type { Measurement } from '../../../domain/measurement/types.ts'
import { formatMoment, useTranslation } from '../../../i18n/index.ts'
import type { Contest, Side } from '../../../workspace/index.ts'
import { personName } from '../personName.ts'

/** DICOM date and time (UTC as it is written) as ISO 8601. */
export const isoOf = ({ date, time }: { readonly date: string; readonly time: string }): string => `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}T${time.slice(0, 2) || '00'}:${time.slice(2, 4) || '00'}:${time.slice(4, 6) || '00'}Z`

/** Marks of which several versions say different things, side by side: one click looks at a side, one chooses it. */
export const Contests = ({ contests, onLook, onChoose }: { contests: readonly Contest[]; onLook: (mark: Measurement) => void; onChoose: (contest: Contest, mark: Measurement | null) => void }) => {
  const { t, i18n } = useTranslation('annotation')
  if (contests.length === 0) return null
  const whose = ({ report, observer }: Side): string => (report === '' ? t('contest.here') : personName(observer))
  return (
    <Stack gap="xs" role="region" aria-label={t('contest.title')} style={{ padding: 8, borderRadius: 6, background: '#33291a' }}>
      <Text size="sm" fw={600} c="#f0c674">{t('contest.title')}</Text>
      <Text size="xs">{t('contest.text')}</Text>
      {contests.map((contest) => (
        <div key={contest.trackingUid} data-contest={contest.trackingId}>
          <Text size="sm" fw={600}>{contest.trackingId}</Text>
          <div style={{ display: 'grid', gridTemplateColumns: `repeat(${Math.min(2, contest.sides.length)}, minmax(0, 1fr))`, gap: 8 }}>
            {contest.sides.map((side) => (
              <div key={side.report} data-side={side.report === '' ? 'here' : 'saved'} style={{ display: 'flex', flexDirection: 'column', gap: 4, padding: 6, borderRadius: 4, background: '#14181b', minWidth: 0 }}>
                <Text size="xs" fw={600} style={{ overflowWrap: 'anywhere' }}>{whose(side)}</Text>
                <Text size="xs" c="dimmed">{side.report === '' ? t('contest.unsaved') : formatMoment(isoOf(side), i18n.language)}</Text>
                {side.mark ? (
                  <button type="button" aria-label={t('contest.look', { id: contest.trackingId, who: whose(side) })} onClick={() => side.mark && onLook(side.mark)} style={{ textAlign: 'left', border: 0, background: 'none', color: 'inherit', font: 'inherit', fontSize: 13, padding: 0, cursor: 'pointer' }}>
                    {[side.mark.label || t(`kind.${side.mark.kind}`), ...compactValues(side.mark.values)].map((line) => <div key={line}>{line}</div>)}
                  </button>
                ) : <Text size="sm">{t('contest.deleted')}</Text>}
                <Button size="compact-xs" variant="default" mt="auto" aria-label={t('contest.choose', { id: contest.trackingId, who: whose(side) })} onClick={() => onChoose(contest, side.mark)}>{t('contest.take')}</Button>
              </div>
            ))}
          </div>
        </div>
      ))}
    </Stack>
  )
}
