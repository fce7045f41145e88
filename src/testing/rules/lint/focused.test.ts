import { it, expect } from 'vitest'
it.only('alone', () => expect(1).toBe(1))
