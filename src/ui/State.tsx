import type { ReactNode } from 'react'

/** A designed state of a screen (`page`) or a part of one: what it is, why, and the one next step. */
export const State = ({ title, text, icon, children, role, page = false }: { title: string; text?: string; icon?: ReactNode; children?: ReactNode; role?: 'alert' | 'status'; page?: boolean }) => (
  <div className="ciw-state" {...(role ? { role } : {})}>
    {icon}
    {page ? <h1>{title}</h1> : <h2>{title}</h2>}
    {text ? <p>{text}</p> : null}
    {children}
  </div>
)
