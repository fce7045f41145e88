import { lungFields } from '../hub/tools/lung-fields/network.ts'

/** The networks made by script, by the folder of their tool. */
export const networks = (): Readonly<Record<string, Uint8Array>> => ({ 'lung-fields': lungFields() })
