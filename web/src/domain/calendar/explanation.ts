// An explanation as people read it: day by day, what counted and what did not.
import type { Explanation, ExplanationStep, StepKind } from '@/contract/types'
import { dayOf, ms } from '@/foundation/format/time'

export interface Piece { from: string; to: string; kind: StepKind; counted: number; name_zh?: string | null; name_en?: string | null; share: number }
export interface Day { day: string; until: string; counted: number; pieces: Piece[] }

const RESTS: StepKind[] = ['weekend', 'holiday', 'unpublished']
const isRest = (step: ExplanationStep): boolean => RESTS.includes(step.kind)

/** Groups steps by the day they begin on; free days in a row that have the same name become one. */
export function byDay(explanation: Explanation): Day[] {
  const days: Day[] = []
  const rests = new Set<Day>()
  for (const step of explanation.steps) {
    const day = dayOf(step.from)
    const piece: Piece = { from: step.from, to: step.to, kind: step.kind, counted: step.counted_ms, name_zh: step.name_zh, name_en: step.name_en, share: 0 }
    const last = days.at(-1)
    const before = last?.pieces.at(-1)
    if (last && before && isRest(step) && rests.has(last) && before.kind === step.kind && before.name_zh === step.name_zh) {
      before.to = step.to
      last.until = lastDay(step)
      continue
    }
    if (last && last.day === day && !isRest(step) && !rests.has(last)) {
      last.pieces.push(piece)
      last.counted += step.counted_ms
      continue
    }
    const next: Day = { day, until: isRest(step) ? lastDay(step) : day, counted: step.counted_ms, pieces: [piece] }
    if (isRest(step)) rests.add(next)
    days.push(next)
  }
  return days
}

// A step that ends at midnight ends on the day before.
const lastDay = (step: ExplanationStep): string => dayOf(ms(step.to) - 1)

/** Widths for one bar over the whole: time that counts by its length, time that does not by a narrow mark. */
export function bar(explanation: Explanation): Piece[] {
  const GAP = 0.045
  const total = explanation.steps.reduce((sum, step) => sum + step.counted_ms, 0)
  const merged: Piece[] = []
  for (const step of explanation.steps) {
    const last = merged.at(-1)
    if (last && last.counted === 0 && step.counted_ms === 0 && last.kind === step.kind) { last.to = step.to; continue }
    merged.push({ from: step.from, to: step.to, kind: step.kind, counted: step.counted_ms, name_zh: step.name_zh, name_en: step.name_en, share: 0 })
  }
  const gaps = merged.filter((piece) => piece.counted === 0).length
  const rest = Math.max(0.3, 1 - gaps * GAP)
  for (const piece of merged) piece.share = piece.counted === 0 ? GAP : total === 0 ? 0 : (piece.counted / total) * rest
  return merged
}
