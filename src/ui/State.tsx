import type { ReactNode } from 'react'

/** A designed state of a screen: what it is, why, and the one next step. */
export const State = ({ title, text, icon, children, role }: { title: string; text?: string; icon?: ReactNode; children?: ReactNode; role?: 'alert' | 'status' }) => (
  <div className="ciw-state" {...(role ? { role } : {})}>
    {icon}
    <h2>{title}</h2>
    {text ? <p>{text}</p> : null}
    {children}
  </div>
)
