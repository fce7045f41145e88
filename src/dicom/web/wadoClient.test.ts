import { expect, it } from 'vitest'
import { createWadoClient, WadoFailure } from './wadoClient.ts'

const series = { datasetId: 'set', studyInstanceUid: '1.2', seriesInstanceUid: '1.2.3' }

it.each([[401, 'signedOut'], [403, 'forbidden'], [404, 'notFound'], [422, 'undecodable'], [502, 'network']] as const)('an answer of %i is said as %s, also to a screen that shows failures of the hub', async (status, kind) => {
  const wado = createWadoClient({ fetch: async () => new Response('', { status }) })
  const failure: unknown = await wado.seriesMetadata(series).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(WadoFailure)
  expect(failure).toMatchObject({ kind, code: kind, detail: expect.stringMatching(/\w/) as unknown })
})
