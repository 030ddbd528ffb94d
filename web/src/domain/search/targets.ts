// Where a thing that was found is looked at, and what stands for it.
import type { FoundItem } from '@/contract/types'
import type { IconName } from '@/foundation/ui/icons'

interface Target { icon: IconName; to: (id: string) => string }
const TARGETS: Record<string, Target> = {
  case: { icon: 'cases', to: (id) => `/cases/${id}` },
  knowledge: { icon: 'book', to: (id) => `/knowledge/${id}` },
  person: { icon: 'people', to: (id) => `/people/${id}` },
  organisation: { icon: 'places', to: (id) => `/places/organisations?open=${id}` },
  site: { icon: 'site', to: (id) => `/places/sites?open=${id}` },
  asset: { icon: 'asset', to: (id) => `/places/assets?open=${id}` },
}
/** Kinds that a search can be narrowed to, in the order in which they are offered. */
export const KINDS = ['cases', 'knowledge', 'person', 'organisation', 'site', 'asset'] as const

export const targetOf = (item: FoundItem): Target | undefined => TARGETS[item.kind]
