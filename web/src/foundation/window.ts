// Only the rows on the screen are drawn: a list of 100,000 costs what 40 cost.
import { computed, onMounted, onUnmounted, ref, watch, type ComputedRef, type Ref } from 'vue'

const AHEAD = 12

export interface Shown<Item> { rows: ComputedRef<{ item: Item; index: number }[]>; above: ComputedRef<number>; below: ComputedRef<number>; reveal: (index: number) => void }

/** The rows of `items` that the page shows, each `height` pixels high, inside `frame`; asks for more near the end. */
export function useWindow<Item>(items: Readonly<Ref<readonly Item[]>>, height: Readonly<Ref<number>>, frame: Readonly<Ref<HTMLElement | undefined>>, more: () => void): Shown<Item> {
  const first = ref(0)
  const last = ref(40)
  let waiting = false

  function measure(): void {
    waiting = false
    const top = frame.value?.getBoundingClientRect().top ?? 0
    first.value = Math.max(0, Math.floor(-top / height.value) - AHEAD)
    last.value = Math.ceil((innerHeight - top) / height.value) + AHEAD
    if (last.value >= items.value.length) more()
  }
  function soon(): void {
    if (waiting) return
    waiting = true
    requestAnimationFrame(measure)
  }
  onMounted(() => { addEventListener('scroll', soon, { passive: true }); addEventListener('resize', soon); soon() })
  onUnmounted(() => { removeEventListener('scroll', soon); removeEventListener('resize', soon) })
  watch([items, height], soon)

  const end = computed(() => Math.min(last.value, items.value.length))
  const begin = computed(() => Math.min(first.value, end.value))
  function reveal(index: number): void {
    const top = (frame.value?.getBoundingClientRect().top ?? 0) + index * height.value
    if (top < 120) scrollBy({ top: top - 120 })
    else if (top + height.value > innerHeight - 80) scrollBy({ top: top + height.value - innerHeight + 80 })
  }
  return {
    rows: computed(() => items.value.slice(begin.value, end.value).map((item, i) => ({ item, index: begin.value + i }))),
    above: computed(() => begin.value * height.value),
    below: computed(() => (items.value.length - end.value) * height.value),
    reveal,
  }
}
