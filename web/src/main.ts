import { createApp } from 'vue'
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import '@/foundation/ui/tokens.css'
import '@/foundation/ui/base.css'
import { Problem } from '@/foundation/http/problem'
import { i18n, keptLocale, useLocale } from '@/foundation/i18n'
import { listenToKeys } from '@/foundation/keys'
import { startTheme } from '@/foundation/theme'
import App from '@/shell/App.vue'
import { router } from '@/shell/router'

const passing = (error: unknown): boolean => error instanceof Problem && (error.status === 0 || error.status === 503)

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // A refusal stays one; only a server out of reach or overloaded is worth asking again.
      retry: (count, error) => count < 2 && passing(error),
      // A screen that could not be filled fills itself once the server is there again.
      refetchInterval: (query) => (passing(query.state.error) ? 15_000 : false),
    },
  },
})

async function start(): Promise<void> {
  startTheme()
  listenToKeys()
  await useLocale(keptLocale())
  createApp(App).use(i18n).use(router).use(VueQueryPlugin, { queryClient }).mount('#app')
}
void start()
