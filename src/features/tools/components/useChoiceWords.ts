import type { Ground, SeriesNeed } from '../../../domain/tool/selection.ts'
import { formatNumber, useTranslation } from '../../../i18n/index.ts'

type Word = 'axial'
/** What a rule asks, what a series says of it, and why one is not taken, in words. */
export const useChoiceWords = () => {
  const { t, i18n } = useTranslation('tools')
  const number = (value: number): string => formatNumber(value, i18n.language)
  const valueOf = ({ trait, value }: Ground): string => (trait === 'spacing' || trait === 'slices' ? number(Number(value)) : trait === 'kernel' || trait === 'modality' ? value : value && t(`word.${value as Word}`))
  return {
    /** Of a series that is taken: what was looked at, then what its images do not say. */
    found: (grounds: readonly Ground[]): string => {
      const known = grounds.flatMap((ground) => {
        if (ground.verdict === 'unknown' || !ground.value || ground.trait === 'modality' || ground.trait === 'colour' || ground.trait === 'volume') return []
        const value = valueOf(ground)
        return [ground.trait === 'kernel' && ground.verdict === 'other' ? t('ground.otherKernel', { value }) : t(`ground.${ground.trait}`, { value })]
      })
      const open = grounds.filter(({ verdict }) => verdict === 'unknown').map(({ trait }) => t(`asks.${trait}`))
      return [...known, ...(open.length > 0 ? [t('ground.notStated', { what: open.join(', ') })] : [])].join(', ')
    },
    /** Of a series that is not taken: a localiser is a localiser, whatever else it is. */
    refused: (grounds: readonly Ground[]): string => {
      const no = grounds.filter(({ verdict }) => verdict === 'refused')
      const kind = no.filter(({ trait }) => trait === 'imageType')
      return [...new Set((kind.length > 0 ? kind : no).map((ground) => t(`refusal.${ground.trait}`, { value: valueOf(ground) })))].join(', ')
    },
    wanted: ({ modalities, volume, rule }: SeriesNeed): string => {
      const { min, max } = rule?.spacingMm ?? {}
      return [
        modalities.join(', '), ...(rule?.orientation && rule.orientation !== 'any' ? [t(`word.${rule.orientation}`)] : []), ...(volume ? [t('want.volume')] : []),
        ...(min !== undefined && max !== undefined ? [t('want.spacingBetween', { min: number(min), max: number(max) })] : max !== undefined ? [t('want.spacingUpTo', { max: number(max) })] : min !== undefined ? [t('want.spacingFrom', { min: number(min) })] : []),
        ...(rule?.minSlices === undefined ? [] : [t('want.slices', { count: rule.minSlices })]), ...(rule?.contrast ? [t(`word.${rule.contrast}`)] : []), ...(rule?.admits?.length ? [t('want.admits', { kinds: rule.admits.map((kind) => t(`word.${kind}`)).join(', ') })] : []),
      ].join(', ')
    },
  }
}
