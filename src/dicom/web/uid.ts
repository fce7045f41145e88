const form = /^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/

/** Whether a text is a UID (PS3.5 9.1): components of digits without leading zeros, at most 64 characters. */
export const isUid = (text: unknown): text is string => typeof text === 'string' && text.length <= 64 && form.test(text)
