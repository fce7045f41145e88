import { ActionIcon, Button, Group, Stack, Text } from '@mantine/core'
import { IconEye, IconEyeOff } from '@tabler/icons-react'
import { useState } from 'react'
import type { DecodedStructureSet } from '../../../dicom/rtstruct/decode.ts'
import type { EngineSeries } from '../../../engine/port.ts'
import { useTranslation } from '../../../i18n/index.ts'
import type { OtherObject } from '../../../workspace/index.ts'
import { Lines, OtherReport } from './OtherReport.tsx'

/** What of structures lies over the images now. */
export type ShownStructures = { readonly set: DecodedStructureSet; readonly hidden: ReadonlySet<number> }
type Window = { readonly width: number; readonly centre: number }
const detailOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
const personName = (name: string): string => name.split('^').filter(Boolean).toReversed().join(' ')

const authorOf = (one: OtherObject): string =>
  (one.kind === 'report' ? one.report.author : one.kind === 'presentation' ? personName(one.view.creator) : one.kind === 'keys' ? personName(one.keys.observer) || one.keys.device : '')
const titleOf = (one: OtherObject): string => one.description || (one.kind === 'report' ? one.report.description || one.report.title : one.kind === 'structures' ? one.set.description || one.set.structureSet.label : one.kind === 'presentation' ? one.view.description || one.view.state.label : one.kind === 'keys' ? one.keys.description : one.modality)

const Structures = ({ set, series, shown, onShow }: { set: DecodedStructureSet; series: EngineSeries; shown: ShownStructures | undefined; onShow: (shown: ShownStructures | undefined) => void }) => {
  const { t } = useTranslation('annotation')
  const { structures } = set.structureSet
  const away = structures.every(({ frameOfReferenceUid }) => series.frames.some((frame) => frame.frameOfReferenceUid !== frameOfReferenceUid))
  const now = shown?.set === set ? shown : undefined
  const toggle = (number: number): void => { if (now) onShow({ set, hidden: new Set(now.hidden.has(number) ? [...now.hidden].filter((one) => one !== number) : [...now.hidden, number]) }) }
  return (
    <>
      {away ? <Text size="xs" role="note">{t('others.otherFrame')}</Text> : <Button size="compact-xs" variant="default" onClick={() => onShow(now ? undefined : { set, hidden: new Set() })}>{now ? t('others.hideStructures') : t('others.showStructures')}</Button>}
      <ul style={{ listStyle: 'none', margin: 0, padding: 0, fontSize: 13 }}>
        {structures.map(({ number, name, colour, contours }) => (
          <li key={number} data-structure-row={name} style={{ display: 'flex', alignItems: 'center', gap: 8, minHeight: 26 }}>
            <span aria-hidden style={{ width: 12, height: 12, borderRadius: 2, background: colour ? `rgb(${colour.join()})` : '#dce1e6' }} />
            <span style={{ flex: 1, overflowWrap: 'anywhere' }}>{name || t('others.unnamed')}</span><span style={{ color: '#9aa4ae' }}>{t('others.contours', { count: contours.length })}</span>
            {now ? <ActionIcon variant="subtle" color="gray" size={24} aria-label={t(now.hidden.has(number) ? 'others.showOne' : 'others.hide', { name })} onClick={() => toggle(number)}>{now.hidden.has(number) ? <IconEyeOff size={14} aria-hidden /> : <IconEye size={14} aria-hidden />}</ActionIcon> : null}
          </li>
        ))}
      </ul>
      <Lines title={t('others.kept')} lines={set.notUnderstood} />
    </>
  )
}

/** What others, or other programs, saved of the study: listed when it is asked for, and opened one by one. */
export const OtherObjects = ({ load, series, here, shown, onStructures, onWindow, onImage }: {
  load: (known: readonly OtherObject[]) => Promise<readonly OtherObject[]>; series: EngineSeries
  /** Whether an image is in this study. */
  here: (sopInstanceUid: string, seriesInstanceUid: string) => boolean
  shown: ShownStructures | undefined; onStructures: (shown: ShownStructures | undefined) => void; onWindow: (window: Window) => void; onImage: (seriesInstanceUid: string, sopInstanceUid: string) => void
}) => {
  const { t } = useTranslation('annotation')
  const [list, setList] = useState<readonly OtherObject[]>()
  const [state, setState] = useState<{ readonly busy: boolean; readonly fault?: string }>({ busy: false })
  const look = (): void => {
    setState({ busy: true })
    load(list ?? []).then((found) => { setList(found); setState({ busy: false }) }, (error: unknown) => setState({ busy: false, fault: detailOf(error) }))
  }
  const content = (one: OtherObject) => {
    if (one.kind === 'unread') return <Text size="xs" role="note">{t('others.unread', { detail: one.detail })}</Text>
    if (one.kind === 'report') return <OtherReport report={one.report} series={series} here={here} />
    if (one.kind === 'structures') return <Structures set={one.set} series={series} shown={shown} onShow={onStructures} />
    if (one.kind === 'presentation') {
      const windows = one.view.state.voi.flatMap((voi) => voi.windows)
      return (
        <>
          {windows.length === 0 ? <Text size="xs">{t('others.noWindow')}</Text> : windows.map(({ width, centre, explanation }, index) => <Button key={index} size="compact-xs" variant="default" title={explanation} onClick={() => onWindow({ width, centre })}>{t('others.applyWindow', { width, centre })}</Button>)}
          {one.view.state.annotations.length > 0 ? <Text size="xs">{t('others.annotations', { count: one.view.state.annotations.reduce((sum, { graphics, texts }) => sum + graphics.length + texts.length, 0) })}</Text> : null}
          <Lines title={t('others.kept')} lines={one.view.notUnderstood} />
        </>
      )
    }
    const { selection, notUnderstood } = one.keys
    const why = [selection.title.meaning, ...selection.modifiers.map(({ meaning }) => meaning), selection.description].filter(Boolean).join(', ')
    return (
      <>
        <Text size="xs">{t('others.because', { text: why })}</Text>
        <Group gap={4}>{selection.objects.map(({ sopInstanceUid, seriesInstanceUid }, index) => (here(sopInstanceUid, seriesInstanceUid)
          ? <Button key={sopInstanceUid} size="compact-xs" variant="default" onClick={() => onImage(seriesInstanceUid, sopInstanceUid)}>{t('others.goTo', { number: index + 1 })}</Button>
          : <Text key={sopInstanceUid} size="xs" role="note">{t('others.notHere', { number: index + 1 })}</Text>))}</Group>
        <Lines title={t('others.kept')} lines={notUnderstood} />
      </>
    )
  }
  return (
    <Stack p="md" pt={0} gap="xs" role="region" aria-label={t('others.title')}>
      <Text component="h2" fw={600} size="md" m={0}>{t('others.title')}</Text>
      <Button size="compact-sm" variant="default" loading={state.busy} onClick={look}>{list ? t('others.again') : t('others.show')}</Button>
      {state.busy ? <Text size="xs" role="status">{t('others.looking')}</Text> : null}
      {state.fault === undefined ? null : <Text size="xs" role="alert">{t('others.failed', { detail: state.fault })}</Text>}
      {list?.length === 0 ? <Text size="xs">{t('others.none')}</Text> : null}
      {list?.map((one) => (
        <details key={one.sopInstanceUid} data-other={one.kind} style={{ borderTop: '1px solid #23292e', paddingTop: 6 }}>
          <summary style={{ fontSize: 13, cursor: 'pointer' }}>{[t(`others.kind.${one.kind}`), titleOf(one), authorOf(one) ? t('others.by', { author: authorOf(one) }) : ''].filter(Boolean).join(' · ')}</summary>
          <Stack gap={6} mt={6}>{content(one)}</Stack>
        </details>
      ))}
    </Stack>
  )
}
