// The rules of a task's form, apart from how it looks: which fields are shown, what is missing, what is sent.
import type { FormField } from '@/contract/types'
import { asks, holds } from '@/foundation/when'

export type Values = Record<string, unknown>
export type FieldError = 'required' | 'too-long' | 'too-small' | 'too-big' | 'number'

const scopeOf = (values: Values, outcome: string | null): Values => ({ ...values, outcome })
const REFERENCES = new Set(['person', 'organisation', 'contact', 'site', 'asset', 'signature'])
const LISTS = new Set(['persons', 'choices', 'files'])

/** What a reference is known by: the server may give the thing itself or only its id. */
export function idOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value
  if (typeof value === 'object' && value !== null && 'id' in value) return String((value as { id: unknown }).id)
  return null
}

export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true
  if (typeof value === 'string') return value.trim() === ''
  return Array.isArray(value) && value.length === 0
}

export function shown(fields: readonly FormField[], values: Values, outcome: string | null): FormField[] {
  const scope = scopeOf(values, outcome)
  return fields.filter((field) => holds(field.when, scope))
}

/** Whether choosing an outcome changes what is asked, so that people must see it before they confirm. */
export const outcomeMatters = (fields: readonly FormField[]): boolean => fields.some((field) => asks(field.when, 'outcome'))

export function wrong(field: FormField, value: unknown): FieldError | null {
  if (isEmpty(value)) return field.required ? 'required' : null
  // A box that must be ticked is a promise: left empty it is missing.
  if (field.type === 'boolean') return field.required && value !== true ? 'required' : null
  if (field.type === 'number') {
    if (typeof value !== 'number' || Number.isNaN(value)) return 'number'
    if (typeof field.min === 'number' && value < field.min) return 'too-small'
    return typeof field.max === 'number' && value > field.max ? 'too-big' : null
  }
  // Counted in characters as people see them, as the server does, not in UTF-16 units.
  return typeof value === 'string' && typeof field.max === 'number' && [...value].length > field.max ? 'too-long' : null
}

export function problems(fields: readonly FormField[], values: Values, outcome: string | null): Map<string, FieldError> {
  const found = new Map<string, FieldError>()
  for (const field of shown(fields, values, outcome)) {
    const error = wrong(field, values[field.id])
    if (error) found.set(field.id, error)
  }
  return found
}

function sent(field: FormField, value: unknown): unknown {
  if (LISTS.has(field.type)) return Array.isArray(value) ? value.map((item) => idOf(item) ?? item) : []
  if (isEmpty(value)) return null
  if (REFERENCES.has(field.type)) return idOf(value)
  return typeof value === 'string' ? value.trim() : value
}

/** What the server takes: the shown fields only, references by their ids. */
export function payload(fields: readonly FormField[], values: Values, outcome: string | null): Values {
  return Object.fromEntries(shown(fields, values, outcome).map((field) => [field.id, sent(field, values[field.id])]))
}
