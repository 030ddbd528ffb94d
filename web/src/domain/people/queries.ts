import { computed } from 'vue'
import { queryOptions, useQuery } from '@tanstack/vue-query'
import { api, ok } from '@/foundation/http/client'
import { named } from '@/foundation/i18n'

// Roles and departments change seldom; live updates renew them by name.
const LONG = 10 * 60_000
export const rolesQuery = queryOptions({ queryKey: ['roles'], queryFn: () => ok(api.GET('/roles')), staleTime: LONG })
export const departmentsQuery = queryOptions({ queryKey: ['departments'], queryFn: () => ok(api.GET('/departments', { params: { query: { limit: '200' } } })), staleTime: LONG })

/** A role's name in the reader's language; its key while names are on their way. */
export function useRoleNames(): (key: string) => string {
  const { data } = useQuery(rolesQuery)
  const names = computed(() => new Map(data.value?.items.map((role) => [role.key, named(role)])))
  return (key) => names.value.get(key) ?? key
}
