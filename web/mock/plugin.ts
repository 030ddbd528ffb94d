// A small imitation of the server for developing screens: answers under /api/v1 from data in memory.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Plugin } from 'vite'
import { handle, type Reply } from './routes'

async function body(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

export async function serve(request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://local')
  if (!url.pathname.startsWith('/api/v1')) return next()
  const path = url.pathname.slice('/api/v1'.length)
  if (path === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(': hello\n\n')
    return
  }
  const raw = await body(request)
  let reply: Reply
  try {
    reply = handle({ method: request.method ?? 'GET', path, query: url.searchParams, raw, headers: request.headers, cookie: /kw=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? null })
  } catch (error) {
    reply = { status: 500, body: { type: 'about:blank', title: 'error', status: 500, code: 'internal', detail: '', incident: 'M-1', errors: [], at: String(error) } }
    console.error(error)
  }
  response.statusCode = reply.status
  if (reply.cookie !== undefined) response.setHeader('set-cookie', `kw=${reply.cookie}; Path=/; HttpOnly`)
  if (reply.bytes) { response.setHeader('content-type', 'application/octet-stream'); response.end(reply.bytes); return }
  if (reply.status === 204) { response.end(); return }
  response.setHeader('content-type', reply.status >= 400 ? 'application/problem+json' : 'application/json')
  response.end(JSON.stringify(reply.body))
}

const use = (server: { middlewares: { use: (handler: (request: IncomingMessage, response: ServerResponse, next: () => void) => void) => unknown } }): void => {
  server.middlewares.use((request, response, next) => { void serve(request, response, next) })
}
export const mock = (): Plugin => ({ name: 'keepword-mock', configureServer: use, configurePreviewServer: use })
