// Why a process file was refused: one row for each reason, by its place in the file.
import type { FieldProblem } from '@/foundation/http/problem'

export interface Reason { line: string; column: string; rule: string; reason: string }

/** A reason that has no place in the drawing ("LINE:COLUMN"), a form's say, names what it is about before its rule. */
export function reasonOf(error: FieldProblem): Reason {
  const place = /^(\d+):(\d+)$/.exec(error.field)
  const reason = error.detail ?? ''
  return place ? { line: place[1]!, column: place[2]!, rule: error.code, reason } : { line: '', column: '', rule: `${error.field} ${error.code}`, reason }
}
