// The workbench's order made visible: what is late, due today, later. The list itself comes sorted from the server.
import type { TaskRow } from '@/contract/types'
import { DAY, dayOf } from '@/foundation/format/time'

export type GroupName = 'overdue' | 'today' | 'tomorrow' | 'later' | 'unlimited'
export interface Group { name: GroupName; tasks: TaskRow[] }
const ORDER: GroupName[] = ['overdue', 'today', 'tomorrow', 'later', 'unlimited']

function groupOf(task: TaskRow, now: number): GroupName {
  if (!task.due_at) return 'unlimited'
  if (Date.parse(task.due_at) < now) return 'overdue'
  const day = dayOf(task.due_at)
  if (day === dayOf(now)) return 'today'
  return day === dayOf(now + DAY) ? 'tomorrow' : 'later'
}

export function grouped(tasks: readonly TaskRow[], now: number): Group[] {
  const found = new Map<GroupName, TaskRow[]>()
  for (const task of tasks) {
    const name = groupOf(task, now)
    const list = found.get(name)
    if (list) list.push(task)
    else found.set(name, [task])
  }
  return ORDER.filter((name) => found.has(name)).map((name) => ({ name, tasks: found.get(name) ?? [] }))
}
