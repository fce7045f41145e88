import { Anchor, Checkbox, Group, Stack, Text } from '@mantine/core'
import type { DatasetPage } from '../../../contract/index.ts'
import { useTranslation } from '../../../i18n/index.ts'
import { chosen, facetFields, toggled, type CatalogueSearch, type FacetField } from '../queries.ts'

/** Filters with what each value would leave; a value without any stays, grey. */
export const Facets = ({ page, search, nodeNames, onChange }: { page: DatasetPage; search: CatalogueSearch; nodeNames: ReadonlyMap<string, string>; onChange: (search: CatalogueSearch) => void }) => {
  const { t } = useTranslation('library')
  const name = (field: FacetField, value: string): string =>
    field === 'access' ? t(`model.${value}` as 'model.DOWNLOAD') : field === 'node' ? nodeNames.get(value) ?? value : value
  return (
    <Stack gap="lg" component="section" aria-label={t('catalogue.filters')}>
      <Group justify="space-between">
        <Text component="h2" fw={600} size="lg" m={0}>{t('catalogue.filters')}</Text>
        <Anchor component="button" type="button" size="xs" onClick={() => onChange(search.text ? { text: search.text } : {})}>{t('catalogue.clear')}</Anchor>
      </Group>
      {facetFields.map((field) => {
        const facet = page.facets.find((one) => one.field === field)
        if (!facet || facet.values.length === 0) return null
        return (
          <Stack key={field} gap={4} role="group" aria-label={t(`catalogue.${field}`)}>
            <Text component="h3" fw={600} size="sm" m={0}>{t(`catalogue.${field}`)}</Text>
            {facet.values.map(({ value, datasets }) => (
              <Group key={value} justify="space-between" wrap="nowrap">
                <Checkbox size="xs" label={name(field, value)} checked={chosen(search, field).includes(value)} onChange={() => onChange(toggled(search, field, value))} />
                <Text size="xs" c="dimmed">{datasets}</Text>
              </Group>
            ))}
          </Stack>
        )
      })}
    </Stack>
  )
}
