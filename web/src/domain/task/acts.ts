// What people do with a task.
import { useQueryClient } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import type { TaskRow } from '@/contract/types'
import { api, keyed, ok } from '@/foundation/http/client'
import { useAct } from '@/foundation/http/act'
import { readable } from '@/foundation/http/problem'
import { holds } from '@/foundation/session'
import { say } from '@/foundation/toasts'

interface Where { id: string; case: { id: string } }

/** What an act on a task changes on the screen. */
export function useTaskRefresh(): (task: Where) => Promise<void> {
  const client = useQueryClient()
  return async (task) => {
    await Promise.all([
      client.invalidateQueries({ queryKey: ['tasks'] }),
      client.invalidateQueries({ queryKey: ['task', task.id] }),
      client.invalidateQueries({ queryKey: ['case', task.case.id] }),
    ])
  }
}

const post = (path: '/tasks/{id}/claim' | '/tasks/{id}/release', id: string, key: string): Promise<TaskRow> =>
  ok(api.POST(path, { params: { path: { id } }, headers: keyed(key) }))

// Whoever brought the case, whatever their roles.
const STARTERS = ['customer', 'reporter', 'applicant']
/**
 * Whether the list offers to claim it: one role of its lane (they stand with blanks between) is enough. The rest (whose
 * customer it is, who did the step before) is the server's to say.
 */
export const claimable = (task: Pick<TaskRow, 'state' | 'role'>): boolean =>
  task.state === 'open' && task.role.split(' ').some((role) => holds(role) || STARTERS.includes(role))

/** Claim and release undo each other, so neither asks first. */
export function useClaim() {
  const { t } = useI18n()
  const refresh = useTaskRefresh()
  const claimAct = useAct((key: string, id: string) => post('/tasks/{id}/claim', id, key))
  const releaseAct = useAct((key: string, id: string) => post('/tasks/{id}/release', id, key))

  function failed(problem: unknown): void {
    const words = readable(problem, t)
    say({ kind: 'problem', text: words.what, hint: words.hint })
  }
  async function claim(task: Where): Promise<boolean> {
    const done = await claimAct.run(task.id)
    if (done) say({ kind: 'done', text: t('task.claimed'), action: { text: t('common.undo'), run: () => void release(task, true) } })
    else if (claimAct.problem.value) failed(claimAct.problem.value)
    await refresh(task)
    return done !== undefined
  }
  async function release(task: Where, undoing = false): Promise<boolean> {
    const done = await releaseAct.run(task.id)
    if (done && !undoing) say({ kind: 'done', text: t('task.released'), action: { text: t('common.undo'), run: () => void claim(task) } })
    else if (releaseAct.problem.value) failed(releaseAct.problem.value)
    await refresh(task)
    return done !== undefined
  }
  return { claim, release, busy: claimAct.busy }
}
