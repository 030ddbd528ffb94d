// What a file of holidays would change, as the preview shows it.
import type { HolidayChange, HolidayPreview, ImportYear } from '@/contract/types'
import type { FieldProblem } from '@/foundation/http/problem'
import { DAY } from '@/foundation/format/time'

/** A file's text: UTF-8, or what older programs for Windows in China write. */
export function textOf(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

/** The years taken unless somebody says otherwise: what changes something, from this year on. Deadlines of years gone by stay. */
export const proposed = (preview: HolidayPreview, thisYear: number): number[] =>
  preview.years.filter((year) => year.changes.length > 0 && year.year >= thisYear).map((year) => year.year)

export interface Span { from: string; to: string; change: HolidayChange }
/** Days after each other that become the same, in one. */
export function spans(year: ImportYear): Span[] {
  const found: Span[] = []
  for (const change of year.changes) {
    const last = found.at(-1)
    const next = last && new Date(Date.parse(last.to) + DAY).toISOString().slice(0, 10) === change.day
    if (last && next && last.change.before === change.before && last.change.after === change.after && last.change.name_zh === change.name_zh) last.to = change.day
    else found.push({ from: change.day, to: change.day, change })
  }
  return found
}

/** The errors of a refused file by line, in the file's order; an error without a line comes first. */
export function byLine(errors: FieldProblem[]): { line: number | null; what: string }[] {
  return errors
    .map((error) => ({ line: /^line\.(\d+)$/.test(error.field) ? Number(error.field.slice(5)) : null, what: error.detail ?? error.code }))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
}
