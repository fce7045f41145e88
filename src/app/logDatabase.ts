import { openLogDatabase } from '../workspace/logDatabase.ts'

/** The drafts of this browser, opened once a page. */
export const logDatabase = openLogDatabase()
// Whoever reads or writes drafts says that it could not be opened.
logDatabase.catch(() => undefined)
