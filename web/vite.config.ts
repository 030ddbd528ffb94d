import { fileURLToPath } from 'node:url'
import { mock } from './mock/plugin'
import vue from '@vitejs/plugin-vue'
import VueI18n from '@intlify/unplugin-vue-i18n/vite'
import type { PluginOption } from 'vite'
import { defineConfig } from 'vitest/config'

// The development server takes its answers from the real server, or (`npm run mock`) from a small imitation of it.
const SERVER = process.env.KEEPWORD_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig(({ mode, command }) => {
  const plugins: PluginOption[] = [
    vue(),
    // Texts are compiled while building: the content security policy forbids to compile them in the browser.
    VueI18n({ include: fileURLToPath(new URL('./src/**/texts.*.json', import.meta.url)), runtimeOnly: true, strictMessage: false }),
  ]
  const mocked = mode === 'mock' && command === 'serve'
  if (mocked) plugins.push(mock())
  return {
    plugins,
    resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
    define: { __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_I18N_FULL_INSTALL__: 'false', __VUE_I18N_LEGACY_API__: 'false', __INTLIFY_PROD_DEVTOOLS__: 'false' },
    server: { host: '127.0.0.1', port: 5173, proxy: mocked ? undefined : { '/api': { target: SERVER, changeOrigin: false } } },
    build: {
      target: 'es2022',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 900,
      rollupOptions: {
        output: {
          codeSplitting: {
            groups: [
              { name: 'vue', test: /node_modules[\\/](@vue|vue|vue-router|vue-i18n|@intlify|@tanstack|openapi-fetch)[\\/]/ },
              { name: 'diagram', test: /node_modules[\\/](bpmn-js|diagram-js|bpmn-moddle|moddle|moddle-xml|saxen|min-dash|min-dom|tiny-svg|path-intersection|object-refs|inherits-browser|didi|ids|@bpmn-io|component-event|clsx|htm|preact)[\\/]/ },
            ],
          },
        },
      },
    },
    worker: { format: 'es' as const },
    test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
  }
})
