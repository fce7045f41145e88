import { useEffect, useRef } from 'react'
import type { CanvasPoint } from '../../../domain/geometry/points.ts'
import { useTranslation } from '../../../i18n/index.ts'

/** Asks in the picture for the words beside a mark: Enter or leaving the field keeps them, Esc abandons the mark. */
export const LabelField = ({ at: [left, top], onDone }: { at: CanvasPoint; onDone: (label: string | undefined) => void }) => {
  const { t } = useTranslation('viewer')
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  return (
    <input
      ref={field} aria-label={t('label')} placeholder={t('label')} maxLength={64} size={16} autoComplete="off" onPointerDown={(event) => event.stopPropagation()} onBlur={({ currentTarget }) => onDone(currentTarget.value.trim())}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Enter') onDone(event.currentTarget.value.trim())
        else if (event.key === 'Escape') onDone(undefined)
      }}
      style={{ position: 'absolute', left, top, transform: 'translateY(-50%)', pointerEvents: 'auto', background: '#0a0d0f', color: '#ffffff', border: '1px solid #52a5b5', borderRadius: 3, font: 'inherit', fontSize: 13, lineHeight: '20px', padding: '0 4px' }}
    />
  )
}
