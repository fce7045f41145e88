import { Button, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { compactValues } from '../../../domain/measurement/compact.ts'
import type { Measurement } from '../../../domain/measurement/types.ts'
import { formatMoment, useTranslation } from '../../../i18n/index.ts'
import type { Version } from '../../../workspace/index.ts'
import { personName } from '../personName.ts'
import { isoOf } from './Contests.tsx'

/** The saved versions of the study's marks, the newest first: who, when, how many; one click shows an old one, as it was. */
export const History = ({ versions, shown, onShow }: { versions: readonly Version[]; shown: string | undefined; onShow: (sopInstanceUid: string | undefined) => void }) => {
  const { t, i18n } = useTranslation('annotation')
  const [open, setOpen] = useState(false)
  if (versions.length === 0) return null
  return (
    <Stack gap="xs" p="md" pt={0} role="region" aria-label={t('history.title')}>
      <Button variant="subtle" color="gray" size="compact-sm" aria-expanded={open} onClick={() => setOpen(!open)} style={{ alignSelf: 'flex-start', paddingInline: 0 }}>{t('history.count', { count: versions.length })}</Button>
      {open ? (
        <ol style={{ listStyle: 'none', margin: 0, padding: 0 }}>
          {versions.map((version) => {
            const { sopInstanceUid, observer, marks, newest } = version
            const now = shown === sopInstanceUid
            return (
              <li key={sopInstanceUid} data-version={newest ? 'newest' : 'older'}>
                <button type="button" aria-pressed={now} onClick={() => onShow(now ? undefined : sopInstanceUid)} style={{ display: 'block', width: '100%', textAlign: 'left', border: 0, borderRadius: 6, background: now ? '#1f252b' : 'none', color: 'inherit', font: 'inherit', padding: '6px 8px', cursor: 'pointer' }}>
                  <Text size="sm" fw={600}>{formatMoment(isoOf(version), i18n.language)}</Text>
                  <Text size="xs">{`${personName(observer)} · ${t('history.marks', { count: marks.length })}${newest ? ` · ${t('history.newest')}` : ''}`}</Text>
                </button>
              </li>
            )
          })}
        </ol>
      ) : null}
    </Stack>
  )
}

/** Stands in place of the list of marks while an old version is shown: its marks as they were, and the way back. */
export const PastVersion = ({ version, onGoTo, onBack }: { version: Version; onGoTo: (mark: Measurement) => void; onBack: () => void }) => {
  const { t, i18n } = useTranslation('annotation')
  return (
    <Stack p="md" gap="md">
      <div role="status" style={{ padding: 8, borderRadius: 6, background: '#12343b', color: '#a9d3db', fontSize: 13 }}>
        {t('history.shown', { when: formatMoment(isoOf(version), i18n.language), who: personName(version.observer), count: version.marks.length })}
        <div style={{ marginTop: 8 }}><Button size="xs" variant="default" onClick={onBack}>{t('history.back')}</Button></div>
      </div>
      <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {version.marks.map((mark) => (
          <li key={mark.trackingUid} data-past={mark.trackingId} style={{ padding: '6px 8px' }}>
            <button type="button" aria-label={t('goTo', { id: mark.trackingId })} onClick={() => onGoTo(mark)} style={{ textAlign: 'left', border: 0, background: 'none', color: 'inherit', font: 'inherit', padding: 0, cursor: 'pointer' }}>
              <Text size="sm" fw={600}>{`${mark.trackingId} ${mark.label || t(`kind.${mark.kind}`)}`}</Text>
              {compactValues(mark.values).map((line) => <Text key={line} size="sm" component="div">{line}</Text>)}
            </button>
          </li>
        ))}
      </ul>
    </Stack>
  )
}
