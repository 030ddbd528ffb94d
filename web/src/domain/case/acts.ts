// What people do with a case, beside working on its tasks.
import { useQueryClient } from '@tanstack/vue-query'
import type { CaseFacts } from '@/contract/types'
import { api, keyed, matching, ok } from '@/foundation/http/client'

export type PlainAct = 'cancel' | 'pause' | 'urge'

export function useCaseRefresh(): (id: string) => Promise<void> {
  const client = useQueryClient()
  return async (id) => {
    await Promise.all([
      client.invalidateQueries({ queryKey: ['case', id] }),
      client.invalidateQueries({ queryKey: ['cases'] }),
      client.invalidateQueries({ queryKey: ['tasks'] }),
    ])
  }
}

export function act(id: string, kind: PlainAct, key: string, text: string, until: string | null): Promise<unknown> {
  const call = { params: { path: { id } }, headers: keyed(key) }
  if (kind === 'cancel') return ok(api.POST('/cases/{id}/cancel', { ...call, body: { reason: text } }))
  if (kind === 'pause') return ok(api.POST('/cases/{id}/pause', { ...call, body: { reason: text, ...(until ? { until } : {}) } }))
  return ok(api.POST('/cases/{id}/urge', { ...call, body: text === '' ? {} : { text } }))
}

export const resume = (id: string, key: string): Promise<unknown> => ok(api.POST('/cases/{id}/resume', { params: { path: { id } }, headers: keyed(key) }))

export const correct = (id: string, version: number, facts: CaseFacts & { reason?: string }): Promise<unknown> =>
  ok(api.PATCH('/cases/{id}', { params: { path: { id } }, headers: matching(version), body: facts }))
