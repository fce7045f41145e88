import { Alert, Button, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiFailure, useApi } from '../../../api/index.ts'
import type { AccessModel } from '../../../contract/index.ts'
import { useTranslation } from '../../../i18n/index.ts'
import { LoadFailure } from '../../../ui/LoadFailure.tsx'
import { touched } from '../queries.ts'

const shortestPurpose = 10
const inOneYear = (): string => new Date(Date.now() + 365 * 86_400_000).toISOString().slice(0, 10)

/** The applicant's side: one dataset, what for, until when. An error stands under its field and keeps the value. */
export const NewRequestPage = ({ dataset: id, onSent }: { dataset: string; onSent: () => void }) => {
  const { t } = useTranslation('library')
  const api = useApi()
  const client = useQueryClient()
  const { data: dataset, error, refetch } = useQuery({ queryKey: ['dataset', id], queryFn: ({ signal }) => api.call('dataset', { params: { dataset: id }, signal }) })
  const [form, setForm] = useState({ purpose: '', organisation: '', until: inOneYear(), accessModel: '' })
  const [tried, setTried] = useState(false)
  const model = (form.accessModel || (dataset?.accessModels.includes('IN_SITU_PROCESSING') ? 'IN_SITU_PROCESSING' : dataset?.accessModels[0]) || '') as AccessModel
  const send = useMutation({
    mutationFn: () => api.call('newAccessRequest', { body: { dataset: id, purpose: form.purpose.trim(), organisation: form.organisation.trim(), accessModel: model, until: new Date(`${form.until}T23:59:59Z`).toISOString() } }),
    onSuccess: async () => {
      await Promise.all(touched.map((queryKey) => client.invalidateQueries({ queryKey })))
      onSent()
    },
  })
  if (error) return <LoadFailure error={error} retry={() => void refetch()} />
  const wrong = {
    purpose: form.purpose.trim().length < shortestPurpose ? t('request.tooShort', { count: shortestPurpose }) : null,
    organisation: form.organisation.trim().length < 2 ? t('request.needed') : null, until: form.until ? null : t('request.needed'),
  }
  const set = (field: keyof typeof form) => ({ currentTarget: { value } }: { currentTarget: { value: string } }) => setForm((now) => ({ ...now, [field]: value }))
  return (
    <Stack p="xl" gap="lg" maw={640} component="form" onSubmit={(event: { preventDefault: () => void }) => {
      event.preventDefault()
      setTried(true)
      if (!wrong.purpose && !wrong.organisation && !wrong.until) send.mutate()
    }}>
      <h1 style={{ margin: 0 }}>{t('request.title')}</h1>
      <TextInput label={t('request.for')} value={dataset?.title ?? ''} readOnly />
      <Textarea label={t('request.purpose')} description={t('request.purposeHint')} autosize minRows={3} value={form.purpose} onChange={set('purpose')} error={tried ? wrong.purpose : null} />
      <TextInput label={t('request.organisation')} value={form.organisation} onChange={set('organisation')} error={tried ? wrong.organisation : null} />
      <NativeSelect label={t('request.model')} value={model} onChange={set('accessModel')} data={(dataset?.accessModels ?? []).map((value) => ({ value, label: t(`model.${value}`) }))} />
      <TextInput type="date" label={t('request.until')} value={form.until} onChange={set('until')} error={tried ? wrong.until : null} />
      {send.error ? <Alert color="red" role="alert">{send.error instanceof ApiFailure ? send.error.detail : ''}</Alert> : null}
      <Button type="submit" loading={send.isPending} style={{ alignSelf: 'flex-start' }}>{t('request.send')}</Button>
    </Stack>
  )
}
