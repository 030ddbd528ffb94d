import { ref, watch } from 'vue'

export const COLUMNS = ['number', 'title', 'step', 'assignee', 'due', 'organisation', 'contact', 'urgency', 'category', 'state', 'owner', 'channel', 'opened', 'updated'] as const
export type Column = (typeof COLUMNS)[number]
const KEPT = 'kw.columns.cases'
const USUAL: Column[] = ['number', 'title', 'step', 'assignee', 'due', 'organisation', 'urgency', 'opened']

function kept(): Column[] {
  try {
    const list = JSON.parse(localStorage.getItem(KEPT) ?? '[]') as unknown[]
    const known = COLUMNS.filter((name) => list.includes(name))
    return known.length > 0 ? known : USUAL
  } catch { return USUAL }
}

/** The columns that this browser's user wants to see, in the usual order. */
export function useColumns() {
  const shown = ref<Column[]>(kept())
  watch(shown, () => localStorage.setItem(KEPT, JSON.stringify(shown.value)))
  function toggle(name: Column): void {
    // The title is what opens a case: a list without it would be of no use.
    if (name === 'title') return
    shown.value = COLUMNS.filter((column) => (column === name ? !shown.value.includes(name) : shown.value.includes(column)))
  }
  return { shown, toggle }
}
