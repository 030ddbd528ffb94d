// What a case looks like on its flowchart: tokens, path, and the time spent per box.
import { computed, type Ref } from 'vue'
import type { Case, Diagram } from '@/contract/types'
import type { Marks } from '@/domain/process/flowchart'
import { present } from '@/foundation/format/clock'
import { useNow } from '@/foundation/format/now'
import { span } from '@/foundation/format/time'

const MINUTE = 60_000
const minutes = (since: string, now: number): number => Math.floor((now - Date.parse(since)) / MINUTE)
// Whole minutes: a drawing that changed every second would never be at rest.
const stay = (since: string, now: number): string => (minutes(since, now) > 0 ? span(minutes(since, now) * MINUTE) : '')
const late = (token: Diagram['active'][number], now: number): boolean => Boolean(token.due_at) && Date.parse(token.due_at!) < now

/**
 * Marks for the chart, renewed when a token has stayed another minute or is late from now on, and the box that the case
 * is on: first the one where it cannot go on.
 */
export function useCaseMarks(diagram: Ref<Diagram | undefined>, record: Ref<Case | undefined>) {
  const now = useNow()
  const standing = computed(() => (record.value?.standing ?? []).map((one) => one.element))
  const beat = computed(() => (diagram.value?.active ?? []).map((token) => `${minutes(token.since, now.value)} ${late(token, now.value)}`).join())
  const marks = computed<Marks | undefined>(() => {
    void beat.value
    return diagram.value ? marksOf(diagram.value, present(), standing.value) : undefined
  })
  const focus = computed(() => standing.value[0] ?? diagram.value?.active[0]?.element ?? lastLeft(diagram.value))
  return { marks, focus }
}

function lastLeft(diagram: Diagram | undefined): string | undefined {
  const left = (diagram?.visited ?? []).filter((box) => box.last_left_at)
  return left.sort((a, b) => (b.last_left_at ?? '').localeCompare(a.last_left_at ?? ''))[0]?.element
}

/** `standing` are the elements where the process cannot go on. */
export function marksOf(diagram: Diagram, now: number, standing: string[] = []): Marks {
  const active = new Map(diagram.active.map((token) => [token.element, token]))
  const elements: Marks['elements'] = diagram.visited
    .filter((box) => !active.has(box.element) && !standing.includes(box.element))
    .map((box) => ({
      element: box.element,
      kind: 'visited',
      // Events and gateways take no time; a badge on them would only hide the drawing.
      ...(box.ms >= 1000 ? { badge: box.times > 1 ? `${span(box.ms)} ×${box.times}` : span(box.ms) } : {}),
    }))
  for (const element of new Set(standing)) {
    const token = active.get(element)
    const badge = token ? stay(token.since, now) : ''
    elements.push({ element, kind: 'standing', ...(badge ? { badge } : {}) })
  }
  for (const token of active.values()) {
    if (standing.includes(token.element)) continue
    const badge = [token.assignee?.name, stay(token.since, now)].filter(Boolean).join(' · ')
    elements.push({ element: token.element, kind: late(token, now) ? 'late' : 'active', ...(badge ? { badge } : {}) })
  }
  return { elements, flows: diagram.flows.filter((flow) => flow.times > 0).map((flow) => flow.flow) }
}
