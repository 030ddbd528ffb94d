// One event stream to the server. The browser reconnects by itself after a lost connection, saying where it stopped; only a
// refusal (nobody signed in, server starting) ends the stream, and then it is opened anew after a while.
import { NAMES, type LiveEvent } from './messages'

const AGAIN = 10_000

export function openStream(url: string, tell: (event: LiveEvent) => void): { restart: () => void; close: () => void } {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function open(): void {
    clearTimeout(timer)
    source?.close()
    const stream = new EventSource(url)
    source = stream
    stream.onopen = () => tell({ name: 'connected', data: {} })
    stream.onerror = () => {
      tell({ name: 'lost', data: {} })
      if (stream.readyState !== EventSource.CLOSED) return
      tell({ name: 'refused', data: {} })
      timer = setTimeout(open, AGAIN)
    }
    for (const name of NAMES) {
      stream.addEventListener(name, (event) => {
        try {
          tell({ name, data: JSON.parse((event as MessageEvent<string>).data) } as LiveEvent)
        } catch { /* a message that cannot be read is worth less than the stream */ }
      })
    }
  }
  open()
  return { restart: open, close: () => { clearTimeout(timer); source?.close() } }
}
