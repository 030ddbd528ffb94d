// The filters of the case list live in its address, so that a view can be kept, sent and gone back to.
import type { LocationQuery, LocationQueryRaw } from 'vue-router'

export const FILTER_NAMES = ['q', 'state', 'urgency', 'category', 'kind', 'organisation', 'owner', 'assignee', 'overdue', 'opened_from', 'opened_until'] as const
export type FilterName = (typeof FILTER_NAMES)[number]
export type Filters = Partial<Record<FilterName, string>>
export const START_STATE = 'open'

/** Filters as the address has them; without a state only open cases are meant, `all` means every one. */
export function fromAddress(query: LocationQuery): Filters {
  const filters: Filters = {}
  for (const name of FILTER_NAMES) {
    const value = query[name]
    if (typeof value === 'string' && value !== '') filters[name] = value
  }
  filters.state ??= START_STATE
  return filters
}

export function toAddress(filters: Filters): LocationQueryRaw {
  const query: LocationQueryRaw = {}
  for (const name of FILTER_NAMES) if (filters[name] && !(name === 'state' && filters[name] === START_STATE)) query[name] = filters[name]
  return query
}

const OFFSET = '+08:00'
/** What the server is asked; days become instants of the centre's zone, the last day counts whole. */
export function toQuery(filters: Filters): Filters {
  const { state, opened_from: from, opened_until: until, ...rest } = filters
  return {
    ...rest,
    ...(state && state !== 'all' ? { state } : {}),
    ...(from ? { opened_from: new Date(`${from}T00:00:00${OFFSET}`).toISOString() } : {}),
    ...(until ? { opened_until: new Date(`${until}T23:59:59.999${OFFSET}`).toISOString() } : {}),
  }
}
