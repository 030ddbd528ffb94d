// The one way to the server: adds what every change needs (CSRF token, language) and turns refusals into Problems.
import createClient, { type Middleware } from 'openapi-fetch'
import type { paths } from '@/contract/schema'
import { learn } from '../format/clock'
import { Problem, toProblem, unreachable } from './problem'

export const BASE = '/api/v1'

// What the client must know about the signed-in person; set by the session, read on each call.
export const caller = { csrf: '', locale: 'zh', signedOut: (): void => {} }

const heads: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', caller.locale)
    if (request.method !== 'GET' && caller.csrf !== '') request.headers.set('X-CSRF-Token', caller.csrf)
    return request
  },
  onResponse({ response }) { learn(response.headers.get('Date')) },
}

export const api = createClient<paths>({ baseUrl: BASE, fetch: (request) => globalThis.fetch(request) })
api.use(heads)

interface Answer<Data> { data?: Data; error?: unknown; response: Response }

/** The data of an answer; throws a Problem when the server refused or could not be reached. */
export async function ok<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  let answer: Answer<Data>
  try {
    answer = await call
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw unreachable()
  }
  if (answer.response.ok) return answer.data as Data
  throw refused(answer.response.status, answer.error)
}

/** The problem of a refused answer; one that says nobody is signed in also tells the shell. */
export function refused(status: number, body: unknown): Problem {
  const problem = toProblem(status, body)
  if (status === 401 && problem.code !== 'session.wrong') caller.signedOut()
  return problem
}

/** Names the version that a change was made from, so that nobody overwrites what they have not seen. */
export const matching = (version: number): { 'If-Match': string } => ({ 'If-Match': `"${version}"` })
export const keyed = (key: string): { 'Idempotency-Key': string } => ({ 'Idempotency-Key': key })
