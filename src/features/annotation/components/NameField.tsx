import { TextInput } from '@mantine/core'
import { useEffect, useRef } from 'react'

/** Words beside a mark or a segment: Enter or leaving keeps them, Esc does not. */
export const NameField = ({ label, value, onDone }: { label: string; value: string; onDone: (label: string | undefined) => void }) => {
  const field = useRef<HTMLInputElement>(null)
  const left = useRef(false)
  useEffect(() => field.current?.focus(), [])
  const leave = (text: string | undefined) => {
    if (!left.current) onDone(text)
    left.current = true
  }
  return (
    <TextInput ref={field} size="xs" flex={1} aria-label={label} defaultValue={value} maxLength={64} onBlur={({ currentTarget }) => leave(currentTarget.value.trim())}
      onKeyDown={(event) => { if (event.key === 'Enter') leave(event.currentTarget.value.trim()); else if (event.key === 'Escape') leave(undefined) }} />
  )
}
