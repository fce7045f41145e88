import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { chromiumFlags, findChromium } from '../testing/chromium.mjs'
import { root } from './build.mjs'

const password = 'bench'
/**
 * Starts the program as a person does and gives the seconds until it says that it is ready.
 * @param {string} dataDir
 * @param {string} cases
 * @param {string[]} more further arguments
 */
export const start = async (dataDir, cases, more = []) => {
  const began = performance.now()
  const child = fork(join(root, 'src/cli/start.mjs'), ['--port', '0', '--data', dataDir, '--demo-password', password, '--cases', cases, '--quiet', ...more], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const address = await new Promise((resolve, reject) => {
    child.on('message', (/** @type {{ ready?: boolean, address?: string }} */ message) => { if (message.ready) resolve(message.address) })
    child.once('exit', (code) => reject(new Error(`the program ended with ${code}`)))
  })
  return {
    address: String(address), seconds: (performance.now() - began) / 1000,
    stop: () => new Promise((resolve) => {
      child.removeAllListeners('exit')
      child.once('exit', resolve)
      child.kill('SIGTERM')
    }),
  }
}
export const launch = () => {
  const executablePath = findChromium()
  return chromium.launch({ ...(executablePath ? { executablePath } : {}), args: chromiumFlags() })
}
/**
 * @param {import('@playwright/test').Page} page
 * @param {string} address
 * @param {{ account?: string, subject?: RegExp }} [options]
 */
export const signIn = async (page, address, { account = 'clinician', subject = /PCL-0001/ } = {}) => {
  await page.goto(`${address}/api/session/sign-in?return=/studies`)
  await page.getByLabel('Account').fill(account)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('row', { name: subject }).waitFor()
}
export const withFolder = async (/** @type {(dir: string) => Promise<void>} */ work) => {
  const dir = mkdtempSync(join(tmpdir(), 'ciw-bench-'))
  try {
    await work(dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

export const medianOf = (/** @type {number[]} */ values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/**
 * In the page: to the first canvas of at least 200 px with more than 80 of 32 x 32 samples over 40, from the click on the button marked
 * for it, or from the start of the page where there is none.
 */
export const firstImage = () => new Promise((resolve, reject) => {
  const open = /** @type {HTMLElement | null} */ (document.querySelector('[data-bench="open"]'))
  const began = open ? performance.now() : 0
  const look = () => {
    for (const canvas of document.querySelectorAll('canvas')) {
      if (canvas.width < 200 || canvas.height < 200) continue
      const copy = document.createElement('canvas')
      copy.width = 32
      copy.height = 32
      const context = copy.getContext('2d')
      context?.drawImage(canvas, 0, 0, 32, 32)
      const data = context?.getImageData(0, 0, 32, 32).data ?? []
      let bright = 0
      for (let i = 0; i < data.length; i += 4) if ((data[i] ?? 0) > 40) bright += 1
      if (bright > 80) {
        const found = (performance.now() - began) / 1000
        Object.assign(window, { benchSeconds: found })
        return resolve(found)
      }
    }
    if (performance.now() - began > 60_000) return reject(new Error('no picture within 60 s'))
    requestAnimationFrame(look)
    return undefined
  }
  open?.click()
  look()
  return undefined
})
