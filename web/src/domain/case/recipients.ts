// Whom an entry speaks of: roles that were told, or the person a task went to.
import { computed, type ComputedRef } from 'vue'
import { useQuery } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import type { TimelineEntry } from '@/contract/types'
import { nameOf } from '@/domain/place/search'

export function useRecipients(entry: () => TimelineEntry, roleName: (key: string) => string): ComputedRef<string> {
  const { t } = useI18n()
  const to = computed(() => entry().data.to)
  const person = computed(() => (entry().kind === 'delegated' && typeof to.value === 'string' ? to.value : ''))
  const { data: name } = useQuery({
    queryKey: computed(() => ['name', 'person', person.value]), queryFn: () => nameOf('person', person.value), enabled: computed(() => person.value !== ''), staleTime: 600_000, retry: false,
  })
  return computed(() => {
    if (person.value !== '') return name.value ?? ''
    const roles = Array.isArray(to.value) ? to.value.filter((role): role is string => typeof role === 'string') : []
    return roles.map((role) => (role === 'task-holder' ? t('case.task-holder') : roleName(role))).join('、')
  })
}
