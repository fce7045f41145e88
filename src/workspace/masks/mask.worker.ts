import { serve } from '../../pool/serve.ts'
import { answerMask, type MaskRequest } from './maskWork.ts'

serve<MaskRequest, never, Awaited<ReturnType<typeof answerMask>>>(async (request) => {
  const reply = await answerMask(request)
  return { reply, transfer: 'file' in reply ? [reply.file.buffer] : 'placed' in reply.read ? [reply.read.placed.labelMap.data.buffer] : [] }
})
