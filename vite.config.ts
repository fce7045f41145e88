import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { chromiumFlags, findChromium } from './src/testing/chromium.mjs'
import { pageHeaders } from './src/server/headers.mjs'
import { shellWorker } from './src/server/shellWorker.mjs'

const root = fileURLToPath(new URL('.', import.meta.url))
const at = (path: string) => `${root}${path}`
const server = process.env['CIW_BUILD'] === 'server'

/** Modules that Vite must not pre-bundle, and what they need pre-bundled (verified for dev, build and preview). */
const optimizeDeps = {
  exclude: ['@cornerstonejs/dicom-image-loader', '@cornerstonejs/tools', 'onnxruntime-web'],
  include: [
    'dicom-parser', 'events', 'dcmjs', '@cornerstonejs/tools > lodash.get', '@kitware/vtk.js > fast-deep-equal',
    '@kitware/vtk.js > seedrandom', '@kitware/vtk.js > spark-md5',
    '@kitware/vtk.js > xmlbuilder2', '@kitware/vtk.js > utif', '@kitware/vtk.js > webworker-promise',
    // Found while tests run, one of these would be bundled anew and bring a second React.
    'react', 'react/jsx-runtime', 'react/jsx-dev-runtime', 'react-dom', 'react-dom/client', '@mantine/core', '@mantine/hooks', '@tabler/icons-react', 'i18next', 'react-i18next', 'zustand', 'zustand/vanilla', 'idb', 'zod/mini',
    '@tanstack/react-query', '@tanstack/react-router', '@tanstack/react-virtual',
    '@cornerstonejs/codec-charls/decodewasmjs', '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs',
    '@cornerstonejs/codec-openjpeg/decodewasmjs', '@cornerstonejs/codec-openjph/wasmjs',
  ],
}

/** Tests also ask a hub that is started beside them, on a port of its own (src/testing/faultyHub.setup.ts). */
const headers = Object.fromEntries(Object.entries(pageHeaders({ dev: true })).map(([name, value]) => [name, process.env['VITEST'] ? value.replace("connect-src 'self'", "connect-src 'self' http://127.0.0.1:*") : value]))

/** Inputs of the server build: each Node process and each Node worker is one. */
const serverInputs = {
  node: at('src/cli/node.ts'),
  federation: at('src/cli/federation.ts'),
  generate: at('src/cli/generate.ts'),
  contract: at('src/cli/contract.ts'),
  networks: at('src/cli/networks.ts'),
  cases: at('src/cli/cases.ts'),
  training: at('src/cli/training.ts'),
  benchCases: at('src/cli/benchCases.ts'),
}

/** Writes the service worker of the shell beside the page: the entry, what it imports at once, and its looks. */
const withShellWorker: Plugin = {
  name: 'shell-worker', apply: 'build',
  generateBundle(_options, bundle) {
    const needed = new Set<string>()
    const need = (file: string): void => {
      const chunk = bundle[file]
      if (needed.has(file) || chunk?.type !== 'chunk') return
      needed.add(file)
      chunk.imports.forEach(need)
    }
    for (const chunk of Object.values(bundle)) if ((chunk.type === 'chunk' && chunk.isEntry) || chunk.fileName.includes('offline')) need(chunk.fileName)
    const looks = Object.keys(bundle).filter((file) => file.endsWith('.css'))
    this.emitFile({ type: 'asset', fileName: 'sw.js', source: shellWorker(['/', '/icon.svg', ...[...needed, ...looks].sort().map((file) => `/${file}`)]) })
  },
}

export default defineConfig({
  root,
  cacheDir: at('.cache/vite'),
  plugins: server ? [] : [react(), withShellWorker],
  worker: { format: 'es' },
  optimizeDeps,
  build: server
    ? { ssr: true, outDir: at('dist/server'), emptyOutDir: true, target: 'node20', minify: false, rollupOptions: { input: serverInputs, output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' } } }
    : { outDir: at('dist/app'), emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 5000, modulePreload: { polyfill: false } },
  server: { headers },
  test: {
    passWithNoTests: false,
    reporters: ['default', ['json', { outputFile: at(`.cache/vitest-${process.env['CIW_LAYER'] ?? 'any'}.json`) }]],
    projects: [
      {
        extends: true,
        test: {
          // Most wait for processes and disks: a second one fills two cores, where the default is one less than there are.
          maxWorkers: Math.max(2, availableParallelism() - 1), name: 'node', environment: 'node', include: ['src/**/*.test.ts'], exclude: ['src/**/*.browser.test.ts', 'src/testing/rules/{lint,tree,types,unused}/**'],
          testTimeout: 60_000, hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser', include: ['src/**/*.browser.test.{ts,tsx}'], testTimeout: 60_000, hookTimeout: 120_000, globalSetup: [at('src/testing/faultyHub.setup.ts')],
          browser: {
            enabled: true, headless: true, screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath: findChromium() ?? '', args: chromiumFlags() } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
