import { expect, it } from 'vitest'
import type { TaskRow } from '@/contract/types'
import { grouped } from './groups'

const task = (id: string, due: string | null): TaskRow => ({ id, due_at: due }) as TaskRow
const now = Date.parse('2025-11-22T06:30:00Z')

it('groups by the centre’s days and keeps the order inside', () => {
  const groups = grouped([
    task('late', '2025-11-22T06:29:00Z'), task('a', '2025-11-22T07:00:00Z'), task('b', '2025-11-22T15:59:00Z'), task('c', '2025-11-22T16:00:00Z'), task('d', '2025-11-25T00:00:00Z'), task('e', null),
  ], now)
  expect(groups.map((group) => [group.name, group.tasks.map((one) => one.id).join()])).toEqual([
    ['overdue', 'late'], ['today', 'a,b'], ['tomorrow', 'c'], ['later', 'd'], ['unlimited', 'e'],
  ])
})
