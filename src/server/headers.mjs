const workerScript = /^\/assets\/(?:tool\.worker-[\w-]+\.js|ort-wasm[\w.-]+\.mjs)$/

/**
 * Content Security Policy of a script that runs as a worker of a tool: it gets its bytes by message and may not ask for any.
 * @param {string} pathname
 * @returns {Record<string, string>} empty for every other file
 */
export const workerHeaders = (pathname) => (workerScript.test(pathname)
  ? { 'Content-Security-Policy': "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'none'" }
  : {})

/**
 * Headers of every page and asset, in development as in production (CSP Level 3; HTML cross-origin isolation).
 * Development adds a nonce-free allowance for Vite's inline refresh preamble and its web socket.
 * @param {{ dev?: boolean }} [options]
 * @returns {Record<string, string>}
 */
export const pageHeaders = ({ dev = false } = {}) => ({
  'Content-Security-Policy': [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval'${dev ? " 'unsafe-inline'" : ''}`,
    "worker-src 'self'",
    `connect-src 'self'${dev ? ' ws:' : ''}`,
    "img-src 'self' data: blob:",
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self'",
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), browsing-topics=()',
})
