// Short messages about what has just been done, with a way back where there is one.
import { shallowReactive } from 'vue'

export interface Toast { id: number; kind: 'done' | 'problem' | 'notice'; text: string; hint?: string; action?: { text: string; run: () => void } }
export const toasts = shallowReactive<Toast[]>([])
let last = 0

export function dismiss(id: number): void {
  const at = toasts.findIndex((toast) => toast.id === id)
  if (at >= 0) toasts.splice(at, 1)
}

/** Shows a message for some seconds; longer where there is something to press or to read. */
export function say(toast: Omit<Toast, 'id'>): void {
  last += 1
  const id = last
  toasts.push({ ...toast, id })
  if (toasts.length > 4) toasts.splice(0, toasts.length - 4)
  setTimeout(() => dismiss(id), toast.kind === 'done' && !toast.action ? 4000 : 9000)
}
