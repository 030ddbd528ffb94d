// What is kept about organisations, sites and assets, as lists and forms show it.
import type { Asset, Organisation, OrganisationKind, Ref as Named, Site } from '@/contract/types'
import type { PickKind } from './search'

export type PlaceKind = 'organisations' | 'sites' | 'assets'
export type Place = Organisation | Site | Asset
export interface PlaceField { name: string; how: 'line' | 'text' | 'pick' | 'kind'; pick?: PickKind; required?: boolean; listed?: boolean; wide?: boolean }
export const ORGANISATION_KINDS: OrganisationKind[] = ['customer', 'operator', 'partner', 'builder', 'installer']

export const FIELDS: Record<PlaceKind, PlaceField[]> = {
  organisations: [
    { name: 'name', how: 'line', required: true, listed: true, wide: true }, { name: 'type', how: 'kind', required: true, listed: true }, { name: 'region', how: 'pick', pick: 'region', listed: true },
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
}

/** The value of a field; a region is a code with a name beside it. */
export function valueOf(place: Place, field: PlaceField): Named | string | null {
  const row = place as unknown as Record<string, Named | string | null>
  if (field.name === 'type') return row.kind ?? null
  if (field.name === 'region') return row.region ? { id: row.region as string, name: (row.region_name ?? row.region) as string } : null
  return row[field.name] ?? null
}
