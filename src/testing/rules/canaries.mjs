import { importViolations } from './importRules.mjs'

/** Prints, for each canary file of `tree`, the rules that report it. */
const tree = 'src/testing/rules/tree/'
const { violations } = await importViolations([tree])
/** @type {Record<string, string[]>} */
const found = {}
for (const { from, rule } of violations) if (from.startsWith(tree)) (found[from.slice(tree.length)] ??= []).push(rule)
console.log(JSON.stringify(found))
