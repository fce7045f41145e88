import { Badge, Group, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../../../api/index.ts'
import { useTranslation } from '../../../i18n/index.ts'
import { LoadFailure } from '../../../ui/LoadFailure.tsx'
import { State } from '../../../ui/State.tsx'
import { toolsQuery } from '../queries.ts'

/** The registry: each tool with what it is made of and for. */
export const ToolsPage = () => {
  const { t } = useTranslation('library')
  const { data: tools, error, refetch } = useQuery(toolsQuery(useApi()))
  if (error) return <LoadFailure error={error} retry={() => void refetch()} />
  return (
    <Stack p="xl" gap="lg" maw={960}>
      <div><h1 style={{ margin: 0 }}>{t('tools.title')}</h1><Text size="sm" c="dimmed">{t('tools.text')}</Text></div>
      {tools?.length === 0 ? <State title={t('tools.none')} text={t('tools.noneText')} /> : null}
      {tools?.map((tool) => (
        <article key={tool.id} className="ciw-card" style={{ padding: 16 }}>
          <Group justify="space-between"><Text component="h2" fw={600} size="md" m={0}>{tool.name}</Text><Badge>{t('tools.version', { version: tool.version })}</Badge></Group>
          <Text size="sm">{tool.summary}</Text>
          <Text size="sm" c="dimmed">{`${t('tools.by', { provider: tool.provider })} · ${t('tools.licence')}: ${tool.licence} · ${t('tools.trained')}: ${tool.trainedOn}`}</Text>
        </article>
      )) ?? <Skeleton height={120} />}
    </Stack>
  )
}
