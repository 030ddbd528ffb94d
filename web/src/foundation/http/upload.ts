// Uploads with progress and cancel, which fetch cannot report.
import { BASE, caller, refused } from './client'
import { newKey } from './act'
import { unreachable } from './problem'

export interface Upload<Result> { done: Promise<Result>; cancel: () => void }

/** Sends a file as the raw body; `progress` is told a share from 0 to 1. */
export function upload<Result>(path: string, file: File, progress: (share: number) => void): Upload<Result> {
  const request = new XMLHttpRequest()
  const done = new Promise<Result>((resolve, reject) => {
    request.upload.onprogress = (event) => { if (event.lengthComputable) progress(event.loaded / event.total) }
    request.onerror = () => reject(unreachable())
    request.onabort = () => reject(new DOMException('cancelled', 'AbortError'))
    request.onload = () => {
      let body: unknown = null
      try { body = JSON.parse(request.responseText) } catch { /* an answer that is no JSON says nothing more than its status */ }
      if (request.status >= 200 && request.status < 300) resolve(body as Result)
      else reject(refused(request.status, body))
    }
    request.open('POST', BASE + path)
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream')
    request.setRequestHeader('X-File-Name', encodeURIComponent(file.name))
    request.setRequestHeader('X-CSRF-Token', caller.csrf)
    request.setRequestHeader('Accept-Language', caller.locale)
    request.setRequestHeader('Idempotency-Key', newKey())
    request.send(file)
  })
  return { done, cancel: () => request.abort() }
}
