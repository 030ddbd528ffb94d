// What screens ask the server about a case, under the keys that live updates renew.
import { computed, type Ref } from 'vue'
import { queryOptions } from '@tanstack/vue-query'
import { api, ok } from '@/foundation/http/client'

export const caseQuery = (id: Readonly<Ref<string>>) => queryOptions({
  queryKey: computed(() => ['case', id.value, 'record']),
  queryFn: () => ok(api.GET('/cases/{id}', { params: { path: { id: id.value } } })),
})

/** The newest entries only; the whole timeline is paged on the case's own screen. */
export const timelineQuery = (id: Readonly<Ref<string>>) => queryOptions({
  queryKey: computed(() => ['case', id.value, 'newest']),
  queryFn: () => ok(api.GET('/cases/{id}/timeline', { params: { path: { id: id.value }, query: { limit: '6' } } })),
})

export const diagramQuery = (id: Readonly<Ref<string>>) => queryOptions({
  queryKey: computed(() => ['case', id.value, 'diagram']),
  queryFn: () => ok(api.GET('/cases/{id}/diagram', { params: { path: { id: id.value } } })),
})
