// A user's act: sent once, repeated safely. The Idempotency-Key belongs to the act, not to the request, so pressing the
// button again after a lost connection cannot do the thing twice.
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { Problem } from './problem'

export interface Act<Args extends unknown[], Result> {
  run: (...args: Args) => Promise<Result | undefined>
  busy: Ref<boolean>
  problem: ShallowRef<unknown>
}

/** A key nobody else has; randomUUID is missing on pages served over plain HTTP from another machine. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Keeps one key until the server has answered for good or something else is asked for. */
export class ActKey {
  private key = ''
  private asked = ''

  take(args: unknown): string {
    const asking = JSON.stringify(args)
    if (this.key === '' || asking !== this.asked) this.key = newKey()
    this.asked = asking
    return this.key
  }

  settle(error?: unknown): void {
    if (error === undefined || (error instanceof Problem && error.final)) this.key = ''
  }
}

/**
 * Wraps a change of the server's state: `busy` while it runs (a second press does nothing), `problem` when it was
 * refused. `run` answers undefined then, so callers go on only after success.
 */
export function useAct<Args extends unknown[], Result>(send: (key: string, ...args: Args) => Promise<Result>): Act<Args, Result> {
  const busy = ref(false)
  const problem = shallowRef<unknown>(null)
  const key = new ActKey()
  async function run(...args: Args): Promise<Result | undefined> {
    if (busy.value) return undefined
    busy.value = true
    problem.value = null
    try {
      const result = await send(key.take(args), ...args)
      key.settle()
      return result
    } catch (error) {
      key.settle(error)
      problem.value = error
      return undefined
    } finally {
      busy.value = false
    }
  }
  return { run, busy, problem }
}
