import { IconCloudUp } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '../../../i18n/index.ts'

/**
 * How much of the person's work is not at its hospital, and the way to the list; nothing where nothing waits.
 * @param narrow the number alone, for a row that is full
 */
export const UnsyncedLink = ({ count, narrow = false }: { count: number; narrow?: boolean }) => {
  const { t } = useTranslation('unsynced')
  if (count === 0) return null
  return <Link to="/unsynced" className="ciw-unsynced" title={t('header', { count })} aria-label={t('header', { count })}><IconCloudUp size={16} stroke={1.75} aria-hidden />{narrow ? count : t('header', { count })}</Link>
}
