import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useLayoutEffect, useRef, useState } from 'react'
import type { Measurement } from '../../../domain/measurement/types.ts'
import type { MarkState, Workspace } from '../../../workspace/index.ts'
import { MarkRow } from './MarkRow.tsx'

/** From so many marks on only the rows in sight are drawn. */
const long = 50
/** What scrolls the list: the nearest element around it that does. */
const scrollerOf = (element: Element | null): HTMLElement | null => {
  for (let around = element?.parentElement; around; around = around.parentElement) if (/auto|scroll/.test(getComputedStyle(around).overflowY)) return around
  return null
}

type Rows = {
  readonly workspace: Pick<Workspace, 'select' | 'relabel' | 'remove'>; readonly marks: readonly Measurement[]; readonly saved: readonly Measurement[]; readonly states: Readonly<Record<string, MarkState>>; readonly selected: string | undefined; readonly onGoTo: (mark: Measurement) => void
}

/** The rows of the marks. */
export const MarkList = ({ workspace, marks, saved, states, selected, onGoTo }: Rows) => {
  const [naming, setNaming] = useState<string>()
  const list = useRef<HTMLUListElement>(null)
  const [{ scroller, above }, setPlace] = useState<{ readonly scroller: HTMLElement | null; readonly above: number }>({ scroller: null, above: 0 })
  const isLong = marks.length > long
  useLayoutEffect(() => {
    const element = list.current
    if (!isLong || !element) return undefined
    const found = scrollerOf(element)
    const look = (): void => {
      const top = found ? Math.round(element.getBoundingClientRect().top - found.getBoundingClientRect().top + found.scrollTop) : 0
      setPlace((now) => (now.scroller === found && now.above === top ? now : { scroller: found, above: top }))
    }
    // What stands above the list comes and goes.
    const observer = new ResizeObserver(look)
    if (element.parentElement) observer.observe(element.parentElement)
    look()
    return () => observer.disconnect()
  }, [isLong])
  const named = naming === undefined ? -1 : marks.findIndex(({ trackingUid }) => trackingUid === naming)
  const virtual = useVirtualizer({
    count: isLong ? marks.length : 0, getScrollElement: () => scroller, estimateSize: () => 66, overscan: 6, scrollMargin: above, getItemKey: (index) => marks[index]?.trackingUid ?? index,
    // What is being named stays, wherever it was scrolled to.
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), ...(named < 0 ? [] : [named])])],
  })
  const goTo = useRef(onGoTo)
  useLayoutEffect(() => { goTo.current = onGoTo })
  const go = useCallback((mark: Measurement) => goTo.current(mark), [])
  const before = new Map(saved.map((mark) => [mark.trackingUid, mark]))
  const rowOf = (mark: Measurement) => ({ workspace, mark, before: before.get(mark.trackingUid), state: states[mark.trackingUid] ?? 'drawing', selected: selected === mark.trackingUid, naming: naming === mark.trackingUid, onNaming: setNaming, onGoTo: go } as const)
  return (
    <ul ref={list} style={{ listStyle: 'none', margin: 0, padding: 0, ...(isLong ? { position: 'relative', height: virtual.getTotalSize() } : {}) }}>
      {isLong ? virtual.getVirtualItems().map(({ index, start }) => {
        const mark = marks[index]
        return mark ? <MarkRow key={mark.trackingUid} {...rowOf(mark)} index={index} of={marks.length} top={start - above} measure={virtual.measureElement} /> : null
      }) : marks.map((mark) => <MarkRow key={mark.trackingUid} {...rowOf(mark)} />)}
    </ul>
  )
}
