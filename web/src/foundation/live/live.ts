// Live updates in a tab: what changed on the server is fetched anew where it is shown.
import { ref } from 'vue'
import type { QueryClient } from '@tanstack/vue-query'
import { say } from '../toasts'
import { locale } from '../i18n'
import type { LiveEvent } from './messages'
import { api, ok } from '../http/client'
import { openStream } from './stream'

export interface Notice { at: number; text_zh: string; text_en: string; case?: string | null }
export const connected = ref(true)
export const notices = ref<Notice[]>([])
export const unread = ref(0)
let stop: (() => void) | undefined

/** Gathers what changed for a moment, so that a burst of events costs one fetch per list. */
class Gathered {
  private keys = new Map<string, readonly unknown[]>()
  private timer: ReturnType<typeof setTimeout> | undefined
  constructor(private readonly client: QueryClient) {}

  add(...keys: (readonly unknown[])[]): void {
    for (const key of keys) this.keys.set(JSON.stringify(key), key)
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      for (const queryKey of this.keys.values()) void this.client.invalidateQueries({ queryKey })
      this.keys.clear()
    }, 200)
  }
}

function hear(event: LiveEvent, client: QueryClient, changed: Gathered): void {
  switch (event.name) {
    case 'case': return changed.add(['case', event.data.case], ['cases'], ['tasks'])
    case 'task': return changed.add(['task', event.data.task], ['tasks'], ['case', event.data.case], ['cases'])
    case 'reset': return void client.invalidateQueries()
    case 'notice': {
      notices.value = [{ ...event.data, at: Date.now() }, ...notices.value].slice(0, 50)
      unread.value += 1
      return say({ kind: 'notice', text: locale.value === 'zh' ? event.data.text_zh : event.data.text_en })
    }
    case 'connected': {
      // What happened while the line was down is not known: look again.
      if (!connected.value) void client.invalidateQueries()
      connected.value = true
      return
    }
    case 'lost': return void (connected.value = false)
    // Perhaps the session was ended elsewhere: asking says so, and the shell then shows nothing more.
    case 'refused': ok(api.GET('/session')).catch(() => undefined)
  }
}

export function startLive(client: QueryClient): void {
  stopLive()
  const changed = new Gathered(client)
  const told = (event: LiveEvent): void => hear(event, client, changed)
  if (typeof SharedWorker === 'undefined') {
    const stream = openStream('/api/v1/events', told)
    stop = stream.close
    return
  }
  const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'keepword-live' })
  worker.port.onmessage = (message: MessageEvent<LiveEvent>) => told(message.data)
  worker.port.start()
  const leave = (): void => worker.port.postMessage('bye')
  // A page taken back from the browser's history has missed what was said meanwhile.
  const back = (event: PageTransitionEvent): void => { if (event.persisted) { startLive(client); void client.invalidateQueries() } }
  addEventListener('pagehide', leave)
  addEventListener('pageshow', back)
  stop = () => { leave(); removeEventListener('pagehide', leave); removeEventListener('pageshow', back); worker.port.close() }
}

export function stopLive(): void {
  stop?.()
  stop = undefined
  connected.value = true
}
