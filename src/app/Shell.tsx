import { IconDatabase, IconFileCheck, IconFolder, IconPhoto, IconCpu } from '@tabler/icons-react'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useState } from 'react'
import { AccountMenu, Hospitals } from '../features/session/index.ts'
import { UnsyncedLink } from '../features/unsynced/index.ts'
import { useTranslation } from '../i18n/index.ts'
import { useDrafts } from './Drafts.tsx'
import { SignOut } from './SignOut.tsx'

const places = [
  { to: '/catalogue', key: 'nav.catalogue', Icon: IconDatabase }, { to: '/my-data', key: 'nav.myData', Icon: IconFolder }, { to: '/studies', key: 'nav.studies', Icon: IconPhoto },
  { to: '/tools', key: 'nav.tools', Icon: IconCpu }, { to: '/requests', key: 'nav.requests', Icon: IconFileCheck },
] as const

/** Rail, top bar and the screen. */
export const Shell = () => {
  const { t } = useTranslation()
  const { pathname, searchStr } = useRouterState({ select: ({ location }) => location })
  const place = places.find(({ to }) => pathname.startsWith(to))
  const { count } = useDrafts()
  const [leaving, setLeaving] = useState(false)
  return (
    <div className="ciw-shell">
      <a className="ciw-skip" href="#content">{t('app.skip')}</a>
      <nav className="ciw-rail" aria-label={t('nav.label')}>
        <Link to="/catalogue" className="ciw-brand"><img src="/icon.svg" alt="" width={20} height={20} /><span>{t('app.name')}</span></Link>
        {places.map(({ to, key, Icon }) => <Link key={to} to={to} className="ciw-rail-link" aria-label={t(key)}><Icon size={18} stroke={1.75} aria-hidden /><span>{t(key)}</span></Link>)}
        <footer><div>{t('app.researchOnly')}</div><div>{t('app.notDevice')}</div></footer>
      </nav>
      <header className="ciw-top">
        <span style={{ fontWeight: 600, flex: 1 }}>{place ? t(place.key) : ''}</span>
        <UnsyncedLink count={count} />
        <Hospitals />
        <AccountMenu path={pathname + searchStr} onSignOut={() => setLeaving(true)} />
        {leaving ? <SignOut onStay={() => setLeaving(false)} /> : null}
      </header>
      <main className="ciw-main" id="content" tabIndex={-1}><Outlet /></main>
    </div>
  )
}
