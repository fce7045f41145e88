import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { build, root } from './build.mjs'
import { openPort } from './progress.mjs'

const { values } = parseArgs({
  options: {
    reset: { type: 'boolean', default: false },
    dicom: { type: 'string', multiple: true, default: [] },
    archive: { type: 'string', multiple: true, default: [] },
    tools: { type: 'string', multiple: true, default: [] },
    'demo-password': { type: 'string' },
    port: { type: 'string', default: process.env['PORT'] ?? '8080' },
    data: { type: 'string', default: process.env['DATA_DIR'] ?? join(root, '.data') },
    cases: { type: 'string', default: 'full' },
    quiet: { type: 'boolean', default: false },
  },
})
const say = (/** @type {string} */ line) => { if (!values.quiet) console.log(line) }
const dataDir = resolve(values.data)
const bad = values.archive.find((address) => !URL.canParse(address) || !/^https?:/.test(address))
if (bad !== undefined) {
  console.error(`${bad} is not the address of a DICOMweb archive, such as http://localhost:8042/dicom-web`)
  process.exit(2)
}

const sets = /** @type {const} */ (['full', 'small', 'one', 'none'])
const cases = sets.find((name) => name === values.cases)
if (cases === undefined) {
  console.error(`${values.cases} is no set of generated cases: ${sets.join(', ')}`)
  process.exit(2)
}

const port = await openPort(Number(values.port)).catch((/** @type {NodeJS.ErrnoException} */ error) => {
  console.error(error.code === 'EADDRINUSE' ? `Port ${values.port} is taken. Stop what uses it, or give another with --port.` : error.message)
  process.exit(1)
})
const address = `http://localhost:${port.port}`
say(`${address} is open; it shows how far the start has come.`)

for (const stage of ['Program', 'Hub', 'Hospitals', 'First cases']) port.stage(stage, 'waiting')
if (values.reset) rmSync(dataDir, { recursive: true, force: true })

port.stage('Program', 'running', 'building')
await build({ onPart: (part) => port.stage('Program', 'running', `${part} built`) })
port.stage('Program', 'done')

const entry = new URL('../../dist/server/federation.js', import.meta.url)
/** @type {import('./federation.ts')} */
const { startFederation } = await import(entry.href)
const federation = await startFederation({
  port: port.port, dataDir, appDir: join(root, 'dist', 'app'), toolsDirs: [join(root, 'src', 'hub', 'tools'), ...values.tools.map((dir) => resolve(dir))],
  dicomDirs: values.dicom.map((dir) => resolve(dir)), archives: values.archive, cases,
  ...(values['demo-password'] ? { demoPassword: values['demo-password'] } : {}),
  onStage: (stage, state, detail) => port.stage(stage, state, detail),
  serve: port.serve,
})
// Said also to whoever wants it quiet: data that are not there are missed by nobody until it matters.
for (const line of federation.notices) console.warn(line)
say(`\nThe workbench is at ${address}\n`)
for (const { name, role, password } of federation.accounts) say(`  ${name.padEnd(14)} ${password.padEnd(22)} ${role}`)
say(`\nAccounts and data are in ${dataDir}. Stop with Ctrl-C; start again with the same command; --reset starts over.`)
process.send?.({ ready: true, address, port: port.port })

let stopping = false
const stop = async () => {
  if (stopping) return
  stopping = true
  await federation.dispose()
  await port.close()
  process.exit(0)
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
process.on('disconnect', stop)
