// What is written down during a call, apart from how it looks.
import type { HotlineCall, LookupItem, Ref as Named, Urgency } from '@/contract/types'
import { idOf } from '@/domain/task/form'

export interface Entry {
  title: string; description: string; contact_name: string; contact_phone: string; contact_email: string; category: string; urgency: Urgency; solution: string
  organisation: Named | string | null; contact: Named | string | null; site: Named | string | null; asset: Named | string | null
  article: Named | null // of the knowledge base, by which it is answered
}
export const blank = (): Entry => ({
  title: '', description: '', contact_name: '', contact_phone: '', contact_email: '', category: '', urgency: 'normal', solution: '',
  organisation: null, contact: null, site: null, asset: null, article: null,
})

const TEXTS = ['title', 'description', 'contact_name', 'contact_phone', 'contact_email', 'category', 'solution'] as const
export const isBlank = (entry: Entry): boolean =>
  TEXTS.every((name) => entry[name].trim() === '') && [entry.organisation, entry.contact, entry.site, entry.asset].every((thing) => thing === null)

const TITLE = 40
/** The title that a description gives by itself: its first sentence, shortened. */
export function titleFrom(description: string): string {
  const first = description.trim().split(/[\n。！？；!?;]/, 1)[0]?.trim() ?? ''
  const letters = [...first]
  return letters.length > TITLE ? `${letters.slice(0, TITLE - 1).join('')}…` : first
}

/** Puts what was found while typing into the entry; what one knows of a contact comes along. */
export function take(entry: Entry, item: LookupItem): Entry {
  const thing = { id: item.id, name: item.name }
  switch (item.kind) {
    case 'organisation': return { ...entry, organisation: thing, contact_phone: entry.contact_phone || (item.phone ?? '') }
    case 'contact': return { ...entry, contact: thing, contact_name: item.name, contact_phone: item.phone ?? entry.contact_phone, organisation: item.organisation ?? entry.organisation }
    case 'site': return { ...entry, site: thing, organisation: item.organisation ?? entry.organisation }
    case 'asset': return { ...entry, asset: thing, organisation: item.organisation ?? entry.organisation }
    // The end user calls: of the terminal is kept who they are, how they are reached, and whose site serves them.
    case 'terminal': return {
      ...entry, contact_name: entry.contact_name || (item.customer_name ?? ''), contact_phone: entry.contact_phone || (item.phone ?? ''),
      organisation: item.organisation ?? entry.organisation, site: item.site ?? entry.site,
    }
  }
}

export type CallError = 'description' | 'contact_name' | 'reach' | 'category' | 'solution'
/** What is still missing; `solved` asks for how it was solved, too. */
export function lacking(entry: Entry, solved: boolean): CallError[] {
  const missing: CallError[] = []
  if (entry.description.trim() === '') missing.push('description')
  if (entry.contact_name.trim() === '') missing.push('contact_name')
  if (entry.contact_phone.trim() === '' && entry.contact_email.trim() === '') missing.push('reach')
  if (entry.category === '') missing.push('category')
  if (solved && entry.solution.trim() === '') missing.push('solution')
  return missing
}

const orNull = (text: string): string | null => text.trim() || null
export function toCall(entry: Entry, solved: boolean): HotlineCall {
  return {
    title: entry.title.trim() || titleFrom(entry.description), description: entry.description.trim(), contact_name: orNull(entry.contact_name), contact_phone: orNull(entry.contact_phone),
    contact_email: orNull(entry.contact_email), organisation: idOf(entry.organisation), contact: idOf(entry.contact), site: idOf(entry.site), asset: idOf(entry.asset),
    category: orNull(entry.category), urgency: entry.urgency, solved, ...(solved ? { solution: entry.solution.trim(), ...(entry.article ? { article: entry.article.id } : {}) } : {}),
  }
}
