import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Role } from '../../contract/index.ts'
import { writeWhole } from '../../server/writeWhole.ts'

/** One embedded account a role; three clinicians, since double reading and arbitration need them. */
const people: readonly { name: string; fullName: string; role: string; approved: boolean; roles: readonly Role[] }[] = [
  { name: 'clinician', fullName: 'Anna Reader', role: 'Clinician', approved: true, roles: ['clinician'] },
  { name: 'clinician-2', fullName: 'Bruno Reader', role: 'Clinician', approved: true, roles: ['clinician'] },
  { name: 'clinician-3', fullName: 'Clara Reader', role: 'Clinician', approved: true, roles: ['clinician'] },
  { name: 'researcher', fullName: 'Rafael Analyst', role: 'Researcher', approved: true, roles: ['researcher'] },
  { name: 'evaluator', fullName: 'Eva Luator', role: 'Evaluator', approved: true, roles: ['evaluator'] },
  { name: 'committee', fullName: 'Dora Committee', role: 'Data access committee', approved: true, roles: ['data-access-committee'] },
  { name: 'node-manager', fullName: 'Nils Manager', role: 'Node manager', approved: true, roles: ['node-manager'] },
  { name: 'administrator', fullName: 'Ada Admin', role: 'Administrator', approved: true, roles: ['administrator'] },
  { name: 'applicant', fullName: 'Alex Applicant', role: 'Applicant', approved: false, roles: [] },
]

export type Account = (typeof people)[number] & { readonly sub: string; readonly password: string }

const words = (): string => randomBytes(9).toString('base64url')

/**
 * The embedded accounts of a data folder. Passwords are random and kept in a file only its owner can read, so that the start can
 * print them again; a `demoPassword` overrides them all for this start.
 */
export const openAccounts = (file: string, demoPassword?: string) => {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeWhole(file, JSON.stringify(Object.fromEntries(people.map(({ name }) => [name, words()])), null, 1))
  }
  const passwords = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>
  const accounts: Account[] = people.map((person) => ({ ...person, sub: person.name, password: demoPassword ?? passwords[person.name] ?? words() }))
  const salt = randomBytes(16)
  const hashes = new Map(accounts.map(({ name, password }) => [name, scryptSync(password, salt, 32)]))
  return {
    accounts: accounts as readonly Account[],
    find: (sub: string): Account | undefined => accounts.find((account) => account.sub === sub),
    /** The account, where name and password are right; an unknown name takes as long as a wrong password. */
    check: (name: string, password: string): Account | undefined => {
      const given = scryptSync(password.slice(0, 200), salt, 32)
      const known = hashes.get(name)
      const same = timingSafeEqual(given, known ?? randomBytes(32))
      return known && same ? accounts.find((account) => account.name === name) : undefined
    },
  }
}
export type Accounts = ReturnType<typeof openAccounts>
