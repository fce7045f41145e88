import { Anchor, Checkbox, Group, Skeleton, Stack, Table, Text } from '@mantine/core'
import { IconDeviceLaptop } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi } from '../../../api/index.ts'
import type { ToolManifest } from '../../../contract/index.ts'
import { useTranslation } from '../../../i18n/index.ts'
import { LoadFailure } from '../../../ui/LoadFailure.tsx'
import { State } from '../../../ui/State.tsx'
import { filtered, short, toolFields, toolsQuery, type ToolField, type ToolFilter } from '../queries.ts'
import { Cautions } from './Cautions.tsx'

const fields = Object.keys(toolFields) as ToolField[]

const Filters = ({ tools, filter, onChange }: { tools: readonly ToolManifest[]; filter: ToolFilter; onChange: (filter: ToolFilter) => void }) => {
  const { t } = useTranslation('library')
  const toggle = (field: ToolField, value: string): ToolFilter => {
    const now = filter[field] ?? []
    return { ...filter, [field]: now.includes(value) ? now.filter((one) => one !== value) : [...now, value] }
  }
  return (
    <Stack gap="lg" component="section" aria-label={t('tools.filters')} style={{ borderRight: '1px solid var(--ciw-border)', padding: '20px 16px 24px 24px' }}>
      <Group justify="space-between"><Text component="h2" fw={600} size="lg" m={0}>{t('tools.filters')}</Text><Anchor component="button" type="button" size="xs" onClick={() => onChange({})}>{t('tools.clear')}</Anchor></Group>
      {fields.map((field) => {
        const values = [...new Set(tools.flatMap((tool) => toolFields[field](tool) as readonly string[]))].sort()
        const others = filtered(tools, filter, field)
        return values.length === 0 ? null : (
          <Stack key={field} gap={4} role="group" aria-label={t(`tools.${field}`)}>
            <Text component="h3" fw={600} size="sm" m={0}>{t(`tools.${field}`)}</Text>
            {values.map((value) => (
              <Group key={value} justify="space-between" wrap="nowrap">
                <Checkbox size="xs" label={field === 'task' ? t(`tools.kind.${value as ToolManifest['kind']}`) : value} checked={filter[field]?.includes(value) ?? false} onChange={() => onChange(toggle(field, value))} />
                <Text size="xs" c="dimmed">{others.filter((tool) => (toolFields[field](tool) as readonly string[]).includes(value)).length}</Text>
              </Group>
            ))}
          </Stack>
        )
      })}
    </Stack>
  )
}

/** The registry: each tool with what it does, what it takes, where it runs and by which hash it is known. */
export const ToolsPage = () => {
  const { t } = useTranslation('library')
  const { data: tools, error, refetch } = useQuery(toolsQuery(useApi()))
  const [filter, setFilter] = useState<ToolFilter>({})
  if (error) return <LoadFailure error={error} retry={() => void refetch()} />
  const found = tools && filtered(tools, filter)
  return (
    <div style={{ display: 'grid', gridTemplateColumns: '232px minmax(0, 1fr)', minHeight: '100%' }}>
      <Filters tools={tools ?? []} filter={filter} onChange={setFilter} />
      <Stack p="xl" gap="lg">
        <div><h1 style={{ margin: 0 }}>{found ? t('tools.count', { count: found.length }) : t('tools.title')}</h1><Text size="sm" c="var(--ciw-text-2)">{t('tools.text')}</Text></div>
        {tools?.length === 0 ? <State title={t('tools.none')} text={t('tools.noneText')} /> : found?.length === 0 ? <State title={t('tools.noMatch')} text={t('tools.noMatchText')} /> : (
          <div className="ciw-card" style={{ overflow: 'auto' }}>
            {!found ? <Skeleton height={120} m="md" w="auto" /> : (
              <Table verticalSpacing="sm" horizontalSpacing="lg">
                <Table.Thead><Table.Tr>{(['tool', 'task', 'input', 'runs', 'licence'] as const).map((key) => <Table.Th key={key} scope="col" fw={500}>{t(`tools.${key}`)}</Table.Th>)}</Table.Tr></Table.Thead>
                <Table.Tbody>
                  {found.map((tool) => (
                    <Table.Tr key={tool.id}>
                      <Table.Td>
                        <Link to="/tools/$tool" params={{ tool: tool.id }} style={{ fontWeight: 600, textDecoration: 'none' }}>{`${tool.name} ${tool.version}`}</Link>
                        <Text size="xs" ff="monospace" c="var(--ciw-text-3)">{tool.files.map(({ sha256 }) => short(sha256)).join(' ')}</Text>
                        <Cautions tool={tool} />
                      </Table.Td>
                      <Table.Td>{t(`tools.kind.${tool.kind}`)}<Text size="xs" c="var(--ciw-text-3)">{tool.outputs.filter(({ value }) => value > 0).map(({ label }) => label).join(', ')}</Text></Table.Td>
                      <Table.Td>{tool.modalities.join(', ')}</Table.Td>
                      <Table.Td><Group gap={6} wrap="nowrap"><IconDeviceLaptop size={16} stroke={1.75} aria-hidden />{t('tools.browser')}</Group></Table.Td>
                      <Table.Td>{tool.licence}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            )}
          </div>
        )}
      </Stack>
    </div>
  )
}
