/** What goes between a page and a worker that does one thing: a request in, progress and one answer or error out. */
export type ToWorker<Request> = { readonly request: Request }
export type FromWorker<Progress, Reply> =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly reply: Reply }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string }
