import { Badge, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useApi } from '../../../api/index.ts'
import type { Run, ToolManifest } from '../../../contract/index.ts'
import { formatDate, formatNumber, useTranslation } from '../../../i18n/index.ts'
import { LoadFailure } from '../../../ui/LoadFailure.tsx'
import { State } from '../../../ui/State.tsx'
import { Status } from '../../../ui/Status.tsx'
import { needOf } from '../run/chooseSeries.ts'
import { faultOf } from '../run/scope.ts'
import { Cautions } from './Cautions.tsx'
import { useChoiceWords } from './useChoiceWords.ts'
import { runsQuery, short, toolsQuery } from '../queries.ts'

const Card = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="ciw-card" style={{ padding: 16 }}><Text component="h2" fw={600} size="md" mt={0} mb="sm">{title}</Text>{children}</section>
)
const Facts = ({ rows }: { rows: readonly (readonly [string, string])[] }) => (
  <dl style={{ display: 'grid', gridTemplateColumns: 'max-content minmax(0, 1fr)', gap: '6px 16px', margin: 0, fontSize: 13 }}>
    {rows.map(([name, value]) => [<dt key={name} style={{ color: 'var(--ciw-text-3)' }}>{name}</dt>, <dd key={`${name} is`} style={{ margin: 0, overflowWrap: 'anywhere' }}>{value}</dd>])}
  </dl>
)
/** A step with its parameters as the manifest says them. */
const stepText = ({ step, ...parameters }: ToolManifest['pipeline'][number]): string => [step, ...Object.entries(parameters).map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(' × ') : String(value)}`)].join(', ')

const outcomeLooks = { accepted: 'ok', rejected: 'refused', failed: 'error', cancelled: 'old' } as const
/** Why a run had its series; runs of before that was recorded say nothing. */
const RunInput = ({ run: { series, choice } }: { run: Run }) => {
  const { t } = useTranslation('tools')
  const words = useChoiceWords()
  if (!choice) return null
  const why = choice.by === 'rule' ? t('choice.byRule', { reason: t(`choice.reason.${choice.reason}`) }) : choice.reason === 'opened' ? t('choice.opened') : t('choice.byPerson')
  return <Text size="xs" c="var(--ciw-text-3)" data-choice={choice.by} title={[`${t('choice.series')} ${series}`, ...(choice.runnerUp ? [`${t('choice.runnerUp')} ${choice.runnerUp.series}`] : [])].join('\n')}>{[why, words.found(choice.grounds)].filter(Boolean).join('; ')}</Text>
}
const MyRuns = ({ tool }: { tool: string }) => {
  const { t, i18n } = useTranslation('library')
  const { data: runs, error } = useQuery(runsQuery(useApi()))
  const mine = runs?.filter((run) => run.tool === tool) ?? []
  if (error) return <Text size="sm" role="alert">{error.message}</Text>
  if (mine.length === 0) return <Text size="sm" c="var(--ciw-text-2)">{t('tools.mineNone')}</Text>
  return (
    <ul style={{ listStyle: 'none', margin: 0, padding: 0, fontSize: 13 }}>
      {mine.slice(0, 8).map((run) => (
        <li key={run.id} style={{ padding: '4px 0', borderBottom: '1px solid var(--ciw-border)' }}>
          <div style={{ display: 'flex', justifyContent: 'space-between', gap: 12, minHeight: 24, alignItems: 'center' }}><Status kind={outcomeLooks[run.outcome]}>{t(`tools.outcomes.${run.outcome}`)}</Status><span>{run.dataset}</span><span>{formatDate(run.ended, i18n.language)}</span></div>
          <RunInput run={run} />
        </li>
      ))}
    </ul>
  )
}

/** One tool: what it is for, how it works step by step, by which hash it is known, what it writes, and the caller's own runs. */
export const ToolPage = ({ id }: { id: string }) => {
  const { t, i18n } = useTranslation('library')
  const { data: tools, error, refetch } = useQuery(toolsQuery(useApi()))
  const words = useChoiceWords()
  const [copied, setCopied] = useState(false)
  if (error) return <LoadFailure error={error} retry={() => void refetch()} />
  if (!tools) return <Stack p="xl"><Skeleton height={32} width={320} /><Skeleton height={240} /></Stack>
  const tool = tools.find((one) => one.id === id)
  if (!tool) return <State page title={t('tools.missing')}><Link to="/tools">{t('tools.back')}</Link></State>
  const identity = JSON.stringify({ id: tool.id, version: tool.version, files: tool.files }, null, 1)
  const copy = () => void navigator.clipboard.writeText(identity).then(() => setCopied(true))
  return (
    <div style={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 304px', gap: 24, padding: 24, maxWidth: 1280, alignItems: 'start' }}>
      <Stack gap="lg">
        <div>
          <Text size="sm"><Link to="/tools">{t('tools.back')}</Link></Text>
          <Group gap="xs" mt="xs">{[...tool.bodyParts, ...tool.modalities, t(`tools.kind.${tool.kind}`)].map((one) => <Badge key={one}>{one}</Badge>)}</Group>
          <h1 style={{ margin: '8px 0 4px' }}>{`${tool.name} ${tool.version}`}</h1>
          <Text size="sm" c="var(--ciw-text-2)">{tool.summary}</Text>
          <Cautions tool={tool} />
        </div>
        <Card title={t('tools.for')}><Text size="sm">{tool.intendedUse}</Text>{tool.notes ? <Text size="sm" mt="sm">{tool.notes}</Text> : null}</Card>
        <Card title={t('tools.how')}>
          <Facts rows={[[t('tools.trained'), tool.trainedOn], [t('tools.input'), faultOf(tool) ? tool.modalities.join(', ') : words.wanted(needOf(tool))]]} />
          <Text component="h3" size="sm" fw={600} mt="md" mb={4}>{t('tools.steps')}</Text>
          <ol style={{ margin: 0, paddingLeft: 20, fontSize: 13, lineHeight: '22px' }}>{tool.pipeline.map((step, index) => <li key={index}>{stepText(step)}</li>)}</ol>
        </Card>
        <Card title={t('tools.labels')}>
          <Facts rows={tool.outputs.map(({ label, type }) => [label, `${type.meaning} (${type.value}, ${type.scheme})`] as const)} />
        </Card>
      </Stack>
      <Stack gap="lg">
        <Card title={t('tools.run')}><Text size="sm" mb="sm">{t('tools.runText')}</Text><Button component={Link} to="/studies" fullWidth>{t('tools.openStudies')}</Button></Card>
        <Card title={t('tools.identity')}>
          <Facts rows={[[t('tools.maker'), tool.provider], [t('tools.licence'), tool.licence], ...tool.files.flatMap(({ role, sha256, bytes }) => [[`${t('tools.weights')} (${role})`, short(sha256)], [t('tools.size'), t('tools.kilobytes', { value: formatNumber(Math.ceil(bytes / 1024), i18n.language) })]] as const)]} />
          <Button variant="default" size="xs" fullWidth mt="sm" onClick={copy}>{copied ? t('tools.copied') : t('tools.copy')}</Button>
        </Card>
        <Card title={t('tools.writes')}><ul style={{ margin: 0, paddingLeft: 18, fontSize: 13, lineHeight: '22px' }}><li>{t(tool.kind === 'classification' ? 'tools.writesScore' : 'tools.writesSeg')}</li><li>{t('tools.writesRun')}</li></ul></Card>
        <Card title={t('tools.mine')}><MyRuns tool={tool.id} /></Card>
      </Stack>
    </div>
  )
}
