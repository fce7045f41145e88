import { Text } from '@mantine/core'
import type { ForeignReport } from '../../../dicom/sr/foreign.ts'
import { recompute, type ReportedNumber } from '../../../domain/measurement/reported.ts'
import type { EngineSeries } from '../../../engine/port.ts'
import { useTranslation } from '../../../i18n/index.ts'

/** Words that are there to be read by whoever wants them. */
export const Lines = ({ title, lines }: { title: string; lines: readonly string[] }) => (lines.length === 0 ? null : (
  <details style={{ fontSize: 12 }}><summary>{title}</summary><ul style={{ margin: 0, paddingLeft: 16 }}>{lines.map((line, index) => <li key={index} style={{ overflowWrap: 'anywhere' }}>{line}</li>)}</ul></details>
))

/** A number as reported; ours beside it where it differs. */
const Reported = ({ number, series }: { number: ReportedNumber; series: EngineSeries }) => {
  const { t } = useTranslation('annotation')
  const { image } = number.shape ?? {}
  const plane = image && series.frames.find(({ ref }) => ref.sopInstanceUid === image.sopInstanceUid && ref.frameNumber === image.frameNumber)?.plane
  const ours = recompute(number, plane)
  return (
    <li data-number={number.name} style={{ display: 'flex', flexWrap: 'wrap', justifyContent: 'space-between', columnGap: 8 }}>
      <span>{number.name}</span><span title={t('others.asReported')}>{`${number.text} ${number.unit}`.trim()}</span>
      {ours?.differs ? <strong data-recomputed style={{ flexBasis: '100%', color: '#f1c76b' }}>{t('others.recomputed', { value: `${ours.number.toPrecision(4)} ${ours.unit}` })}</strong> : null}
    </li>
  )
}

/** A report of somebody else: its numbers with their units, and all else it says. */
export const OtherReport = ({ report, series, here }: { report: ForeignReport; series: EngineSeries; here: (sopInstanceUid: string, seriesInstanceUid: string) => boolean }) => {
  const { t } = useTranslation('annotation')
  const away = report.images.filter(({ sopInstanceUid, seriesInstanceUid }) => !here(sopInstanceUid, seriesInstanceUid)).length
  return (
    <>
      {away === 0 ? null : <Text size="xs" role="note" data-away={away}>{away === report.images.length ? t('others.elsewhere') : t('others.someElsewhere', { count: away })}</Text>}
      {report.groups.map((group, index) => (
        <section key={index} data-group={group.title}>
          <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>{group.title || t('others.unnamed')}</Text>
          <ul style={{ listStyle: 'none', margin: 0, padding: 0, fontSize: 13 }}>{group.numbers.map((number, at) => <Reported key={at} number={number} series={series} />)}</ul>
          <ul style={{ margin: 0, paddingLeft: 16, fontSize: 12 }}>{group.said.map((line, at) => <li key={at} style={{ overflowWrap: 'anywhere' }}>{line}</li>)}</ul>
        </section>
      ))}
      <Lines title={t('others.also')} lines={report.said} />
      {report.faults && report.faults.length > 0 ? <Lines title={t('others.faults', { count: report.faults.length })} lines={report.faults} /> : null}
    </>
  )
}
