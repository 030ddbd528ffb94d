import { ref, watch, type Ref } from 'vue'

/** A value that follows another once it has rested, so that typing does not ask the server for each key. */
export function useDebounced<Value>(source: Readonly<Ref<Value>>, delay: number): Ref<Value> {
  const rested = ref(source.value) as Ref<Value>
  watch(source, (next, _before, onCleanup) => {
    const timer = setTimeout(() => { rested.value = next }, delay)
    onCleanup(() => clearTimeout(timer))
  })
  return rested
}
