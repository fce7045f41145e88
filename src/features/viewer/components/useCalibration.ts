import type { EngineFrame } from '../../../engine/port.ts'
import { useTranslation } from '../../../i18n/index.ts'

/** What must be known of lengths on a frame that has no plane in space; empty where they are plain mm. */
export const useCalibration = (frame: EngineFrame | undefined): string => {
  const { t } = useTranslation('viewer')
  if (!frame || frame.plane) return ''
  const [first] = frame.calibrations ?? []
  if (!first) return t('calibration.none')
  const { kind, detail } = first
  if (kind === 'pixelSpacing') return ''
  // The maker's words go on behind ours.
  if ((kind === 'fiducial' || kind === 'geometry') && detail) return t('calibration.described', { detail: detail.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase()) })
  return t(`calibration.${kind}`, { detail: detail ?? '' })
}
