import { Button, Group, Modal, Progress, Stack, Text } from '@mantine/core'
import { IconLogout } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from '../../../i18n/index.ts'
import { Status } from '../../../ui/Status.tsx'
import type { Drafts } from '../../../workspace/index.ts'
import { tally, type DraftsState } from '../../../workspace/waits.ts'

type Waiting = { readonly done: number; readonly all: number } | { readonly failed: string } | undefined

/** Signing out while work is on its way: send it first, leave it on this device, or stay. */
export const SignOutDialog = ({ state: { drafts, notRead }, syncAndWait, onSignOut, onStay }: { state: DraftsState; syncAndWait: Drafts['syncAndWait']; onSignOut: () => void; onStay: () => void }) => {
  const { t } = useTranslation('unsynced')
  const [waiting, setWaiting] = useState<Waiting>()
  const stop = useRef<AbortController>(undefined)
  useEffect(() => () => stop.current?.abort(), [])
  const { marks, sendable, stuck } = tally(drafts ?? [])
  const busy = waiting !== undefined && 'all' in waiting
  const wait = async (): Promise<void> => {
    const control = new AbortController()
    stop.current = control
    setWaiting({ done: 0, all: sendable })
    try {
      const sent = await syncAndWait(control.signal, (left, all) => setWaiting({ done: all - left, all }))
      if (sent.kind === 'arrived') onSignOut()
      else setWaiting({ failed: sent.detail })
    } catch (error) {
      setWaiting(control.signal.aborted ? undefined : { failed: error instanceof Error ? error.message : '' })
    }
  }
  return (
    <Modal.Root opened onClose={onStay} centered closeOnClickOutside={!busy} size={600}>
      <Modal.Overlay />
      {/* Without the header of a plain dialog: to a screen reader that is a second banner of the page. */}
      <Modal.Content style={{ background: 'var(--ciw-surface)' }}><Modal.Body p="xl">
      <Stack gap="md">
        <Modal.Title fw={600} fz={16}>{t('signOut.title')}</Modal.Title>
        {drafts === undefined ? <Text size="sm" role="status">{notRead === undefined ? t('signOut.asking') : `${t('signOut.notKnown')} ${notRead}`}</Text> : (
          <Stack gap={4} fz="sm">
            {sendable > 0 ? <Status kind="waiting">{t('signOut.finished', { count: sendable })}</Status> : null}
            {stuck > 0 ? <Status kind="error">{t('signOut.stuck', { count: stuck })}</Status> : null}
            {marks > 0 ? <Status kind="warning">{t('signOut.drafts', { count: marks })}</Status> : null}
          </Stack>
        )}
        <Text size="sm" c="var(--ciw-text-2)">{t('signOut.stays')}</Text>
        {busy ? (
          <div role="status">
            <Progress value={waiting.all === 0 ? 0 : (100 * waiting.done) / waiting.all} aria-label={t('signOut.wait')} />
            <Text size="sm" mt={4}>{t('signOut.progress', waiting)}</Text>
          </div>
        ) : null}
        {waiting && 'failed' in waiting ? <Text size="sm" role="alert" c="var(--ciw-bad)">{t('signOut.failed', { detail: waiting.failed })}</Text> : null}
        <Group justify="flex-end" gap="sm" mt="sm">
          {busy ? <Button variant="default" onClick={() => stop.current?.abort()}>{t('signOut.stop')}</Button> : (
            <>
              <Button variant={sendable > 0 ? 'subtle' : 'filled'} onClick={onStay}>{t('signOut.stay')}</Button>
              <Button variant="default" leftSection={<IconLogout size={16} stroke={1.75} aria-hidden />} onClick={onSignOut}>{t('signOut.anyway')}</Button>
              {sendable > 0 ? <Button onClick={() => void wait()}>{t('signOut.wait')}</Button> : null}
            </>
          )}
        </Group>
      </Stack>
      </Modal.Body></Modal.Content>
    </Modal.Root>
  )
}
