import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconBan, IconCircleCheck } from '@tabler/icons-react'
import type { ToolManifest } from '../../../contract/index.ts'
import type { EngineSeries } from '../../../engine/port.ts'
import { useTranslation } from '../../../i18n/index.ts'
import { keyOf, needOf, type Choosing } from '../run/chooseSeries.ts'
import { scopeOf } from '../run/scope.ts'
import type { StudySeries } from '../run/useToolSeries.ts'
import { useChoiceWords } from './useChoiceWords.ts'

const line = { display: 'flex', alignItems: 'center', gap: 8, minHeight: 28, borderBottom: '1px solid var(--ciw-border)', fontSize: 13 } as const
const dim = { color: 'var(--ciw-text-3)' } as const
const cut = { marginLeft: 'auto', minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' } as const

/** Why there is no input: nothing fits, or nobody said which of those that may. */
const NoInput = ({ tool, choosing }: { tool: ToolManifest; choosing: Choosing }) => {
  const { t } = useTranslation('tools')
  const words = useChoiceWords()
  const none = choosing.candidates.length === 0
  const Icon = none ? IconBan : IconAlertTriangle
  return (
    <div role="note" style={{ display: 'flex', gap: 8, fontSize: 13, lineHeight: '20px' }}>
      <Icon size={16} stroke={1.75} aria-hidden style={{ flex: 'none', marginTop: 2, color: none ? 'var(--ciw-bad)' : 'var(--ciw-warn)' }} />
      <span>{none ? `${t('choice.none')}. ${t('choice.wants', { wants: words.wanted(needOf(tool)) })}` : tool.selection ? t('choice.uncertain') : t('choice.openUnfit')}</span>
    </div>
  )
}

/** The series a tool will run on: by what it was chosen, the next best, how to take another, and what does not fit and why. */
export const InputChoice = ({ tool, choosing, study, open, slice, disabled, onPick, onOpen }: {
  tool: ToolManifest; choosing: Choosing; study: StudySeries; open: EngineSeries; slice: number; disabled: boolean; onPick: (key: string) => void; onOpen: (series: EngineSeries) => void
}) => {
  const { t } = useTranslation('tools')
  const words = useChoiceWords()
  const { candidates, chosen, choice, runnerUp } = choosing
  const refused = [...choosing.refused.map(({ label, grounds }) => ({ label, why: words.refused(grounds) })), ...study.others.map(({ label, modality }) => ({ label, why: modality }))]
  const elsewhere = chosen && keyOf(chosen.of.series) !== keyOf(open)
  const Icon = chosen?.certain ? IconCircleCheck : IconAlertTriangle
  const many = candidates.length > 1 || (!chosen && candidates.length > 0)
  return (
    <Stack gap={4} role="group" aria-label={t('choice.series')} data-input={chosen?.key ?? ''}>
      <Text component="h3" size="sm" fw={600} m={0}>{tool.selection ? t('choice.title') : t('choice.openTitle')}</Text>
      {study.waiting > 0 ? <Text size="xs" c="dimmed" role="status">{t('choice.waiting', { count: study.waiting })}</Text> : null}
      {chosen ? null : <NoInput tool={tool} choosing={choosing} />}
      {candidates.length > 0 ? (
        <div style={many ? { ...line, border: 0 } : line}>
          {chosen ? <Icon size={16} stroke={1.75} aria-hidden style={{ flex: 'none', color: chosen.certain ? 'var(--ciw-ok)' : 'var(--ciw-warn)' }} /> : null}
          <span style={dim}>{t('choice.series')}</span>
          {many ? (
            <NativeSelect size="xs" aria-label={t('choice.series')} value={chosen?.key ?? ''} disabled={disabled} onChange={({ currentTarget: { value } }) => onPick(value)} style={{ flex: 1, minWidth: 0 }} data={[...(chosen ? [] : [{ value: '', label: t('choice.pick') }]), ...candidates.map(({ key, of }) => ({ value: key, label: of.label }))]} />
          ) : <span title={chosen?.of.label} style={cut}>{chosen?.of.label}</span>}
        </div>
      ) : null}
      {chosen && choice ? (
        <>
          <Text size="xs" c="dimmed" data-why={choice.reason}>{choice.by === 'rule' ? t('choice.byRule', { reason: t(`choice.reason.${choice.reason}`) }) : choice.reason === 'opened' ? t('choice.opened') : t('choice.byPerson')}</Text>
          <Text size="xs" c={chosen.certain ? 'dimmed' : 'var(--ciw-warn)'}>{[words.found(chosen.grounds), ...(scopeOf(tool) === 'slice' ? [t('slice', { slice: slice + 1 })] : tool.selection?.minSlices === undefined ? [t('allSlices', { count: chosen.of.series.frames.length })] : [])].filter(Boolean).join(', ')}</Text>
          {tool.selection ? <div style={line} data-runner-up={runnerUp?.key ?? ''}><span style={dim}>{t('choice.runnerUp')}</span><span title={runnerUp?.of.label} style={cut}>{runnerUp?.of.label ?? t('choice.noRunnerUp')}</span></div> : null}
          {elsewhere ? <Group gap={8} justify="space-between" wrap="nowrap" role="note"><Text size="xs" c="var(--ciw-warn)">{t('choice.notOpen')}</Text><Button size="compact-xs" variant="default" style={{ flex: 'none' }} onClick={() => onOpen(chosen.of.series)}>{t('choice.open')}</Button></Group> : null}
        </>
      ) : null}
      {study.notCome.length > 0 ? <Group gap={8} justify="space-between" wrap="nowrap" role="alert"><Text size="xs" c="var(--ciw-warn)">{t('choice.notCome', { labels: study.notCome.join(', ') })}</Text><Button size="compact-xs" variant="default" style={{ flex: 'none' }} onClick={study.retry}>{t('choice.retry')}</Button></Group> : null}
      {refused.length > 0 ? (
        <details style={{ fontSize: 12, lineHeight: '20px' }} open={candidates.length === 0}>
          <summary style={{ ...dim, cursor: 'pointer' }}>{t('choice.refused', { count: refused.length })}</summary>
          <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>{refused.map(({ label, why }, index) => <li key={index} style={{ display: 'flex', gap: 8 }}><span style={{ minWidth: '45%', overflowWrap: 'anywhere' }}>{label}</span><span style={{ ...dim, marginLeft: 'auto', textAlign: 'right' }}>{why}</span></li>)}</ul>
        </details>
      ) : null}
    </Stack>
  )
}
