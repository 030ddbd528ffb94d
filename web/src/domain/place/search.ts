// One way to look for people, organisations, contacts, sites and assets while typing.
import type { Ref as Named } from '@/contract/types'
import { api, ok } from '@/foundation/http/client'

export type PickKind = 'person' | 'organisation' | 'contact' | 'site' | 'asset' | 'department' | 'region' | 'case'
export interface Found extends Named { detail: string }
export interface Narrowing { role?: string | null; within?: string | null }
const LIMIT = '12'

const joined = (...parts: (string | null | undefined)[]): string => parts.filter(Boolean).join(' · ')

export async function search(kind: PickKind, q: string, { role, within }: Narrowing = {}): Promise<Found[]> {
  const organisation = within ?? undefined
  switch (kind) {
    case 'person': {
      const page = await ok(api.GET('/people', { params: { query: { q, kind: 'staff', role: role ?? undefined, active: 'true', limit: LIMIT } } }))
      return page.items.map((row) => ({ id: row.id, name: row.name, detail: joined(row.department?.name, row.phone) }))
    }
    case 'contact': {
      const page = within && q === ''
        ? await ok(api.GET('/organisations/{id}/contacts', { params: { path: { id: within } } }))
        : await ok(api.GET('/people', { params: { query: { q, kind: 'contact', organisation, limit: LIMIT } } }))
      return page.items.map((row) => ({ id: row.id, name: row.name, detail: joined(row.organisation?.name, row.phone) }))
    }
    case 'organisation': {
      const page = await ok(api.GET('/organisations', { params: { query: { q, limit: LIMIT } } }))
      return page.items.map((row) => ({ id: row.id, name: row.name, detail: joined(row.region_name, row.phone) }))
    }
    case 'site': {
      const page = await ok(api.GET('/sites', { params: { query: { q, organisation, limit: LIMIT } } }))
      return page.items.map((row) => ({ id: row.id, name: row.name, detail: joined(row.organisation?.name, row.address) }))
    }
    case 'asset': {
      const page = await ok(api.GET('/assets', { params: { query: { q, organisation, limit: LIMIT } } }))
      return page.items.map((row) => ({ id: row.id, name: row.name, detail: joined(row.model, row.site?.name) }))
    }
    case 'case': {
      const page = await ok(api.GET('/cases', { params: { query: { q, limit: LIMIT } } }))
      return page.items.map((row) => ({ id: row.id, name: `${row.number} ${row.title}`, detail: row.organisation?.name ?? '' }))
    }
    case 'department': {
      const page = await ok(api.GET('/departments', { params: { query: { limit: '200' } } }))
      return page.items.filter((row) => row.name.includes(q)).slice(0, Number(LIMIT)).map((row) => ({ id: row.id, name: row.name, detail: row.parent?.name ?? '' }))
    }
    case 'region': {
      const page = await ok(api.GET('/regions'))
      return page.items.filter((row) => row.name.includes(q)).slice(0, Number(LIMIT)).map((row) => ({ id: row.code, name: row.name, detail: row.code }))
    }
  }
}

/** The name behind a bare id, where a form's value is only that. */
export async function nameOf(kind: PickKind, id: string): Promise<string> {
  const params = { params: { path: { id } } }
  switch (kind) {
    case 'person': case 'contact': return (await ok(api.GET('/people/{id}', params))).name
    case 'organisation': return (await ok(api.GET('/organisations/{id}', params))).name
    case 'site': return (await ok(api.GET('/sites/{id}', params))).name
    case 'asset': return (await ok(api.GET('/assets/{id}', params))).name
    case 'case': return (await ok(api.GET('/cases/{id}', params))).number
    default: return id
  }
}
