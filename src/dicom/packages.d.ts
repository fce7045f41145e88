declare module 'dcmjs' {
  type Dataset = Record<string, unknown>
  type DictionaryEntry = { tag: string; vr: string; name: string; vm: string }
  const dcmjs: {
    data: {
      DicomMetaDictionary: {
        dictionary: Record<string, DictionaryEntry | undefined>
        nameMap: Record<string, DictionaryEntry | undefined>
        denaturalizeDataset(dataset: Dataset): Dataset
        naturalizeDataset(dataset: Dataset): Dataset
      }
      DicomDict: new (meta: Dataset) => { dict: Dataset; meta: Dataset; write(options?: Record<string, unknown>): ArrayBuffer }
      DicomMessage: { readFile(buffer: ArrayBuffer, options?: Record<string, unknown>): { dict: Dataset; meta: Dataset } }
    }
  }
  export default dcmjs
}
