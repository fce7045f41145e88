import { Problem } from '../contract/index.ts'
import { openApi } from '../contract/openapi.ts'

/** The text of `src/contract/openapi.json`. */
export const contractText = (): string => `${JSON.stringify(openApi(Problem), null, 1)}\n`
