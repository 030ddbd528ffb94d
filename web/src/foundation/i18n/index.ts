// Chinese first; English complete. One chunk of compiled texts per language, loaded when it is wanted.
import { computed, ref } from 'vue'
import { createI18n } from 'vue-i18n'
import type { Locale } from '@/contract/types'
import { caller } from '../http/client'

export const i18n = createI18n({ legacy: false, locale: 'zh', fallbackLocale: false, missingWarn: import.meta.env.DEV, messages: {} })

const KEPT = 'kw.locale'
const loaded = new Set<string>()
export const locale = ref<Locale>('zh')

export function keptLocale(): Locale {
  const kept = localStorage.getItem(KEPT)
  if (kept === 'zh' || kept === 'en') return kept
  return navigator.language.startsWith('zh') || !navigator.language.startsWith('en') ? 'zh' : 'en'
}

export async function useLocale(next: Locale): Promise<void> {
  if (!loaded.has(next)) {
    const texts = next === 'zh' ? await import('./zh') : await import('./en')
    i18n.global.setLocaleMessage(next, texts.default as never)
    loaded.add(next)
  }
  ;(i18n.global.locale as unknown as { value: string }).value = next
  locale.value = next
  caller.locale = next
  localStorage.setItem(KEPT, next)
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en'
}

interface Named { name_zh?: string | null; name_en?: string | null }
/** The name of a thing that carries both languages, in the reader's. */
export const named = (thing: Named): string => (locale.value === 'zh' ? thing.name_zh : thing.name_en) ?? thing.name_zh ?? ''
export const labelled = (thing: { zh: string; en: string }): string => (locale.value === 'zh' ? thing.zh : thing.en)
export const isChinese = computed(() => locale.value === 'zh')
