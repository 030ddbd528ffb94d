// What is offered for what is being typed, and why.
import { computed, type Ref } from 'vue'
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { KnowledgeOffer } from '@/contract/types'
import { api, ok } from '@/foundation/http/client'
import { useDebounced } from '@/foundation/debounced'

export type Reason = 'alike' | 'any' | 'words' | 'category'

/** The strongest reason for which an article is offered, with its number. */
export function reasonOf(offer: KnowledgeOffer): [Reason, number] {
  if (offer.solved > 0) return [offer.alike ? 'alike' : 'any', offer.solved]
  return offer.words > 0 ? ['words', offer.words] : ['category', 0]
}

export interface Matter { text: string; category: string; asset: string | null }

// Addresses have an end; the beginning of a report says what it is about.
const TYPED = 300

export function useOffers(matter: Ref<Matter>, enabled: Ref<boolean>) {
  const asked = useDebounced(computed(() => ({
    ...(matter.value.text.trim() ? { q: [...matter.value.text.trim()].slice(0, TYPED).join('') } : {}),
    ...(matter.value.category ? { category: matter.value.category } : {}), ...(matter.value.asset ? { asset: matter.value.asset } : {}),
  })), 300)
  const said = computed(() => Boolean(asked.value.q ?? asked.value.category))
  const query = useQuery({
    queryKey: computed(() => ['knowledge', 'suggest', asked.value]),
    queryFn: () => ok(api.GET('/knowledge/suggest', { params: { query: asked.value } })),
    enabled: computed(() => enabled.value && said.value),
    placeholderData: keepPreviousData,
  })
  return { ...query, said, offers: computed<KnowledgeOffer[]>(() => (said.value ? (query.data.value?.items ?? []) : [])) }
}
