import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import VueI18n from '@intlify/unplugin-vue-i18n/vite'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { PluginOption } from 'vite'
import { defineConfig } from 'vitest/config'

// Where the development server takes its answers from: a centre served on this machine (`keepword demo`, `keepword serve`).
const SERVER = process.env.KEEPWORD_SERVER ?? 'http://127.0.0.1:8080'

// What the server sends with every page; `npm run preview` checks the built client under the same rules.
const POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; frame-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

/** The list of chunks is for tools/size.mjs, not for the binary that dist/ is built into. */
const manifestAside = (): PluginOption => ({
  name: 'manifest-aside',
  apply: 'build',
  closeBundle() {
    const folder = fileURLToPath(new URL('./node_modules/.cache/', import.meta.url))
    mkdirSync(folder, { recursive: true })
    renameSync(fileURLToPath(new URL('./dist/.vite/manifest.json', import.meta.url)), `${folder}keepword-manifest.json`)
    rmSync(fileURLToPath(new URL('./dist/.vite', import.meta.url)), { recursive: true })
  },
})

/** Packs texts beside themselves, once and well, so that the server need not pack them for each reader. */
const packed = (): PluginOption => ({
  name: 'packed',
  apply: 'build',
  closeBundle() {
    const dist = fileURLToPath(new URL('./dist/', import.meta.url))
    for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(js|css|html|svg)$/.test(name)) continue
      const bytes = readFileSync(dist + name)
      const small = gzipSync(bytes, { level: 9 })
      if (small.length < bytes.length * 0.9) writeFileSync(`${dist}${name}.gz`, small)
    }
  },
})

export default defineConfig(() => {
  const plugins: PluginOption[] = [
    vue(),
    manifestAside(),
    packed(),
    // Texts are compiled while building: the content security policy forbids to compile them in the browser.
    VueI18n({ include: fileURLToPath(new URL('./src/**/texts.*.json', import.meta.url)), runtimeOnly: true, strictMessage: false }),
  ]
  const proxy = { '/api': { target: SERVER, changeOrigin: false } }
  return {
    plugins,
    resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
    define: { __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_I18N_FULL_INSTALL__: 'false', __VUE_I18N_LEGACY_API__: 'false', __INTLIFY_PROD_DEVTOOLS__: 'false' },
    server: { host: '127.0.0.1', port: 5173, proxy },
    preview: { host: '127.0.0.1', port: 4173, proxy, headers: { 'Content-Security-Policy': POLICY } },
    build: {
      target: 'es2022',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      manifest: true,
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
    test: { environment: 'node', include: ['src/**/*.test.ts'] },
  }
})
