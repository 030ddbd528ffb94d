// What is kept about organisations, sites, assets and terminals, as lists and forms show it.
import type { Asset, Organisation, OrganisationKind, Ref as Named, Site, Terminal } from '@/contract/types'
import type { PickKind } from './search'

export type PlaceKind = 'organisations' | 'sites' | 'assets' | 'terminals'
export type Place = Organisation | Site | Asset | Terminal
/** `choices`: the words of a choice, whose texts stand below `texts`; `filter`: the list is narrowed by it. */
export interface PlaceField {
  name: string; how: 'line' | 'text' | 'pick' | 'choice' | 'day'; pick?: PickKind; choices?: readonly string[]; texts?: string; filter?: boolean
  required?: boolean; listed?: boolean; wide?: boolean
}
export const KINDS: PlaceKind[] = ['organisations', 'sites', 'assets', 'terminals']
export const ORGANISATION_KINDS: OrganisationKind[] = ['customer', 'operator', 'partner', 'builder', 'installer']
export const TERMINAL_KINDS: Terminal['kind'][] = ['set-top-box', 'gateway', 'router', 'television', 'other']
export const TERMINAL_STATES: Terminal['state'][] = ['in-use', 'in-stock', 'suspended', 'removed']

export const FIELDS: Record<PlaceKind, PlaceField[]> = {
  organisations: [
    { name: 'name', how: 'line', required: true, listed: true, wide: true },
    { name: 'type', how: 'choice', choices: ORGANISATION_KINDS, texts: 'organisation-kind', filter: true, required: true, listed: true }, { name: 'region', how: 'pick', pick: 'region', listed: true },
    { name: 'phone', how: 'line', listed: true }, { name: 'address', how: 'line', wide: true, listed: true }, { name: 'note', how: 'text', wide: true },
  ],
  sites: [
    { name: 'name', how: 'line', required: true, listed: true, wide: true }, { name: 'organisation', how: 'pick', pick: 'organisation', listed: true }, { name: 'region', how: 'pick', pick: 'region', listed: true },
    { name: 'address', how: 'line', wide: true, listed: true },
  ],
  assets: [
    { name: 'name', how: 'line', required: true, listed: true, wide: true }, { name: 'class', how: 'line', required: true }, { name: 'model', how: 'line', listed: true }, { name: 'serial', how: 'line' },
    { name: 'ip', how: 'line', listed: true }, { name: 'organisation', how: 'pick', pick: 'organisation', listed: true }, { name: 'site', how: 'pick', pick: 'site', listed: true }, { name: 'parent', how: 'pick', pick: 'asset' },
  ],
  terminals: [
    { name: 'serial', how: 'line', required: true, listed: true }, { name: 'type', how: 'choice', choices: TERMINAL_KINDS, texts: 'terminal-kind', filter: true, required: true, listed: true },
    { name: 'customer_name', how: 'line', listed: true }, { name: 'phone', how: 'line', listed: true }, { name: 'address', how: 'line', wide: true, listed: true }, { name: 'model', how: 'line' },
    { name: 'region', how: 'pick', pick: 'region' }, { name: 'served-by', how: 'pick', pick: 'organisation', listed: true }, { name: 'access-site', how: 'pick', pick: 'site' },
    { name: 'installed_on', how: 'day' }, { name: 'state', how: 'choice', choices: TERMINAL_STATES, texts: 'terminal-state', filter: true, required: true, listed: true }, { name: 'note', how: 'text', wide: true },
  ],
}

// Where the same thing is called otherwise on a kind of place.
const KEYS: Record<string, string> = { type: 'kind', 'served-by': 'organisation', 'access-site': 'site' }
/** What the API calls a field. */
export const keyOf = (field: PlaceField): string => KEYS[field.name] ?? field.name

/** The value of a field; a region is a code with a name beside it. */
export function valueOf(place: Place, field: PlaceField): Named | string | null {
  const row = place as unknown as Record<string, Named | string | null>
  if (field.name === 'region') return row.region ? { id: row.region as string, name: (row.region_name ?? row.region) as string } : null
  return row[keyOf(field)] ?? null
}

/** What a list shows of a field; `text` gives the words of a choice. */
export function shown(place: Place, field: PlaceField, text: (key: string) => string): string {
  const value = valueOf(place, field)
  if (field.how === 'choice') return typeof value === 'string' ? text(`${field.texts}.${value}`) : ''
  return typeof value === 'object' ? (value?.name ?? '') : value
}
