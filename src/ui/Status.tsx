import { IconAlertOctagon, IconAlertTriangle, IconBan, IconCircleCheck, IconHistory, IconHourglass, IconLoader, IconMinus } from '@tabler/icons-react'

const looks = {
  ok: { tone: 'ok', Icon: IconCircleCheck }, waiting: { tone: 'warn', Icon: IconHourglass }, refused: { tone: 'bad', Icon: IconBan }, old: { tone: 'idle', Icon: IconHistory },
  warning: { tone: 'warn', Icon: IconAlertTriangle }, error: { tone: 'bad', Icon: IconAlertOctagon }, busy: { tone: 'warn', Icon: IconLoader }, none: { tone: 'idle', Icon: IconMinus },
} as const

/** A state as icon and word, never by colour alone. */
export const Status = ({ kind, children }: { kind: keyof typeof looks; children: string }) => {
  const { tone, Icon } = looks[kind]
  return <span className="ciw-status" data-tone={tone}><Icon size={16} stroke={1.75} aria-hidden />{children}</span>
}
