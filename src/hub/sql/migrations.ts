/** The schema, as statements in order of time. A released list is never changed: the next change is the next list. */
export const migrations: readonly (readonly string[])[] = [
  [
    `create table person (
      id text primary key, iss text not null, sub text not null, name text not null, approved boolean not null default false, unique (iss, sub))`,
    `create table role (person text not null references person, role text not null, scope text, unique nulls not distinct (person, role, scope))`,
    `create table session (
      hash text primary key, person text not null references person, created timestamptz not null, seen timestamptz not null)`,
    `create table sign_in (hash text primary key, state text not null, nonce text not null, verifier text not null, return_path text not null, created timestamptz not null)`,
    `create table access_request (
      id text primary key, dataset text not null, applicant text not null references person, purpose text not null, organisation text not null,
      access_model text not null, until timestamptz not null, state text not null, reason text, created timestamptz not null, decided timestamptz, version integer not null)`,
    `create table access_event (request text not null references access_request, at timestamptz not null, by_name text not null, event text not null, reason text)`,
    `create table data_grant (
      id text primary key, person text not null references person, dataset text not null, access_model text not null, purpose text not null,
      expires timestamptz not null, annotate boolean not null, revoked timestamptz, request text references access_request)`,
    'create index data_grant_person on data_grant (person, dataset)',
    `create table study (
      dataset text not null, study_uid text not null, node text not null, subject text not null, patient_name text not null, study_date text,
      description text not null, accession text not null, modalities text[] not null, primary key (dataset, study_uid))`,
    `create table series (
      dataset text not null, study_uid text not null, series_uid text not null, number integer, modality text not null, description text not null,
      instances integer not null, derived boolean not null, primary key (dataset, study_uid, series_uid))`,
    'create table node_sync (dataset text primary key, revision text not null, at timestamptz not null)',
    `create table submission (
      instance text primary key, dataset text not null, study text not null, series text not null, sop_class text not null, author text not null references person,
      sha256 text not null, bytes bytea, size integer not null, state text not null, reason text, attempts integer not null default 0,
      next_at timestamptz not null, received timestamptz not null, updated timestamptz not null)`,
    'create index submission_due on submission (next_at) where state in (\'queued\', \'sending\', \'stored\')',
    'create index submission_series on submission (dataset, series)',
    `create table annotation (
      dataset text not null, study text not null, person text not null references person, version integer not null, operations jsonb not null, updated timestamptz not null,
      primary key (dataset, study, person))`,
    `create table idempotency (
      person text not null, key text not null, body_hash text not null, status integer not null, answer text not null, created timestamptz not null, primary key (person, key))`,
    `create table run (id text primary key, person text not null references person, record jsonb not null, created timestamptz not null)`,
    `create table viewed (
      session text not null, dataset text not null, study text not null, purpose text not null, times integer not null, first timestamptz not null, last timestamptz not null,
      primary key (session, dataset, study, purpose))`,
    `create table audit (
      writer text not null, sequence bigint not null, at timestamptz not null, person text not null, action text not null, subject jsonb not null,
      previous text not null, hash text not null, primary key (writer, sequence))`,
  ],
  // What makes a series derived was told by its first member; every node is asked anew.
  ['delete from node_sync'],
]
