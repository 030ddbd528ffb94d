// An import on its way, apart from how it looks: which column is what, and what is still missing.
import type { ImportChecked, ImportError, ImportField } from '@/contract/types'

export type Mapping = Record<string, string>

/** What the columns were taken for, as it can be sent back and changed: '' leaves a column out. */
export const mappingOf = (checked: ImportChecked): Mapping => Object.fromEntries(checked.columns.map((column) => [column.letters, column.field ?? '']))

/** The mapping with one column changed; a field has one column only, so that another one lets go of it. */
export function mapped(mapping: Mapping, letters: string, field: string): Mapping {
  const freed = Object.entries(mapping).map(([column, now]) => [column, field !== '' && now === field ? '' : now])
  return { ...Object.fromEntries(freed), [letters]: field }
}

/** Fields that must have a column and have none; where what is there is updated, only the first tells what is what. */
export function lacking(fields: ImportField[], mapping: Mapping, update: boolean): ImportField[] {
  const taken = new Set(Object.values(mapping))
  return fields.filter((field, at) => field.required && !taken.has(field.key) && (!update || at === 0))
}

/** The errors of a row, by field. */
export function errorsOf(errors: ImportError[], row: number): Map<string, ImportError> {
  return new Map(errors.filter((error) => error.row === row).map((error) => [error.field, error]))
}

/** Where on the sheet an error is, as a spreadsheet names it. */
export const placeOf = (error: ImportError): string => (error.row > 0 ? `${error.column}${error.row}` : error.column)

export const EXTENSIONS = '.xlsx,.csv,.txt,.tsv'
