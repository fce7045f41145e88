import { Text } from '@mantine/core'
import type { ToolManifest } from '../../../contract/index.ts'
import { useTranslation } from '../../../i18n/index.ts'
import { cautionsOf } from '../run/cautions.ts'

/** What must be known of a tool, in words, wherever it is named. */
export const Cautions = ({ tool }: { tool: Pick<ToolManifest, 'trainedOn' | 'demonstration'> }) => {
  const { t } = useTranslation('tools')
  const cautions = cautionsOf(tool)
  return cautions.length === 0 ? null : <Text size="xs" fw={600} role="note" data-caution={cautions.join(' ')}>{cautions.map((one) => t(`caution.${one}`)).join('. ')}</Text>
}
