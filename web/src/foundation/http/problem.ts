// What went wrong with a call, as a value that screens can show: RFC 9457 problem documents and a server out of reach.
export interface FieldProblem { field: string; code: string; detail?: string }

export class Problem extends Error {
  constructor(
    readonly status: number, // 0: the server could not be reached
    readonly code: string,
    readonly detail: string,
    readonly errors: FieldProblem[] = [],
    readonly incident: string | null = null,
    readonly params: Record<string, unknown> = {},
  ) {
    super(detail || code)
    this.name = 'Problem'
  }

  /** Whether the server has certainly not done what was asked, so that asking anew is a new act. */
  get final(): boolean {
    return this.status >= 400 && this.status < 500 && this.status !== 408 && this.status !== 429
  }
}

export const unreachable = (): Problem => new Problem(0, 'network', '')

/** Reads a problem document; an answer that is none (a proxy's page, say) becomes a problem by its status alone. */
export function toProblem(status: number, body: unknown): Problem {
  if (typeof body !== 'object' || body === null) return new Problem(status, `http.${status}`, '')
  const { code, detail, errors, incident, ...rest } = body as Record<string, unknown>
  return new Problem(
    status,
    typeof code === 'string' ? code : `http.${status}`,
    typeof detail === 'string' ? detail : '',
    Array.isArray(errors) ? (errors as FieldProblem[]) : [],
    typeof incident === 'string' ? incident : null,
    (rest.params as Record<string, unknown> | undefined) ?? rest,
  )
}

type Translate = (key: string, params?: Record<string, unknown>) => string

export interface Readable { what: string; hint: string }

const HINTS: Record<number, string> = {
  0: 'common.hint.network', 401: 'common.hint.sign-in', 403: 'common.hint.right', 404: 'common.hint.gone', 409: 'common.hint.changed',
  412: 'common.hint.changed', 413: 'common.hint.size', 429: 'common.hint.wait', 503: 'common.hint.wait',
}

// Where the code knows better than the status what helps: a file that was refused is refused again after a reload.
const HINTS_OF: Record<string, string> = {
  'totp.wrong': '', 'totp.setup': '', 'totp-required': '', 'reset.code': '', 'reset.no-mail': '', 'password.wrong': '', 'session.step-up': '',
  'process.refused': 'common.hint.file', 'process.form': 'common.hint.file', 'process.same-drawing': 'common.hint.file',
}

/** What happened and what to do about it. The server's own sentence comes first: it knows more than the status says. */
export function readable(error: unknown, t: Translate): Readable {
  if (!(error instanceof Problem)) return { what: t('common.problem.unknown'), hint: t('common.hint.reload') }
  if (error.incident) return { what: error.detail || t('common.problem.server'), hint: t('common.hint.incident', { incident: error.incident }) }
  const [only, ...others] = error.errors
  // What is wrong with the only field says it all, also where the screen has no such field to mark.
  if (error.code === 'input.invalid' && only?.detail && others.length === 0 && only.code !== 'required') return { what: only.detail, hint: '' }
  const hint = HINTS_OF[error.code] ?? HINTS[error.status] ?? (error.status >= 500 ? 'common.hint.wait' : '')
  return { what: error.detail || t(whatKey(error.status)), hint: hint === '' ? '' : t(hint) }
}

function whatKey(status: number): string {
  if (status === 0) return 'common.problem.network'
  if (status === 401) return 'common.problem.signed-out'
  if (status === 403) return 'common.problem.right'
  if (status === 404) return 'common.problem.gone'
  if (status === 409 || status === 412) return 'common.problem.changed'
  if (status === 413) return 'common.problem.size'
  if (status >= 500) return 'common.problem.server'
  return 'common.problem.refused'
}
