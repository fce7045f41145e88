import { Avatar, Button, Menu, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { IconCheck, IconLogin2, IconLogout } from '@tabler/icons-react'
import { useTranslation } from '../../../i18n/index.ts'
import { signInAddress, useSession } from '../queries.ts'

const schemes: readonly MantineColorScheme[] = ['light', 'dark', 'auto']

/**
 * Who is signed in, the colours, and the way out; or the way in.
 * @param onSignOut asked for: what is on its way may have to be sent first
 */
export const AccountMenu = ({ path, onSignOut }: { path: string; onSignOut: () => void }) => {
  const { t } = useTranslation()
  const { data: session } = useSession()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  if (session === undefined) return null
  if (session === null) {
    return <Button component="a" href={signInAddress(path)} size="xs" leftSection={<IconLogin2 size={16} stroke={1.75} aria-hidden />}>{t('account.signIn')}</Button>
  }
  return (
    <Menu position="bottom-end" width={220} withinPortal>
      <Menu.Target>
        <UnstyledButton aria-label={t('account.menu')}><Avatar radius="xl" size={28} variant="default">{session.person.initials}</Avatar></UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{session.person.name}</Menu.Label>
        {session.approved ? null : <Menu.Label>{t('account.notApproved')}</Menu.Label>}
        <Menu.Divider />
        <Menu.Label>{t('account.theme')}</Menu.Label>
        {schemes.map((scheme) => (
          <Menu.Item key={scheme} onClick={() => setColorScheme(scheme)} rightSection={colorScheme === scheme ? <IconCheck size={14} aria-hidden /> : null}>{t(`account.${scheme}` as 'account.light')}</Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={onSignOut} leftSection={<IconLogout size={16} stroke={1.75} aria-hidden />}>{t('account.signOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
