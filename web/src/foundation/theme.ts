// Light, dark, or as the system says. public/theme.js sets it before the first paint.
import { ref, watch } from 'vue'

export type Theme = 'system' | 'light' | 'dark'
const KEPT = 'kw.theme'
const dark = matchMedia('(prefers-color-scheme: dark)')
const kept = localStorage.getItem(KEPT)

export const theme = ref<Theme>(kept === 'light' || kept === 'dark' ? kept : 'system')
export const isDark = ref(false)

function apply(): void {
  isDark.value = theme.value === 'dark' || (theme.value === 'system' && dark.matches)
  document.documentElement.dataset.theme = isDark.value ? 'dark' : 'light'
}

export function startTheme(): void {
  apply()
  dark.addEventListener('change', apply)
  watch(theme, () => {
    if (theme.value === 'system') localStorage.removeItem(KEPT)
    else localStorage.setItem(KEPT, theme.value)
    apply()
  })
}
