import { existsSync } from 'node:fs'

/**
 * The Chromium or Chrome that tests drive: CHROMIUM names one, else the usual places are looked at.
 * @returns {string | undefined} path of the binary, undefined where there is none
 */
export const findChromium = () =>
  [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'].find((path) => path && existsSync(path))

/**
 * Flags for headless Chromium with software WebGL2; as root the sandbox cannot start.
 * @param {{ angle?: boolean }} [options] angle: SwiftShader through ANGLE, ten times faster for volume rendering
 * @returns {string[]}
 */
export const chromiumFlags = ({ angle = true } = {}) => [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  ...(angle ? ['--enable-unsafe-swiftshader', '--use-gl=angle', '--use-angle=swiftshader'] : ['--disable-gpu']),
]
