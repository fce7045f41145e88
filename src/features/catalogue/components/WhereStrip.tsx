import { Text } from '@mantine/core'
import type { DatasetPage } from '../../../contract/index.ts'
import { useTranslation } from '../../../i18n/index.ts'
import { toggled, type CatalogueSearch, type FacetField } from '../queries.ts'

type Bar = { value: string; label: string; amount: number }

const Bars = ({ title, bars, onPick }: { title: string; bars: readonly Bar[]; onPick: (value: string) => void }) => {
  const most = Math.max(1, ...bars.map(({ amount }) => amount))
  return (
    <section style={{ padding: 16, minWidth: 0 }} aria-label={title}>
      <Text size="xs" c="var(--ciw-text-2)" mb={8}>{title}</Text>
      {bars.map(({ value, label, amount }) => (
        <button key={value} type="button" onClick={() => onPick(value)} aria-label={`${label}: ${amount}`} style={{ display: 'grid', gridTemplateColumns: '112px 1fr 40px', alignItems: 'center', gap: 8, width: '100%', border: 0, background: 'none', color: 'inherit', font: 'inherit', fontSize: 12, lineHeight: '20px', padding: 0, cursor: 'pointer', textAlign: 'left' }}>
          <span style={{ textAlign: 'right', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{label}</span>
          <span style={{ height: 8, width: `${Math.max(amount > 0 ? 2 : 0, (amount / most) * 100)}%`, background: 'var(--ciw-bar)', borderRadius: 2 }} />
          <span>{amount}</span>
        </button>
      ))}
    </section>
  )
}

/** Where the data is: counts by facet as bars; a click filters. */
export const WhereStrip = ({ page, search, nodeNames, onChange }: { page: DatasetPage; search: CatalogueSearch; nodeNames: ReadonlyMap<string, string>; onChange: (search: CatalogueSearch) => void }) => {
  const { t } = useTranslation('library')
  const bars = (field: FacetField, amount: 'datasets' | 'subjects'): Bar[] =>
    (page.facets.find((facet) => facet.field === field)?.values ?? []).slice(0, 6).map((one) => ({ value: one.value, label: field === 'node' ? nodeNames.get(one.value) ?? one.value : one.value, amount: one[amount] }))
  const pick = (field: FacetField) => (value: string) => onChange(toggled(search, field, value))
  return (
    <section className="ciw-card" aria-label={t('catalogue.where')}>
      <Text component="h2" fw={600} size="md" m={0} px={16} py={8} style={{ borderBottom: '1px solid var(--ciw-border)' }}>{t('catalogue.where')}</Text>
      <div style={{ display: 'grid', gridTemplateColumns: 'repeat(3, minmax(0, 1fr))' }}>
        <Bars title={t('catalogue.byHospital')} bars={bars('node', 'datasets')} onPick={pick('node')} />
        <Bars title={t('catalogue.byCancer')} bars={bars('cancerType', 'datasets')} onPick={pick('cancerType')} />
        <Bars title={t('catalogue.byModality')} bars={bars('modality', 'subjects')} onPick={pick('modality')} />
      </div>
      <Text size="xs" c="dimmed" px={16} pb={8}>{t('catalogue.twice')}</Text>
    </section>
  )
}
