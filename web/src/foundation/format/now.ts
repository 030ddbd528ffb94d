// One ticking clock for all countdowns on the page; it rests while nobody looks.
import { onScopeDispose, ref, type Ref } from 'vue'
import { present } from './clock'

const now = ref(present())
let users = 0
let timer: ReturnType<typeof setInterval> | undefined

function tick(): void {
  if (document.visibilityState === 'visible') now.value = present()
}

/** The present in milliseconds, renewed each second while the calling scope lives. */
export function useNow(): Readonly<Ref<number>> {
  users += 1
  now.value = present()
  timer ??= setInterval(tick, 1000)
  onScopeDispose(() => {
    users -= 1
    if (users === 0) { clearInterval(timer); timer = undefined }
  })
  return now
}
