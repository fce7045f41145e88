/** Where a browser is killed. */
export const phases = ['mid-drag', 'drawn, not committed', 'committed, not marked', 'before the PUT', 'during the PUT', 'after the PUT', 'before the read-back', 'during the wipe'] as const
export type Phase = (typeof phases)[number]
