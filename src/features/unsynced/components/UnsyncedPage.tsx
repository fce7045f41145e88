import { Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useApi } from '../../../api/index.ts'
import { formatDate, formatMoment, useTranslation } from '../../../i18n/index.ts'
import { LoadFailure } from '../../../ui/LoadFailure.tsx'
import { State } from '../../../ui/State.tsx'
import { Status } from '../../../ui/Status.tsx'
import { isSendable, type Draft, type DraftsState } from '../../../workspace/waits.ts'
import { linesOf } from '../words.ts'

/** YYYYMMDD as the language writes a date. */
const dateOf = (date: string, language: string): string | undefined => (/^\d{8}$/.test(date) ? formatDate(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`, language) : undefined)

const Row = ({ draft, sending, dataset, onOpen }: { draft: Draft; sending: boolean; dataset: string; onOpen: (dataset: string, study: string) => void }) => {
  const { t, i18n } = useTranslation('unsynced')
  const { about, fault, records } = draft
  const lines = linesOf(t, draft)
  const subject = about?.subject || t('unreadableStudy')
  return (
    <li className="ciw-unsynced-row" data-subject={about?.subject}>
      <div>
        <Text fw={600} size="md">{subject}</Text>
        {about ? <Text size="sm" c="var(--ciw-text-2)">{dataset}<br />{dateOf(about.date, i18n.language) ?? t('noDate')}</Text> : null}
      </div>
      <div>
        {sending ? <div><Status kind="busy">{t('sending')}</Status></div> : null}
        {lines.map(({ key, kind, text }) => <div key={key}><Status kind={kind}>{text}</Status></div>)}
        {fault ? <div><Status kind="error">{t(`unreadable.${fault.kind}`, { record: fault.sequence })}</Status></div> : null}
        <Text size="xs" c="dimmed">
          {[about?.aside ? t('unreadable.asideNote', { count: records }) : '', draft.waits && draft.waits.marks + draft.waits.paintings > 0 ? t('marksWhy') : '', about ? t('changed', { when: formatMoment(about.changed, i18n.language) }) : ''].filter(Boolean).join(' · ')}
        </Text>
      </div>
      {about ? <Button size="xs" variant="default" aria-label={t('openOf', { subject })} onClick={() => onOpen(about.dataset, about.study)}>{t('open')}</Button> : null}
    </li>
  )
}

/** All that is not at its hospital, study by study: what waits, why, since when, and the way there. */
export const UnsyncedPage = ({ state: { drafts, notRead, sending, low }, onOpen, onSync, onRetry }: { state: DraftsState; onOpen: (dataset: string, study: string) => void; onSync: () => void; onRetry: () => void }) => {
  const { t } = useTranslation('unsynced')
  const api = useApi()
  const datasets = useQuery({ queryKey: ['datasets', {}], queryFn: ({ signal }) => api.call('datasets', { signal }) })
  const titleOf = ({ about }: Draft): string => datasets.data?.items.find(({ id }) => id === about?.dataset)?.title ?? about?.dataset ?? ''
  const rowsOf = (list: readonly Draft[]) => list.map((draft) => <Row key={draft.document} draft={draft} sending={sending.has(draft.document)} dataset={titleOf(draft)} onOpen={onOpen} />)
  const waiting = drafts?.filter(({ fault }) => !fault) ?? []
  const faulty = drafts?.filter(({ fault }) => fault) ?? []
  return (
    <Stack p="xl" gap="lg" maw={1080}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div><h1 style={{ margin: 0 }}>{t('title')}</h1><Text size="sm" c="dimmed" maw={640}>{t('text')}</Text></div>
        {waiting.some(isSendable) ? <Button leftSection={<IconRefresh size={16} stroke={1.75} aria-hidden />} onClick={onSync}>{t('sync')}</Button> : null}
      </Group>
      {low ? (
        <div role="alert" className="ciw-notice"><IconAlertTriangle size={20} stroke={1.75} aria-hidden /><div><strong>{t('lowTitle')}</strong><div>{t('lowText', { left: Math.floor(low.leftBytes / 1024 / 1024) })}</div></div></div>
      ) : null}
      {notRead !== undefined && drafts === undefined ? <div className="ciw-card"><LoadFailure part error={{ kind: 'refused', code: '', detail: `${t('notRead')}. ${notRead}` }} retry={onRetry} /></div> : null}
      {drafts === undefined && notRead === undefined ? <div role="status" aria-label={t('loading')}><Skeleton height={120} /></div> : null}
      {drafts?.length === 0 ? (
        <div className="ciw-card"><State title={t('none')} text={t('noneText')} icon={<IconCircleCheck size={24} stroke={1.75} color="var(--ciw-ok)" aria-hidden />}><Button variant="default" renderRoot={(props) => <Link to="/studies" {...props} />}>{t('goStudies')}</Button></State></div>
      ) : null}
      {waiting.length > 0 ? <ul className="ciw-card ciw-unsynced-list" aria-label={t('listTitle')}>{rowsOf(waiting)}</ul> : null}
      {faulty.length > 0 ? <section aria-label={t('unreadableTitle')}><Text component="h2" fw={600} size="md" mb="sm" mt={0}>{t('unreadableTitle')}</Text><ul className="ciw-card ciw-unsynced-list">{rowsOf(faulty)}</ul></section> : null}
    </Stack>
  )
}
