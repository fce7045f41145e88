import { spawn } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { chromiumFlags, findChromium } from '../chromium.mjs'

/** Who of a process group is alive; what is dead and not buried does not count. */
const livingOf = (group: number): number[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, , ofGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(ofGroup) === group && state !== 'Z' && state !== 'X'
  } catch {
    return false
  }
})

const killGroup = async (group: number): Promise<number> => {
  const { length } = livingOf(group)
  if (length > 0) process.kill(-group, 'SIGKILL')
  while (livingOf(group).length > 0) await new Promise((resolve) => { setImmediate(resolve) })
  return length
}
/** The whole process group of the browser with a profile, by SIGKILL, whoever started it. @returns how many processes that were */
export const killBrowserOf = async (profile: string): Promise<number> => {
  const leader = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).find((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--user-data-dir=${profile}`) && livingOf(Number(pid)).includes(Number(pid))
    } catch {
      return false
    }
  })
  if (leader === undefined) throw new Error(`no browser has the profile ${profile}`)
  return killGroup(Number(leader))
}

/** Chromium with a profile of its own, at an address, in a process group of its own. Nobody else is in touch with it but its pages. */
export const startBrowser = (profile: string, address: string) => {
  const browser = spawn(findChromium() ?? '', ['--headless=new', ...chromiumFlags({ angle: false }), '--disable-extensions', '--disable-component-extensions-with-background-pages', '--mute-audio', `--user-data-dir=${profile}`, address], { detached: true, stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => { browser.once('exit', () => resolve()) })
  const group = browser.pid
  if (group === undefined) throw new Error('Chromium does not start')
  return {
    /** The whole group at once, by SIGKILL; resolves when none of it is left. @returns how many processes that were */
    kill: async (): Promise<number> => {
      const killed = await killGroup(group)
      await ended
      return killed
    },
  }
}
