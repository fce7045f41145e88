/** What was not taken: how much of it, and the first of it by name. */
export type Refused = { readonly count: number; readonly first: readonly { readonly name: string; readonly reason: string }[] }
const mostLines = 10

/** The part of a list of refusals that a person is shown. */
export const refusedOf = (all: Refused['first']): Refused => ({ count: all.length, first: all.slice(0, mostLines) })

/** A name from a disk may hold what moves a terminal's cursor. */
const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, '�')

/**
 * Lines for whoever started the program: names of files and why, never what is in them.
 * @param what such as `file` and where they lie, such as `/data/trial`
 */
export const noticeOf = (what: string, where: string, { count, first }: Refused): string[] => (count === 0 ? [] : [
  `${count} ${what}${count === 1 ? '' : 's'} of ${plain(where)} ${count === 1 ? 'was' : 'were'} not taken:`,
  ...first.slice(0, mostLines).map(({ name, reason }) => `  ${plain(reason)} (${plain(name)})`),
  ...(count > mostLines ? [`  and ${count - mostLines} more`] : []),
])
