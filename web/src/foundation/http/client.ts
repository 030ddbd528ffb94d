// The one way to the server: adds what every change needs (CSRF token, language) and turns refusals into Problems.
import createClient, { type Middleware } from 'openapi-fetch'
import type { paths } from '@/contract/schema'
import { learn } from '../format/clock'
import { Problem, toProblem, unreachable } from './problem'

export const BASE = '/api/v1'

// What the client must know about the signed-in person; set by the session, read on each call.
export const caller = {
  csrf: '',
  locale: 'zh',
  signedOut: (): void => {},
  /** Asks whoever sits here to prove that it is they; whether they did. */
  stepUp: (): Promise<boolean> => Promise.resolve(false),
}

const heads: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', caller.locale)
    if (request.method !== 'GET' && caller.csrf !== '') request.headers.set('X-CSRF-Token', caller.csrf)
    return request
  },
  onResponse({ response }) { learn(response.headers.get('Date')) },
}

// What is sensitive is refused until somebody has proven who they are; then the same request is sent once more.
export async function send(request: Request): Promise<Response> {
  const again = request.clone()
  const answer = await globalThis.fetch(request)
  if (answer.status !== 403) return answer
  const body = (await answer.clone().json().catch(() => null)) as { code?: string } | null
  if (body?.code !== 'session.step-up' || !(await caller.stepUp())) return answer
  return globalThis.fetch(again)
}

export const api = createClient<paths>({ baseUrl: BASE, fetch: send })
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

// Refusals of signing in: nobody was signed in before.
const NOT_IN_YET = ['session.wrong', 'totp-required', 'totp.wrong']

/** The problem of a refused answer; one that says nobody is signed in also tells the shell. */
export function refused(status: number, body: unknown): Problem {
  const problem = toProblem(status, body)
  if (status === 401 && !NOT_IN_YET.includes(problem.code)) caller.signedOut()
  return problem
}

/** Names the version that a change was made from, so that nobody overwrites what they have not seen. */
export const matching = (version: number): { 'If-Match': string } => ({ 'If-Match': `"${version}"` })
export const keyed = (key: string): { 'Idempotency-Key': string } => ({ 'Idempotency-Key': key })
