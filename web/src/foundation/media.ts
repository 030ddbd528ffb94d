import { onScopeDispose, ref, type Ref } from 'vue'

/** Whether a media query holds, as long as the calling scope lives. */
export function useMedia(query: string): Readonly<Ref<boolean>> {
  const list = matchMedia(query)
  const holds = ref(list.matches)
  const change = (): void => { holds.value = list.matches }
  list.addEventListener('change', change)
  onScopeDispose(() => list.removeEventListener('change', change))
  return holds
}
