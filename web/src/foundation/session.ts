// Who is signed in on this browser.
import { computed, reactive } from 'vue'
import type { Me, Session } from '@/contract/types'
import { api, caller, ok } from './http/client'
import { Problem } from './http/problem'
import { useLocale } from './i18n'

interface State { me: Me | null; known: boolean }
const state = reactive<State>({ me: null, known: false })

function take(session: Session): void {
  caller.csrf = session.csrf
  state.me = session.me
  state.known = true
}

function forget(): void {
  caller.csrf = ''
  state.me = null
  state.known = true
}
caller.signedOut = forget

/** Asks once who is signed in; a server out of reach is the caller's to show. */
export async function loadSession(): Promise<void> {
  if (state.known) return
  try {
    take(await ok(api.GET('/session')))
    await useLocale(state.me!.locale)
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error
    forget()
  }
}

/** `totp`: what the authenticator shows, where signing in takes a code. */
export async function signIn(login: string, password: string, totp?: string): Promise<void> {
  take(await ok(api.POST('/session', { body: { login, password, ...(totp ? { totp } : {}) } })))
}

export async function firstRun(body: { code: string; login: string; name: string; password: string }): Promise<void> {
  take(await ok(api.POST('/first-run', { body })))
}

export async function signOut(): Promise<void> {
  await ok(api.DELETE('/session'))
  forget()
}

export const me = computed(() => state.me)
export const may = (right: string): boolean => state.me?.rights.includes(right) ?? false
export const holds = (role: string): boolean => state.me?.roles.some((held) => held.role === role) ?? false
export function changeMe(next: Me): void { state.me = next }
