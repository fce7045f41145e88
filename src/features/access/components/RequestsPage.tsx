import { Alert, Button, Group, Skeleton, Stack, Text, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiFailure, useApi } from '../../../api/index.ts'
import type { AccessEvent, AccessRequest } from '../../../contract/index.ts'
import { formatDate, useTranslation } from '../../../i18n/index.ts'
import { LoadFailure } from '../../../ui/LoadFailure.tsx'
import { State } from '../../../ui/State.tsx'
import { Status } from '../../../ui/Status.tsx'
import { requestsQuery, touched } from '../queries.ts'

const looks = { draft: 'none', submitted: 'waiting', approved: 'ok', refused: 'refused', revoked: 'refused', expired: 'old', withdrawn: 'old' } as const
const needsReason = (event: AccessEvent): boolean => event === 'refuse' || event === 'revoke'

const RequestCard = ({ request }: { request: AccessRequest }) => {
  const { t, i18n } = useTranslation('library')
  const api = useApi()
  const client = useQueryClient()
  const [reason, setReason] = useState('')
  const [missing, setMissing] = useState(false)
  const decide = useMutation({
    mutationFn: (event: AccessEvent) => api.call('decideAccessRequest', { params: { request: request.id }, body: { event, ...(reason.trim() ? { reason: reason.trim() } : {}) } }),
    onSuccess: () => Promise.all(touched.map((queryKey) => client.invalidateQueries({ queryKey }))),
  })
  const act = (event: AccessEvent) => {
    setMissing(needsReason(event) && !reason.trim())
    if (!needsReason(event) || reason.trim()) decide.mutate(event)
  }
  const date = (iso: string) => formatDate(iso, i18n.language)
  return (
    <article className="ciw-card" style={{ padding: 16 }} aria-label={request.datasetTitle}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start">
          <div>
            <Text component="h2" fw={600} size="md" m={0}>{request.datasetTitle}</Text>
            <Text size="sm" c="dimmed">{`${t('request.by', { name: request.applicant.name, organisation: request.organisation })} · ${t(`model.${request.accessModel}`)} · ${t('dataset.until', { date: date(request.until) })}`}</Text>
          </div>
          <Status kind={looks[request.state]}>{t(`request.state.${request.state}`)}</Status>
        </Group>
        <Text size="sm">{request.purpose}</Text>
        {request.reason ? <Text size="sm" c="var(--ciw-text-2)">{`${t('request.reason')}: ${request.reason}`}</Text> : null}
        <Text size="xs" c="dimmed">{request.history.map(({ at, by, event }) => `${t(`request.event.${event}`)}, ${by}, ${date(at)}`).join(' · ')}</Text>
        {request.next.some(needsReason) ? <Textarea size="sm" label={t('request.reason')} description={t('request.reasonHint')} autosize value={reason} onChange={({ currentTarget: { value } }) => setReason(value)} error={missing ? t('request.reasonNeeded') : null} /> : null}
        {decide.error ? <Alert color="red" role="alert">{decide.error instanceof ApiFailure ? decide.error.detail : ''}</Alert> : null}
        {request.next.length > 0 ? (
          <Group gap="sm">
            {request.next.map((event) => <Button key={event} size="xs" variant={event === 'approve' ? 'filled' : 'default'} loading={decide.isPending && decide.variables === event} onClick={() => act(event)}>{t(`request.${event}` as 'request.approve')}</Button>)}
          </Group>
        ) : null}
      </Stack>
    </article>
  )
}

/** Both sides of access: the applicant's requests, and for the committee those to decide on. */
export const RequestsPage = () => {
  const { t } = useTranslation('library')
  const api = useApi()
  const { data: requests, error, refetch } = useQuery(requestsQuery(api))
  if (error) return <LoadFailure error={error} retry={() => void refetch()} />
  return (
    <Stack p="xl" gap="lg" maw={880}>
      <div><h1 style={{ margin: 0 }}>{t('request.list')}</h1><Text size="sm" c="dimmed">{t('request.listText')}</Text></div>
      {requests?.length === 0 ? <State title={t('request.none')} text={t('request.noneText')}><Button component="a" href="/catalogue" variant="default">{t('catalogue.title')}</Button></State> : null}
      {requests?.map((request) => <RequestCard key={request.id} request={request} />) ?? <Skeleton height={160} />}
    </Stack>
  )
}
