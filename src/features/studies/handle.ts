/**
 * The name of a study in a page's address: the first 16 hex digits of SHA-256 over data set and Study Instance UID. No UID and
 * no patient stands in an address, a title or the browser's history.
 */
export const studyHandle = async (dataset: string, studyInstanceUid: string): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${dataset}/${studyInstanceUid}`))
  return [...new Uint8Array(digest).subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
