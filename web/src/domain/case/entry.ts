// A timeline entry as a sentence; what was written with it stands below it.
import type { TimelineEntry } from '@/contract/types'
import { named } from '@/foundation/i18n'
import type { IconName } from '@/foundation/ui/icons'

type Translate = (key: string, params?: Record<string, unknown>) => string

export const KINDS = [
  'opened', 'claimed', 'released', 'delegated', 'returned', 'completed', 'commented', 'corrected', 'attached', 'linked', 'passed-on',
  'escalated', 'warned', 'paused', 'resumed', 'urged', 'mail-in', 'mail-out', 'cancelled', 'archived', 'incident', 'retried',
  'migrated', 'clock-changed', 'knowledge',
] as const
export type EntryKind = (typeof KINDS)[number]

/** The filters of the timeline: each shows some kinds; none shows all. */
export const FILTERS = {
  work: ['opened', 'claimed', 'released', 'delegated', 'returned', 'completed', 'passed-on', 'archived', 'cancelled', 'knowledge'],
  words: ['commented', 'urged', 'mail-in', 'mail-out'],
  limits: ['escalated', 'warned', 'paused', 'resumed', 'clock-changed', 'incident', 'retried', 'migrated'],
  facts: ['corrected', 'attached', 'linked'],
} as const satisfies Record<string, readonly EntryKind[]>
export type FilterName = keyof typeof FILTERS

const ICON: Partial<Record<EntryKind, IconName>> = {
  opened: 'plus', claimed: 'user', delegated: 'give', returned: 'back', completed: 'check', corrected: 'edit', attached: 'clip', linked: 'link',
  'passed-on': 'give', escalated: 'warning', warned: 'clock', paused: 'pause', resumed: 'play', urged: 'megaphone', 'mail-in': 'mailbox',
  'mail-out': 'mailbox', cancelled: 'close', archived: 'cases', incident: 'warning', retried: 'play', migrated: 'edit', 'clock-changed': 'clock', released: 'undo', knowledge: 'book',
}
export const entryIcon = (entry: TimelineEntry): IconName => ICON[entry.kind as EntryKind] ?? 'more'
export const entryTone = (entry: TimelineEntry): string =>
  ['escalated', 'incident', 'returned', 'cancelled'].includes(entry.kind) ? 'seal' : ['warned', 'urged', 'paused'].includes(entry.kind) ? 'amber' : entry.kind === 'completed' ? 'brand' : ''

/** Who did what; `to` names whoever was told or given the task. */
export function entryText(entry: TimelineEntry, t: Translate, to = ''): string {
  const step = named(entry)
  if (!(KINDS as readonly string[]).includes(entry.kind)) return step || entry.kind
  return t(step === '' ? `case.did-plain.${entry.kind}` : `case.did.${entry.kind}`, { step, to })
}

export interface Change { field: string; before: string; after: string }
const plain = (value: unknown): string => {
  if (value === null || value === undefined) return ''
  if (typeof value === 'object') return 'name' in value ? String(value.name) : JSON.stringify(value)
  return String(value)
}
/** What a correction changed: `data.changes` is a list of {field, before, after}. */
export function changes(entry: TimelineEntry): Change[] {
  const list = entry.data.changes
  if (!Array.isArray(list)) return []
  return list.map((item: Record<string, unknown>) => ({ field: plain(item.field), before: plain(item.before), after: plain(item.after) }))
}
