// Keyboard for all: screens declare their keys here, so that `?` can list exactly what works now.
import { onMounted, onUnmounted, shallowReactive } from 'vue'

export interface Key {
  keys: string // "j", "g w" (one after the other), "Ctrl+Enter"
  text: string // message key of what it does
  run: () => void
  typing?: boolean // also works while the cursor is in a field
}

export const activeKeys = shallowReactive(new Set<Key>())
let pending = ''
let pendingUntil = 0

const inField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

function nameOf(event: KeyboardEvent): string {
  const control = event.ctrlKey || event.metaKey ? 'Ctrl+' : ''
  const shift = event.shiftKey && event.key.length > 1 ? 'Shift+' : ''
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  return control + shift + key
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.altKey) return
  const typing = inField(event.target)
  // A dialog owns the keyboard while it is open.
  if (document.querySelector('[aria-modal="true"]') && !typing) return
  const name = nameOf(event)
  const chord = performance.now() < pendingUntil ? `${pending} ${name}` : name
  for (const key of [...activeKeys].reverse()) {
    if (typing && !key.typing) continue
    if (key.keys === chord || key.keys === name) {
      // Enter and Space on a focused control stay that control's.
      if ((name === 'Enter' || name === ' ') && event.target instanceof HTMLElement && event.target.closest('a,button,summary,[role=option]')) return
      event.preventDefault()
      pendingUntil = 0
      key.run()
      return
    }
  }
  pending = name
  pendingUntil = typing ? 0 : performance.now() + 900
}

export function listenToKeys(): void {
  addEventListener('keydown', pressed)
}

/** The keys of a screen, while it is shown. */
export function useKeys(keys: Key[]): void {
  onMounted(() => keys.forEach((key) => activeKeys.add(key)))
  onUnmounted(() => keys.forEach((key) => activeKeys.delete(key)))
}
