// The shared worker: one event stream for all tabs of this browser, since HTTP/1.1 browsers allow six connections.
import type { LiveEvent } from './messages'
import { openStream } from './stream'

const ports = new Set<MessagePort>()
let state: LiveEvent | undefined
let stream: ReturnType<typeof openStream> | undefined

function tell(event: LiveEvent): void {
  if (event.name === 'connected' || event.name === 'lost') state = event
  for (const port of ports) port.postMessage(event)
}

;(globalThis as unknown as SharedWorkerGlobalScope).onconnect = (event: MessageEvent) => {
  const port = event.ports[0]
  if (!port) return
  ports.add(port)
  port.onmessage = (message: MessageEvent<'restart' | 'bye'>) => {
    if (message.data === 'bye') ports.delete(port)
    if (message.data === 'restart') stream?.restart()
    // Nobody listens any more: signed out, or the last tab is closing.
    if (ports.size === 0) { stream?.close(); stream = undefined }
  }
  stream ??= openStream('/api/v1/events', tell)
  if (state) port.postMessage(state)
}

interface SharedWorkerGlobalScope { onconnect: (event: MessageEvent) => void }
