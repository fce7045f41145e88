import * as z from 'zod/mini'
import { settlers, traitNames, verdicts, type SelectionRule as Rule, type SeriesChoice as Choice } from '../domain/tool/selection.ts'
import { imageKinds, orientations } from '../domain/tool/traits.ts'

/*
 * The wire shapes of the hub. Dates are ISO 8601 strings in UTC. Ids are opaque strings.
 * A shape that has a meaning of its own in `domain` says `satisfies z.ZodMiniType<T>`; the others are wire only.
 */
const text = (max = 2000) => z.string().check(z.maxLength(max))
const id = () => z.string().check(z.minLength(1), z.maxLength(128))
/** A DICOM UID (PS3.5 9.1): digits and dots, at most 64 characters. */
export const Uid = z.string().check(z.regex(/^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/), z.maxLength(64))
/** Where a page of a list begins, and how long it is. */
const count = () => z.int().check(z.minimum(0), z.maximum(1_000_000_000))
const Sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/))

/** RFC 9457 problem details; `code` is stable and what the app translates. */
export const Problem = z.object({
  type: z.string(), title: z.string(), status: z.number(), code: z.string(),
  detail: z.exactOptional(z.string()), trace: z.exactOptional(z.string()),
})
export type Problem = z.infer<typeof Problem>

export const AccessModel = z.enum(['REMOTE_PROCESSING', 'IN_SITU_PROCESSING', 'DOWNLOAD'])
export type AccessModel = z.infer<typeof AccessModel>

export const Role = z.enum(['clinician', 'researcher', 'evaluator', 'data-access-committee', 'node-manager', 'administrator'])
export type Role = z.infer<typeof Role>

export const Grant = z.object({
  id: id(), dataset: id(), accessModel: AccessModel, purpose: text(), expires: z.string(),
  project: z.exactOptional(id()), annotate: z.boolean(),
})
export type Grant = z.infer<typeof Grant>

export const Session = z.object({
  person: z.object({ id: id(), name: text(200), initials: text(4) }),
  approved: z.boolean(),
  roles: z.array(z.object({ role: Role, scope: z.exactOptional(id()) })),
  grants: z.array(Grant),
  /** When it ends without anything done, and when it ends whatever is done. */
  idleExpires: z.string(), expires: z.string(),
})
export type Session = z.infer<typeof Session>

export const NodeState = z.enum(['up', 'slow', 'away'])
export const NodeInfo = z.object({
  id: id(), name: text(200), country: z.string().check(z.length(2)), city: text(100), tier: z.enum(['1', '2', '3']),
  state: NodeState, lastSeen: z.nullable(z.string()), archiveOnly: z.boolean(),
  supports: z.array(z.enum(['dicomweb', 'cohorts', 'jobs'])),
})
export type NodeInfo = z.infer<typeof NodeInfo>

export const Dataset = z.object({
  id: id(), title: text(300), description: text(), node: id(),
  cancerTypes: z.array(text(100)), modalities: z.array(text(16)), bodyParts: z.array(text(100)),
  subjects: z.number(), studies: z.number(), series: z.number(), images: z.number(),
  firstYear: z.nullable(z.number()), lastYear: z.nullable(z.number()),
  accessModels: z.array(AccessModel), legalBasis: text(200), byConsent: z.boolean(), tier: z.enum(['1', '2', '3']),
  annotated: z.boolean(), synthetic: z.boolean(), vendors: z.array(text(100)), conditions: text(), publisher: text(300), version: text(50),
  /** Of the caller: nothing, an open request, a grant. Absent for a caller who is not signed in. */
  mine: z.exactOptional(z.object({ state: z.enum(['none', 'requested', 'granted', 'refused', 'expired', 'revoked']), until: z.exactOptional(z.string()) })),
})
export type Dataset = z.infer<typeof Dataset>

/** A facet counts datasets and adds up the subjects these state. Zero stays in the list. */
export const Facet = z.object({ field: text(50), values: z.array(z.object({ value: text(200), datasets: z.number(), subjects: z.number() })) })
export const DatasetPage = z.object({ total: z.number(), subjects: z.number(), studies: z.number(), items: z.array(Dataset), facets: z.array(Facet) })
export type DatasetPage = z.infer<typeof DatasetPage>
export const DatasetQuery = z.object({
  text: z.exactOptional(text(200)), cancerType: z.exactOptional(z.array(text(100))), modality: z.exactOptional(z.array(text(16))),
  access: z.exactOptional(z.array(AccessModel)), node: z.exactOptional(z.array(id())), sort: z.exactOptional(z.enum(['subjects', 'title', 'newest'])),
})
export type DatasetQuery = z.infer<typeof DatasetQuery>

export const StudyRow = z.object({
  dataset: id(), node: id(), studyInstanceUid: Uid, subject: text(64), date: z.nullable(z.string()), description: text(200),
  modalities: z.array(text(16)), series: z.number(), images: z.number(), accession: z.exactOptional(text(64)),
  /** Derived objects of the caller or visible to the caller. */
  marks: z.enum(['none', 'saved', 'pending']),
})
export type StudyRow = z.infer<typeof StudyRow>
export const StudySearch = z.object({
  dataset: z.exactOptional(id()), text: z.exactOptional(text(64)), modality: z.exactOptional(z.array(text(16))),
  from: z.exactOptional(z.string()), to: z.exactOptional(z.string()),
  sort: z.exactOptional(z.enum(['date', '-date', 'subject', '-subject', 'images', '-images'])),
  offset: z.exactOptional(count()), limit: z.exactOptional(count()),
})
export type StudySearch = z.infer<typeof StudySearch>
export const StudyPage = z.object({ total: z.number(), items: z.array(StudyRow), facets: z.array(z.object({ field: text(50), values: z.array(z.object({ value: text(200), studies: z.number() })) })) })
export type StudyPage = z.infer<typeof StudyPage>

export const AccessState = z.enum(['draft', 'submitted', 'approved', 'refused', 'revoked', 'expired', 'withdrawn'])
export const AccessEvent = z.enum(['submit', 'withdraw', 'approve', 'refuse', 'revoke'])
export type AccessEvent = z.infer<typeof AccessEvent>
export const AccessRequest = z.object({
  id: id(), dataset: id(), datasetTitle: text(300), applicant: z.object({ id: id(), name: text(200) }),
  purpose: text(), organisation: text(200), accessModel: AccessModel, until: z.string(),
  state: AccessState, reason: z.exactOptional(text()), created: z.string(), decided: z.exactOptional(z.string()),
  history: z.array(z.object({ at: z.string(), by: text(200), event: AccessEvent, reason: z.exactOptional(text()) })),
  /** What the caller may do next; buttons come from here. */
  next: z.array(AccessEvent), version: z.number(),
})
export type AccessRequest = z.infer<typeof AccessRequest>
export const NewAccessRequest = z.object({
  dataset: id(), purpose: text().check(z.minLength(10)), organisation: text(200).check(z.minLength(2)), accessModel: AccessModel, until: z.string(),
})
export type NewAccessRequest = z.infer<typeof NewAccessRequest>
export const AccessDecision = z.object({ event: AccessEvent, reason: z.exactOptional(text()) })

export const SubmissionState = z.enum(['queued', 'sending', 'stored', 'verified', 'differs', 'rejected'])
export const Submission = z.object({
  sopInstanceUid: Uid, dataset: id(), study: Uid, series: Uid, sopClassUid: Uid, sha256: Sha256, bytes: z.number(), state: SubmissionState,
  reason: z.exactOptional(text()), attempts: z.number(), received: z.string(), updated: z.string(),
})
export type Submission = z.infer<typeof Submission>

/** The key of the draft log: 32 bytes in base64, its version named in each record. */
export const DraftKey = z.object({ version: z.number(), key: z.string().check(z.minLength(43), z.maxLength(44)), user: id() })
export type DraftKey = z.infer<typeof DraftKey>

/** The open document of a study: an append-only list of operations the hub holds ("at the hub"). */
export const AnnotationDocument = z.object({ dataset: id(), study: Uid, version: z.number(), operations: z.array(z.unknown()), updated: z.nullable(z.string()) })
export type AnnotationDocument = z.infer<typeof AnnotationDocument>

const mm = () => z.number().check(z.positive(), z.maximum(1000))
/** What a tool with one input asks of its series; a question that is not one of these refuses the manifest. */
export const SelectionRule = z.strictObject({
  admits: z.exactOptional(z.array(z.enum(imageKinds))), orientation: z.exactOptional(z.enum([...orientations, 'any'])),
  spacingMm: z.exactOptional(z.strictObject({ min: z.exactOptional(mm()), max: z.exactOptional(mm()) }).check(z.refine(({ min, max }) => (min !== undefined || max !== undefined) && (min ?? 0) <= (max ?? Infinity), 'it needs min or max, min not above max'))),
  minSlices: z.exactOptional(count().check(z.minimum(1))), kernels: z.exactOptional(z.array(text(64).check(z.minLength(1))).check(z.minLength(1))), contrast: z.exactOptional(z.enum(['with', 'without'])),
}) satisfies z.ZodMiniType<Rule>

export const ToolManifest = z.object({
  id: id(), name: text(200), version: text(50), summary: text(), provider: text(200), licence: text(100), trainedOn: text(300), intendedUse: text(),
  kind: z.enum(['segmentation', 'prompt', 'classification', 'detection']), modalities: z.array(text(16)), bodyParts: z.array(text(100)),
  files: z.array(z.object({ role: z.enum(['model', 'encoder', 'decoder']), name: text(200), sha256: Sha256, bytes: z.number() })),
  /** Ordered named steps; their exact semantics are the inference pipeline's. */
  pipeline: z.array(z.intersection(z.object({ step: text(50) }), z.record(z.string(), z.unknown()))),
  outputs: z.array(z.object({
    value: z.number(), label: text(64), colour: z.tuple([z.number(), z.number(), z.number()]),
    category: z.object({ value: text(16), scheme: text(16), meaning: text(64) }), type: z.object({ value: text(16), scheme: text(16), meaning: text(64) }),
  })),
  notes: z.exactOptional(text()),
  /** By what it takes one series of a study; without it a person opens one. */
  selection: z.exactOptional(SelectionRule),
  /** Shown to try out the path of a tool, not to find anything. */
  demonstration: z.exactOptional(z.boolean()),
})
export type ToolManifest = z.infer<typeof ToolManifest>

/** Why a run had the series it had: the tool's rule or a person, what was found of it, and the best of the others. */
export const SeriesChoice = z.object({
  by: z.enum(['rule', 'person']), reason: z.enum([...settlers, 'asked', 'opened']),
  grounds: z.array(z.object({ trait: z.enum(traitNames), verdict: z.enum(verdicts), value: text(300) })).check(z.maxLength(traitNames.length)),
  stack: z.exactOptional(text(16)), runnerUp: z.exactOptional(z.object({ series: Uid, stack: z.exactOptional(text(16)) })),
}).check(z.refine(({ by, reason }) => (by === 'person') === (reason === 'asked' || reason === 'opened'), 'a person asks or opens, a rule settles')) satisfies z.ZodMiniType<Choice>

/** Provenance of one run of a tool in a browser. */
export const NewRun = z.object({
  tool: id(), toolVersion: text(50), modelSha256: z.array(Sha256), dataset: id(), study: Uid, series: Uid, sopInstanceUids: z.number(),
  runtime: text(100), started: z.string(), ended: z.string(), outcome: z.enum(['accepted', 'rejected', 'failed', 'cancelled']), labelSha256: z.exactOptional(Sha256), reason: z.exactOptional(text()),
  choice: z.exactOptional(SeriesChoice),
})
export type NewRun = z.infer<typeof NewRun>
export const Run = z.extend(NewRun, { id: id(), by: text(200) })
export type Run = z.infer<typeof Run>
