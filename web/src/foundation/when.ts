// The conditions of form fields (`when`): the small part of FEEL that forms use — comparisons of names with values,
// `in (…)`, and, or, not(…). What cannot be read counts as true: the server decides, and a field too many does no harm.

type Value = string | number | boolean | null
type Scope = Record<string, unknown>
interface Token { kind: 'name' | 'value' | 'sign'; text: string; value?: Value }

const PATTERN = /\s*(?:("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)|([\p{L}_][\p{L}\p{N}_.]*)|(<=|>=|!=|[=<>(),]))/uy
const WORDS: Record<string, Value> = { true: true, false: false, null: null }

function tokens(text: string): Token[] {
  const found: Token[] = []
  PATTERN.lastIndex = 0
  while (text.slice(PATTERN.lastIndex).trim() !== '') {
    const match = PATTERN.exec(text)
    if (!match) throw new SyntaxError(text)
    const [, quoted, number, name, sign] = match
    if (quoted !== undefined) found.push({ kind: 'value', text: quoted, value: JSON.parse(quoted) as string })
    else if (number !== undefined) found.push({ kind: 'value', text: number, value: Number(number) })
    else if (name !== undefined && name in WORDS) found.push({ kind: 'value', text: name, value: WORDS[name] ?? null })
    else if (name !== undefined) found.push({ kind: 'name', text: name })
    else found.push({ kind: 'sign', text: sign! })
  }
  return found
}

class Reader {
  private at = 0
  constructor(private readonly list: Token[], private readonly scope: Scope) {}

  whole(): boolean {
    const result = this.either()
    if (this.at < this.list.length) throw new SyntaxError('more than an expression')
    return result
  }

  // Both sides are always read, whatever the first one says: reading is what moves on.
  private either(): boolean {
    let result = this.both()
    while (this.taken('or')) { const next = this.both(); result = result || next }
    return result
  }

  private both(): boolean {
    let result = this.single()
    while (this.taken('and')) { const next = this.single(); result = result && next }
    return result
  }

  private single(): boolean {
    if (this.taken('not')) { this.must('('); const inner = this.either(); this.must(')'); return !inner }
    if (this.taken('(')) { const inner = this.either(); this.must(')'); return inner }
    const left = this.operand()
    const sign = this.list[this.at]?.text
    if (this.taken('in')) return this.among(left)
    if (sign === undefined || !['=', '!=', '<', '<=', '>', '>='].includes(sign)) return left === true
    this.at += 1
    return compare(left, sign, this.operand())
  }

  private among(left: Value): boolean {
    this.must('(')
    let found = false
    do { if (this.operand() === left) found = true } while (this.taken(','))
    this.must(')')
    return found
  }

  private operand(): Value {
    const token = this.list[this.at]
    if (!token || token.kind === 'sign') throw new SyntaxError('a name or value is missing')
    this.at += 1
    if (token.kind === 'value') return token.value ?? null
    const value = this.scope[token.text]
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
  }

  private taken(text: string): boolean {
    const token = this.list[this.at]
    if (token?.text !== text || token.kind === 'value') return false
    this.at += 1
    return true
  }

  private must(text: string): void {
    if (!this.taken(text)) throw new SyntaxError(`${text} is missing`)
  }
}

function compare(left: Value, sign: string, right: Value): boolean {
  if (sign === '=') return left === right
  if (sign === '!=') return left !== right
  if (left === null || right === null || typeof left !== typeof right) return false
  if (sign === '<') return left < right
  if (sign === '<=') return left <= right
  return sign === '>' ? left > right : left >= right
}

/** Whether a condition holds for the values of a form (and `outcome`); no condition holds always. */
export function holds(when: string | null | undefined, scope: Scope): boolean {
  if (when === null || when === undefined || when.trim() === '') return true
  try {
    return new Reader(tokens(when), scope).whole()
  } catch {
    return true
  }
}

/** Whether a condition asks for a name, so that it can change with it. */
export const asks = (when: string | null | undefined, name: string): boolean => {
  if (when === null || when === undefined) return false
  try { return tokens(when).some((token) => token.kind === 'name' && token.text === name) } catch { return false }
}
