import type { DatasetConfig, HubConfig } from './config.ts'
import type { Accounts } from './issuer/accounts.ts'
import { personId } from './session/signIn.ts'
import type { Sql } from './sql/database.ts'

const yearMs = 365 * 86_400_000

/**
 * The people of the embedded issuer, their roles, and the grants they start with; what is there is left as it is.
 * @param grants data sets by the name of the account
 */
export const seedDemo = async ({ sql, accounts, issuerUrl, grants, datasets, clock }: { sql: Sql; accounts: Accounts; issuerUrl: string; grants: NonNullable<HubConfig['demoGrants']>; datasets: readonly DatasetConfig[]; clock: () => Date }): Promise<void> => {
  for (const account of accounts.accounts) {
    const id = personId(issuerUrl, account.sub)
    await sql('insert into person (id, iss, sub, name, approved) values ($1, $2, $3, $4, $5) on conflict (id) do nothing', [id, issuerUrl, account.sub, account.fullName, account.approved])
    for (const role of account.roles) await sql('insert into role (person, role) values ($1, $2) on conflict do nothing', [id, role])
    for (const dataset of datasets) {
      if (!grants[account.name]?.includes(dataset.id)) continue
      await sql(`insert into data_grant (id, person, dataset, access_model, purpose, expires, annotate) values ($1, $2, $3, $4, $5, $6, true) on conflict (id) do nothing`,
        [`demo-${account.name}-${dataset.id}`, id, dataset.id, dataset.accessModels.includes('DOWNLOAD') ? 'DOWNLOAD' : 'IN_SITU_PROCESSING', 'Trying out the workbench', new Date(clock().getTime() + yearMs)])
    }
  }
}
