import { useI18n } from 'vue-i18n'

/** Says by its code why a process cannot go on; a code without a text stands for itself. */
export function useStandsReason(): (code: string) => string {
  const { t, te } = useI18n()
  return (code) => {
    const key = `process.stands.${code.replace(/^process\./, '')}`
    return te(key) ? t(key) : code
  }
}

/** What somebody types as a variable's value: a number, a list, true … as JSON says it, anything else as text. */
export function asValue(typed: string): unknown {
  try {
    return JSON.parse(typed)
  } catch {
    return typed
  }
}
