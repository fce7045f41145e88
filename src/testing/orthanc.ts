import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { program } from './programs.ts'

const freePort = (): Promise<number> => new Promise((resolve) => {
  const server = createServer()
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    server.close(() => resolve(port))
  })
})

/**
 * An Orthanc of its own with the DICOMweb plugin, on a free port of the loopback address, gone with `stop`.
 * @param servers DICOMweb servers its own client knows: name → address
 */
export const startOrthanc = async (servers: Readonly<Record<string, string>> = {}): Promise<{ url: string; stop: () => Promise<void> }> => {
  const folder = mkdtempSync(join(tmpdir(), 'orthanc-'))
  const port = await freePort()
  writeFileSync(join(folder, 'orthanc.json'), JSON.stringify({
    Name: 'test', StorageDirectory: join(folder, 'storage'), IndexDirectory: join(folder, 'storage'), HttpPort: port, DicomServerEnabled: false, RemoteAccessAllowed: false, AuthenticationEnabled: false,
    HttpCompressionEnabled: false, KeepAlive: true, TcpNoDelay: true, HttpThreadsCount: 10, Plugins: [program('orthancDicomWeb')],
    DicomWeb: { Enable: true, Root: '/dicom-web/', StudiesMetadata: 'Full', SeriesMetadata: 'Full', Servers: Object.fromEntries(Object.entries(servers).map(([name, url]) => [name, [url]])) },
  }))
  const child = spawn(program('orthanc') ?? '', [join(folder, 'orthanc.json')], { stdio: ['ignore', 'ignore', 'pipe'] })
  await new Promise<void>((resolve, reject) => {
    let said = ''
    child.stderr.on('data', (chunk) => {
      said += String(chunk)
      if (said.includes('Orthanc has started')) resolve()
    })
    child.once('exit', (code) => reject(new Error(`Orthanc ended with ${code}: ${said.slice(-2000)}`)))
  })
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => new Promise((resolve) => {
      child.removeAllListeners('exit')
      child.once('exit', () => {
        rmSync(folder, { recursive: true, force: true })
        resolve()
      })
      child.kill('SIGTERM')
    }),
  }
}
