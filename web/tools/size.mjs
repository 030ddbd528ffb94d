// Prints what each route's JavaScript weighs, compressed, and fails where the first route weighs too much.
import { readFileSync, readdirSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const LIMIT = 200_000
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('../node_modules/.cache/keepword-manifest.json', import.meta.url), 'utf8'))
const weights = new Map()
const weigh = (file) => {
  if (!weights.has(file)) weights.set(file, gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length)
  return weights.get(file)
}

/** The scripts that a module needs at once: itself and what it imports statically. */
function scripts(key, found = new Set()) {
  const chunk = manifest[key]
  if (!chunk || found.has(chunk.file)) return found
  if (chunk.file.endsWith('.js')) found.add(chunk.file)
  for (const next of chunk.imports ?? []) scripts(next, found)
  return found
}
const sum = (files) => [...files].reduce((total, file) => total + weigh(file), 0)
const kB = (bytes) => `${(bytes / 1000).toFixed(1).padStart(7)} kB`

const first = new Set([...scripts('index.html'), ...scripts('src/foundation/i18n/zh.ts')])
const routes = { 'sign-in': ['src/shell/SignIn.vue'], workbench: ['src/shell/Frame.vue', 'src/domain/task/Workbench.vue'] }
for (const [key, chunk] of Object.entries(manifest)) {
  if (/^src\/domain\/.*(Screen|List|Hotline)\.vue$/.test(key) && chunk.isDynamicEntry) routes[chunk.name] = ['src/shell/Frame.vue', key]
}
let heaviest = 0
for (const [name, keys] of Object.entries(routes)) {
  const files = new Set(first)
  for (const key of keys) for (const file of scripts(key)) files.add(file)
  const total = sum(files)
  if (name === 'sign-in' || name === 'workbench') heaviest = Math.max(heaviest, total)
  console.log(`${kB(total)}  ${name}`)
}
for (const file of readdirSync(new URL('assets/', dist))) if (/^(diagram|DatePicker|CommandPalette|Modal|dialog|mail|MailView)-.*\.js$/.test(file)) console.log(`${kB(weigh(`assets/${file}`))}  later: ${file}`)
if (heaviest > LIMIT) {
  console.error(`The first route weighs ${kB(heaviest).trim()}, more than ${LIMIT / 1000} kB.`)
  process.exit(1)
}
