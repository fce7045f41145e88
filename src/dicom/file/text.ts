/** Defined Terms of Specific Character Set (PS3.3 C.12.1.1.2) and the decoder that reads them. */
const decoders: Readonly<Record<string, string>> = {
  '': 'windows-1252', 'ISO_IR 6': 'windows-1252', 'ISO_IR 100': 'windows-1252', 'ISO 2022 IR 100': 'windows-1252',
  'ISO_IR 101': 'iso-8859-2', 'ISO 2022 IR 101': 'iso-8859-2', 'ISO_IR 109': 'iso-8859-3', 'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5', 'ISO 2022 IR 144': 'iso-8859-5', 'ISO_IR 127': 'iso-8859-6', 'ISO_IR 126': 'iso-8859-7',
  'ISO 2022 IR 126': 'iso-8859-7', 'ISO_IR 138': 'iso-8859-8', 'ISO_IR 148': 'windows-1254', 'ISO_IR 203': 'iso-8859-15',
  'ISO_IR 166': 'windows-874', 'ISO_IR 13': 'shift_jis', 'ISO 2022 IR 13': 'shift_jis', 'ISO 2022 IR 87': 'iso-2022-jp',
  'ISO 2022 IR 149': 'euc-kr', 'ISO 2022 IR 58': 'gb18030', 'ISO_IR 192': 'utf-8', GB18030: 'gb18030', GBK: 'gb18030',
}

/** The label of the decoder for a Specific Character Set; of several terms the last that is known, else UTF-8's superset guess latin 1. */
export const textDecoderOf = (specificCharacterSet: string | undefined): string => {
  const terms = (specificCharacterSet ?? '').split('\\').map((term) => term.trim())
  return terms.map((term) => decoders[term]).findLast((label) => label !== undefined) ?? 'windows-1252'
}

export const decodeText = (bytes: Uint8Array, label: string): string => new TextDecoder(label).decode(bytes)
