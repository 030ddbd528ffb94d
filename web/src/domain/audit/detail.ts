// An entry's data as people read it: one line a value, and where something changed, before and after.
export interface Line { name: string; before: string | null; text: string }

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function said(value: unknown): string {
  if (value === null || value === undefined || value === '') return '—'
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return value.length === 0 ? '—' : value.join('、')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Objects inside come with their path: imap.host. Deeper than three they stay JSON. */
function flat(value: unknown, path: string, out: Map<string, string>, depth = 0): void {
  if (isObject(value) && depth < 3 && Object.keys(value).length > 0) {
    for (const [name, inside] of Object.entries(value)) flat(inside, path === '' ? name : `${path}.${name}`, out, depth + 1)
  } else out.set(path, said(value))
}

/** `old` and `new` of a change beside each other, only where they differ; everything else as it is. */
export function lines(data: unknown): Line[] {
  if (!isObject(data)) return [{ name: '', before: null, text: said(data) }]
  const { old: before, new: after, ...rest } = data
  const found: Line[] = []
  if (before !== undefined || after !== undefined) {
    const [was, is] = [new Map<string, string>(), new Map<string, string>()]
    if (before !== undefined && before !== null) flat(before, '', was)
    if (after !== undefined && after !== null) flat(after, '', is)
    for (const name of new Set([...was.keys(), ...is.keys()])) {
      if (was.get(name) !== is.get(name)) found.push({ name, before: was.get(name) ?? '—', text: is.get(name) ?? '—' })
    }
  }
  const others = new Map<string, string>()
  for (const [name, value] of Object.entries(rest)) flat(value, name, others)
  return [...found, ...[...others].map(([name, text]) => ({ name, before: null, text }))]
}

/** The case of a chain, where it is one's. */
export const caseOf = (chain: string): string | null => /^case:(\d+)$/.exec(chain)?.[1] ?? null

/** The query of what is asked; days are the centre's, and the last one is meant whole. */
export function queryOf(asked: Record<'chain' | 'action' | 'actor' | 'subject' | 'from' | 'until' | 'seq', string>, instantOf: (day: string, after: number) => string): Record<string, string> {
  const query: Record<string, string> = {}
  for (const name of ['chain', 'action', 'actor', 'subject'] as const) if (asked[name].trim() !== '') query[name] = asked[name].trim()
  if (asked.seq !== '' && query.chain) query.seq = asked.seq
  if (asked.from !== '') query.from = instantOf(asked.from, 0)
  if (asked.until !== '') query.until = instantOf(asked.until, 1)
  return query
}
