import { describe, expect, it } from 'vitest'
import { personId } from './signIn.ts'

describe('who a person is', () => {
  it('does not hang on the port the embedded issuer was started with', () => {
    expect(personId('http://127.0.0.1:9000', 'anna')).toBe(personId('http://127.0.0.1:8080', 'anna'))
  })
  it('is told by issuer and subject: the same subject elsewhere is someone else', () => {
    const others = ['http://127.0.0.1:8080', 'https://issuer.example', 'https://issuer.example:8443', 'https://127.0.0.1:8080', 'http://127.0.0.1:8080.example'].map((iss) => personId(iss, 'anna'))
    expect(new Set([...others, personId('https://issuer.example', 'bert')]).size).toBe(6)
  })
})
