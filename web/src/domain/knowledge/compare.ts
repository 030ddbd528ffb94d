// What changed between two texts, sign by sign of Chinese and word by word of anything else.
export interface Piece { kind: 'same' | 'added' | 'removed'; text: string }

const MOST = 4_000_000
const tokens = (text: string): string[] => text.match(/[A-Za-z0-9]+|[\s\S]/gu) ?? []

/** The longest common part of both, token by token, as what stayed, came and went. */
export function compare(before: string, after: string): Piece[] {
  const [a, b] = [tokens(before), tokens(after)]
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1
  const [from, to] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)]
  const pieces: Piece[] = []
  const add = (kind: Piece['kind'], text: string): void => {
    const last = pieces.at(-1)
    if (text === '') return
    if (last?.kind === kind) last.text += text
    else pieces.push({ kind, text })
  }
  add('same', a.slice(0, head).join(''))
  // Two long texts with nothing in common are simply one and the other.
  if (from.length * to.length > MOST) { add('removed', from.join('')); add('added', to.join('')) }
  else for (const piece of middle(from, to)) add(piece.kind, piece.text)
  add('same', tail === 0 ? '' : a.slice(-tail).join(''))
  return pieces
}

function middle(a: string[], b: string[]): Piece[] {
  const wide = b.length + 1
  const common = new Uint16Array((a.length + 1) * wide)
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i * wide + j] = a[i] === b[j] ? common[(i + 1) * wide + j + 1]! + 1 : Math.max(common[(i + 1) * wide + j]!, common[i * wide + j + 1]!)
    }
  }
  const pieces: Piece[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { pieces.push({ kind: 'same', text: a[i]! }); i += 1; j += 1 }
    else if (j >= b.length || (i < a.length && common[(i + 1) * wide + j]! >= common[i * wide + j + 1]!)) { pieces.push({ kind: 'removed', text: a[i]! }); i += 1 }
    else { pieces.push({ kind: 'added', text: b[j]! }); j += 1 }
  }
  return pieces
}
