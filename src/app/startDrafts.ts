import type { Api } from '../api/index.ts'
import { createWadoClient } from '../dicom/web/wadoClient.ts'
import { createDrafts, type Drafts } from '../workspace/index.ts'
import { logDatabase } from './logDatabase.ts'
import { createOutside } from './outside.ts'

/** The drafts of whoever is signed in now. */
export const startDrafts = (api: Api): Drafts => createDrafts({ outside: createOutside({ api, wado: createWadoClient({ fetch: (input, init) => window.fetch(input, init) }) }), database: logDatabase })
