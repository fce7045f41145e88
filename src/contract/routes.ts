import * as z from 'zod/mini'
import * as r from './resources.ts'
import { DatasetTable, TableList } from './tables.ts'

/**
 * Who a route answers. public: anyone; session: signed in; approved: an approved user; dataset: what the dataset's grant
 * and access model say (the row names the least access model); role: the row names it.
 */
type Access =
  | { readonly kind: 'public' }
  | { readonly kind: 'session' }
  | { readonly kind: 'approved' }
  | { readonly kind: 'role'; readonly role: r.Role }
  | { readonly kind: 'dataset'; readonly least: r.AccessModel | 'list' }

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export type Route = {
  readonly method: Method
  /** Express style; `:x` is one segment. */
  readonly path: `/${string}`
  readonly access: Access
  readonly body?: z.ZodMiniType
  readonly query?: z.ZodMiniType
  /** JSON answer; absent where the route streams bytes. */
  readonly reply?: z.ZodMiniType
  /** A sign-in navigation: works without `X-CIW` and by cross-site GET. */
  readonly navigation?: true
  /** EventSource or `<img>`: instead of `X-CIW` it must carry `Sec-Fetch-Site: same-origin`. */
  readonly element?: true
  /** Needs `Idempotency-Key`. */
  readonly idempotent?: true
  /** Needs `If-Match`. */
  readonly conditional?: true
}

const anyone: Access = { kind: 'public' }
const signedIn: Access = { kind: 'session' }
const approved: Access = { kind: 'approved' }
const list: Access = { kind: 'dataset', least: 'list' }
const pixels: Access = { kind: 'dataset', least: 'IN_SITU_PROCESSING' }
const whole: Access = { kind: 'dataset', least: 'DOWNLOAD' }

const dicom = '/api/datasets/:dataset/dicom-web'
const study = `${dicom}/studies/:study`
const series = `${study}/series/:series`
const instance = `${series}/instances/:instance`

/** Every route of the hub; the client, the hub, `openapi.json` and the rights matrix are made from this table. */
export const routes = {
  health: { method: 'GET', path: '/api/health', access: anyone, reply: z.object({ ok: z.boolean(), version: z.string() }) },
  signIn: { method: 'GET', path: '/api/session/sign-in', access: anyone, navigation: true },
  signInReturn: { method: 'GET', path: '/api/session/return', access: anyone, navigation: true },
  signOut: { method: 'GET', path: '/api/session/sign-out', access: anyone, navigation: true },
  session: { method: 'GET', path: '/api/session', access: signedIn, reply: r.Session },
  heartbeat: { method: 'POST', path: '/api/session/heartbeat', access: signedIn, reply: r.Session, idempotent: true },
  draftKey: { method: 'GET', path: '/api/session/draft-key', access: approved, reply: r.DraftKey },
  draftKeyVersion: { method: 'GET', path: '/api/session/draft-key/:version', access: approved, reply: r.DraftKey },

  nodes: { method: 'GET', path: '/api/nodes', access: anyone, reply: z.array(r.NodeInfo) },
  datasets: { method: 'GET', path: '/api/catalogue/datasets', access: anyone, query: r.DatasetQuery, reply: r.DatasetPage },
  dataset: { method: 'GET', path: '/api/catalogue/datasets/:dataset', access: anyone, reply: r.Dataset },
  studiesSearch: { method: 'POST', path: '/api/studies/search', access: approved, body: r.StudySearch, reply: r.StudyPage },

  accessRequests: { method: 'GET', path: '/api/access-requests', access: signedIn, reply: z.array(r.AccessRequest) },
  accessRequest: { method: 'GET', path: '/api/access-requests/:request', access: signedIn, reply: r.AccessRequest },
  newAccessRequest: { method: 'POST', path: '/api/access-requests', access: signedIn, body: r.NewAccessRequest, reply: r.AccessRequest, idempotent: true },
  decideAccessRequest: { method: 'POST', path: '/api/access-requests/:request/events', access: signedIn, body: r.AccessDecision, reply: r.AccessRequest, idempotent: true },

  qidoStudies: { method: 'GET', path: `${dicom}/studies`, access: list },
  qidoSeries: { method: 'GET', path: `${study}/series`, access: list },
  qidoInstances: { method: 'GET', path: `${series}/instances`, access: pixels },
  studyMetadata: { method: 'GET', path: `${study}/metadata`, access: pixels },
  seriesMetadata: { method: 'GET', path: `${series}/metadata`, access: pixels },
  instanceMetadata: { method: 'GET', path: `${instance}/metadata`, access: pixels },
  frames: { method: 'GET', path: `${instance}/frames/:frames`, access: pixels },
  rendered: { method: 'GET', path: `${instance}/rendered`, access: pixels, element: true },
  thumbnail: { method: 'GET', path: `${series}/thumbnail`, access: pixels, element: true },
  bulkdata: { method: 'GET', path: `${instance}/bulkdata/:tag`, access: pixels },
  /** Image classes need DOWNLOAD; SR, SEG and the like that the caller may see come with IN_SITU_PROCESSING. */
  wadoInstance: { method: 'GET', path: instance, access: pixels },
  wadoSeries: { method: 'GET', path: series, access: whole },
  wadoStudy: { method: 'GET', path: study, access: whole },
  /** STOW-RS: each part becomes a submission; answered when they have settled or a while has passed. A UID is its key. */
  stow: { method: 'POST', path: study, access: pixels },

  tables: { method: 'GET', path: '/api/datasets/:dataset/tables', access: pixels, reply: TableList },
  table: { method: 'GET', path: '/api/datasets/:dataset/tables/:table', access: pixels, reply: DatasetTable },

  putSubmission: { method: 'PUT', path: '/api/submissions/:instance', access: approved, reply: r.Submission },
  submission: { method: 'GET', path: '/api/submissions/:instance', access: approved, reply: r.Submission },
  submissionBytes: { method: 'GET', path: '/api/submissions/:instance/bytes', access: approved },
  submissions: { method: 'GET', path: '/api/submissions', access: approved, reply: z.array(r.Submission) },

  annotations: { method: 'GET', path: '/api/annotations/:dataset/:study', access: pixels, reply: r.AnnotationDocument },
  putAnnotations: { method: 'PUT', path: '/api/annotations/:dataset/:study', access: pixels, body: z.object({ operations: z.array(z.unknown()) }), reply: r.AnnotationDocument, conditional: true },

  tools: { method: 'GET', path: '/api/tools', access: signedIn, reply: z.array(r.ToolManifest) },
  tool: { method: 'GET', path: '/api/tools/:tool', access: signedIn, reply: r.ToolManifest },
  toolFile: { method: 'GET', path: '/api/tools/files/:sha256', access: approved },
  newRun: { method: 'POST', path: '/api/runs', access: approved, body: r.NewRun, reply: r.Run, idempotent: true },
  runs: { method: 'GET', path: '/api/runs', access: approved, reply: z.array(r.Run) },
} as const satisfies Record<string, Route>

export type RouteName = keyof typeof routes
