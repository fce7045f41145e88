import { openLogDatabase } from '../workspace/index.ts'

/** The drafts of this browser, opened once a page. */
export const logDatabase = openLogDatabase()
// Whoever reads or writes drafts says that it could not be opened.
logDatabase.catch(() => undefined)
