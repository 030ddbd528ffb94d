// Half-typed text that survives a closed tab, per person: on a shared office PC nobody finds a colleague's words.
import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { me } from './session'

interface Kept<Value> { at: number; value: Value }
const DELAY = 250
const LIFE = 14 * 86_400_000

const keyOf = (name: string): string => `kw.draft.${me.value?.id ?? ''}.${name}`

function read<Value>(key: string): Kept<Value> | null {
  try {
    const text = localStorage.getItem(key)
    if (text === null) return null
    const kept = JSON.parse(text) as Kept<Value>
    return Date.now() - kept.at < LIFE ? kept : null
  } catch {
    return null
  }
}

export interface Draft { restoredAt: Ref<number | null>; clear: () => void }

/**
 * Keeps `value` under `name` while it is being typed and puts back what was kept. `empty` says when there is nothing
 * worth keeping. Call `clear` once the server has it.
 */
export function useDraft<Value extends object>(name: string, value: Ref<Value>, empty: (value: Value) => boolean): Draft {
  const key = keyOf(name)
  const kept = read<Value>(key)
  const restoredAt = ref<number | null>(null)
  if (kept && !empty(kept.value)) {
    value.value = { ...value.value, ...kept.value }
    restoredAt.value = kept.at
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  function save(): void {
    clearTimeout(timer)
    timer = undefined
    try {
      if (empty(value.value)) localStorage.removeItem(key)
      else localStorage.setItem(key, JSON.stringify({ at: Date.now(), value: value.value }))
    } catch { /* storage is full or forbidden: typing goes on, only the net is missing */ }
  }
  const flush = (): void => { if (timer !== undefined) save() }
  watch(value, () => { clearTimeout(timer); timer = setTimeout(save, DELAY) }, { deep: true })
  addEventListener('pagehide', flush)
  onScopeDispose(() => { flush(); removeEventListener('pagehide', flush) })
  function clear(): void {
    clearTimeout(timer)
    timer = undefined
    restoredAt.value = null
    localStorage.removeItem(key)
  }
  return { restoredAt, clear }
}
