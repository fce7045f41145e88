import { defineConfig } from '@playwright/test'
import { chromiumFlags, findChromium } from './src/testing/chromium.mjs'

const executablePath = findChromium()

export default defineConfig({
  testDir: 'e2e',
  // What is too long for every time is run by `npm run test:full`.
  testMatch: process.env['CIW_FULL'] ? ['**/*.spec.ts', '**/*.long.ts'] : '**/*.spec.ts',
  outputDir: '.cache/journeys',
  workers: 1,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['json', { outputFile: '.cache/playwright.json' }]],
  use: {
    viewport: { width: 1280, height: 720 },
    actionTimeout: 20_000,
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: { ...(executablePath ? { executablePath } : {}), args: chromiumFlags() },
  },
})
