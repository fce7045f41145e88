import { Skeleton } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, type KeyboardEvent, type MouseEvent } from 'react'
import type { StudyRow, StudySearch } from '../../../contract/index.ts'
import { formatDate, formatNumber, useTranslation } from '../../../i18n/index.ts'
import { Status } from '../../../ui/Status.tsx'

type Sort = NonNullable<StudySearch['sort']>
const columns = 'minmax(88px, 140px) 104px 72px minmax(120px, 1fr) 56px 72px 104px'
const marks = { none: ['none', 'studies.marksNone'], saved: ['ok', 'studies.marksSaved'], pending: ['waiting', 'studies.marksPending'] } as const
const rowHeight = 32

/** The table of studies: only what is in view is drawn; arrows move, Enter opens. */
export const StudiesTable = ({ rows, total, cursor, sort, loading, onCursor, onOpen, onSort, onEnd }: {
  rows: readonly StudyRow[]; total: number; cursor: number; sort: Sort; loading: boolean; onCursor: (row: number) => void; onOpen: (row: StudyRow) => void; onSort: (sort: Sort) => void; onEnd: () => void
}) => {
  const { t, i18n } = useTranslation('library')
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 12 })
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0
  useEffect(() => { if (rows.length < total && last >= rows.length - 20) onEnd() }, [last, rows.length, total, onEnd])
  const move = (to: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, to))
    onCursor(next)
    virtual.scrollToIndex(next)
  }
  const keys: Record<string, () => void> = {
    ArrowDown: () => move(cursor + 1), ArrowUp: () => move(cursor - 1), PageDown: () => move(cursor + 15), PageUp: () => move(cursor - 15), Home: () => move(0), End: () => move(rows.length - 1),
    Enter: () => { const row = rows[cursor]; if (row) onOpen(row) },
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const act = keys[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  /** One click chooses a row, two open it. */
  const onClick = (event: MouseEvent) => {
    const index = Number((event.target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset['index'] ?? Number.NaN)
    const row = rows[index]
    if (!row) return
    onCursor(index)
    if (event.type === 'dblclick') onOpen(row)
  }
  const heading = (key: 'date' | 'subject' | 'images', label: string, right = false) => {
    const direction = sort === key ? 'ascending' : sort === `-${key}` ? 'descending' : 'none'
    return <div role="columnheader" aria-sort={direction} style={{ textAlign: right ? 'right' : 'left' }}><button type="button" className="ciw-sort" onClick={() => onSort(direction === 'descending' ? key : `-${key}`)}>{`${label}${direction === 'none' ? '' : direction === 'ascending' ? ' ↑' : ' ↓'}`}</button></div>
  }
  const line = { display: 'grid', gridTemplateColumns: columns, gap: 12, alignItems: 'center', padding: '0 24px', fontSize: 13 } as const
  return (
    <div role="grid" aria-label={t('studies.title')} aria-rowcount={total + 1} tabIndex={0} onKeyDown={onKeyDown} onClick={onClick} onDoubleClick={onClick} aria-activedescendant={rows.length > 0 ? `study-${cursor}` : undefined} style={{ flex: 1, minHeight: 0, display: 'flex', flexDirection: 'column' }}>
      <div role="row" style={{ ...line, height: 32, background: 'var(--ciw-hover)', color: 'var(--ciw-text-2)', borderBlock: '1px solid var(--ciw-border)' }}>
        {heading('subject', t('studies.subject'))}{heading('date', t('studies.date'))}<div role="columnheader">{t('studies.modality')}</div><div role="columnheader">{t('studies.description')}</div>
        <div role="columnheader" style={{ textAlign: 'right' }}>{t('studies.series')}</div>{heading('images', t('studies.images'), true)}<div role="columnheader">{t('studies.marks')}</div>
      </div>
      <div ref={scroller} role="rowgroup" style={{ flex: 1, overflow: 'auto' }}>
        {loading ? Array.from({ length: 8 }, (_, n) => <Skeleton key={n} height={20} my={6} mx="xl" w="auto" />) : null}
        <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index]
            if (!row) return null
            const [kind, word] = marks[row.marks]
            return (
              <div key={`${row.dataset}/${row.studyInstanceUid}`} id={`study-${index}`} role="row" aria-rowindex={index + 2} aria-selected={index === cursor} data-index={index}
                style={{ ...line, position: 'absolute', insetInline: 0, top: start, height: rowHeight, borderBottom: '1px solid var(--ciw-border)', background: index === cursor ? 'var(--ciw-selected)' : 'var(--ciw-surface)', cursor: 'default' }}>
                <div role="gridcell" style={{ fontWeight: 600 }}>{row.subject}</div><div role="gridcell">{row.date ? formatDate(row.date, i18n.language) : '–'}</div><div role="gridcell">{row.modalities.join(', ')}</div>
                <div role="gridcell" style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{row.description}</div><div role="gridcell" style={{ textAlign: 'right' }}>{row.series}</div>
                <div role="gridcell" style={{ textAlign: 'right' }}>{formatNumber(row.images, i18n.language)}</div><div role="gridcell"><Status kind={kind}>{t(word)}</Status></div>
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}
