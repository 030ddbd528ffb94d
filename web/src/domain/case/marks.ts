// What a case looks like on its flowchart: tokens, path, and the time spent per box.
import { computed, type Ref } from 'vue'
import type { Case, Diagram } from '@/contract/types'
import type { Marks } from '@/domain/process/flowchart'
import { useNow } from '@/foundation/format/now'
import { span } from '@/foundation/format/time'

/** Marks for the chart, renewed each minute, and the box that the case is on: first the one where it cannot go on. */
export function useCaseMarks(diagram: Ref<Diagram | undefined>, record: Ref<Case | undefined>) {
  const now = useNow()
  const standing = computed(() => (record.value?.standing ?? []).map((one) => one.element))
  const minute = computed(() => Math.floor(now.value / 60_000) * 60_000)
  const marks = computed<Marks | undefined>(() => (diagram.value ? marksOf(diagram.value, minute.value, standing.value) : undefined))
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
    elements.push({ element, kind: 'standing', ...(token ? { badge: span(now - Date.parse(token.since)) } : {}) })
  }
  for (const token of active.values()) {
    if (standing.includes(token.element)) continue
    const late = Boolean(token.due_at) && Date.parse(token.due_at!) < now
    const who = token.assignee ? `${token.assignee.name} · ` : ''
    elements.push({ element: token.element, kind: late ? 'late' : 'active', badge: who + span(now - Date.parse(token.since)) })
  }
  return { elements, flows: diagram.flows.filter((flow) => flow.times > 0).map((flow) => flow.flow) }
}
