import type { DatasetConfig } from './config.ts'
import type { Accounts } from './issuer/accounts.ts'
import { personId } from './session/signIn.ts'
import type { Sql } from './sql/database.ts'

/** Grants of the embedded accounts: three clinicians who see different data sets, an evaluator; the researcher asks for theirs. */
const grantsOf: Readonly<Record<string, (index: number) => boolean>> = {
  clinician: () => true, 'clinician-2': (index) => index % 3 !== 2, 'clinician-3': (index) => index % 3 === 0, evaluator: (index) => index % 3 === 1,
}
const yearMs = 365 * 86_400_000

/** The people of the embedded issuer, their roles, and the grants they start with; what is there is left as it is. */
export const seedDemo = async ({ sql, accounts, issuerUrl, datasets, clock }: { sql: Sql; accounts: Accounts; issuerUrl: string; datasets: readonly DatasetConfig[]; clock: () => Date }): Promise<void> => {
  for (const account of accounts.accounts) {
    const id = personId(issuerUrl, account.sub)
    await sql('insert into person (id, iss, sub, name, approved) values ($1, $2, $3, $4, $5) on conflict (id) do nothing', [id, issuerUrl, account.sub, account.fullName, account.approved])
    for (const role of account.roles) await sql('insert into role (person, role) values ($1, $2) on conflict do nothing', [id, role])
    for (const [index, dataset] of datasets.entries()) {
      if (!grantsOf[account.name]?.(index)) continue
      await sql(`insert into data_grant (id, person, dataset, access_model, purpose, expires, annotate) values ($1, $2, $3, $4, $5, $6, true) on conflict (id) do nothing`,
        [`demo-${account.name}-${dataset.id}`, id, dataset.id, dataset.accessModels.includes('DOWNLOAD') ? 'DOWNLOAD' : 'IN_SITU_PROCESSING', 'Trying out the workbench', new Date(clock().getTime() + yearMs)])
    }
  }
}
