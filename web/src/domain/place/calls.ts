// The calls behind each kind of place: lists, one, new, changed.
import type { Asset, Organisation, Page, Site, Terminal } from '@/contract/types'
import { api, keyed, matching, ok } from '@/foundation/http/client'
import type { Place, PlaceKind } from './fields'

export type Body = Record<string, string | null>

export function list(kind: PlaceKind, query: Record<string, string | undefined>): Promise<Page<Place>> {
  const params = { params: { query } } as never
  switch (kind) {
    case 'organisations': return ok<Page<Organisation>>(api.GET('/organisations', params))
    case 'sites': return ok<Page<Site>>(api.GET('/sites', params))
    case 'assets': return ok<Page<Asset>>(api.GET('/assets', params))
    case 'terminals': return ok<Page<Terminal>>(api.GET('/terminals', params))
  }
}

export function one(kind: PlaceKind, id: string): Promise<Place> {
  const params = { params: { path: { id } } }
  switch (kind) {
    case 'organisations': return ok(api.GET('/organisations/{id}', params))
    case 'sites': return ok(api.GET('/sites/{id}', params))
    case 'assets': return ok(api.GET('/assets/{id}', params))
    case 'terminals': return ok(api.GET('/terminals/{id}', params))
  }
}

export function add(kind: PlaceKind, key: string, body: Body): Promise<Place> {
  const call = { headers: keyed(key), body: body as never }
  switch (kind) {
    case 'organisations': return ok(api.POST('/organisations', call))
    case 'sites': return ok(api.POST('/sites', call))
    case 'assets': return ok(api.POST('/assets', call))
    case 'terminals': return ok(api.POST('/terminals', call))
  }
}

export function change(kind: PlaceKind, place: Place, body: Body): Promise<Place> {
  const call = { params: { path: { id: place.id } }, headers: matching(place.version), body: body as never }
  switch (kind) {
    case 'organisations': return ok(api.PATCH('/organisations/{id}', call))
    case 'sites': return ok(api.PATCH('/sites/{id}', call))
    case 'assets': return ok(api.PATCH('/assets/{id}', call))
    case 'terminals': return ok(api.PATCH('/terminals/{id}', call))
  }
}
