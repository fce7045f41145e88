import { useTranslation } from '../../../i18n/index.ts'
import type { MarkState } from '../../../workspace/index.ts'

const order: readonly MarkState[] = ['drawing', 'failed', 'device', 'hub', 'verified']
const steps = ['device', 'hub', 'hospital'] as const
const reached: Record<MarkState, number> = { drawing: 0, failed: 0, device: 1, hub: 2, verified: 3 }

/** The least far of all marks decides: solid is done, a dashed ring is not yet. */
export const SaveChip = ({ states }: { states: readonly MarkState[] }) => {
  const { t } = useTranslation('annotation')
  const least = [...states].sort((a, b) => order.indexOf(a) - order.indexOf(b))[0]
  if (!least) return null
  return (
    <span role="status" aria-label={t('chip.label')} data-state={least} style={{ display: 'inline-flex', alignItems: 'center', gap: 6, fontSize: 12, whiteSpace: 'nowrap' }}>
      {steps.map((step, index) => {
        const done = index < reached[least]
        return <span key={step} title={t(`chip.${step}`)} style={{ width: 10, height: 10, borderRadius: 5, border: done ? '1px solid #6cc08b' : '1px dashed #9aa4ae', background: done ? '#6cc08b' : 'none' }} />
      })}
      {t(`state.${least}`)}
    </span>
  )
}
