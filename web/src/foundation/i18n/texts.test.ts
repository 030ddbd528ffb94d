// Every text is there in both languages, is used somewhere, and nothing is asked for that is not there.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import en from './en'
import zh from './zh'

const SOURCE = fileURLToPath(new URL('../../', import.meta.url))
type Texts = { [key: string]: string | Texts }

function flat(texts: Texts, prefix = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') found.set(prefix + key, value)
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) found.set(inner, text)
  }
  return found
}
// The raw files: what the browser gets is compiled.
function texts(language: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const file of files(SOURCE).filter((name) => name.endsWith(`texts.${language}.json`))) {
    const folder = file.split(/[\\/]/).at(-2)
    for (const [key, text] of flat(JSON.parse(readFileSync(file, 'utf8')) as Texts)) found.set(`${folder === 'i18n' ? 'common' : folder}.${key}`, text)
  }
  return found
}
function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]))
}

const chinese = texts('zh')
const english = texts('en')
const code = files(SOURCE).filter((file) => /\.(vue|ts)$/.test(file) && !file.endsWith('.test.ts')).map((file) => readFileSync(file, 'utf8')).join('\n')
// 'case.state.open' as it stands, and `case.state.${name}` as a pattern.
const literals = new Set([...code.matchAll(/['"`]([a-z][\w-]*(?:\.[\w-]+)+)['"`]/g)].map((match) => match[1]!))
const folders = new Set([...chinese.keys()].map((key) => key.split('.')[0]))
const patterns = [...code.matchAll(/`([a-z][\w-]*\.[\w.-]*\$\{[^`]*)`/g)].filter((match) => folders.has(match[1]!.split('.')[0])).map((match) => new RegExp(`^${match[1]!.split(/\$\{(?:[^{}]|\{[^{}]*\})*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^.]+')}$`))
const used = (key: string): boolean => literals.has(key) || patterns.some((pattern) => pattern.test(key))
const placeholders = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))].sort()

describe('texts', () => {
  it('are the same keys in both languages', () => expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort()))
  it('are all used', () => expect([...chinese.keys()].filter((key) => !used(key))).toEqual([]))
  it('take the same parameters in both languages', () => {
    const differ = [...chinese].filter(([key, text]) => placeholders(text).join() !== placeholders(english.get(key) ?? '').join()).map(([key]) => key)
    expect(differ).toEqual([])
  })
  it('are there when the code asks for them', () => {
    const asked = [...code.matchAll(/\bt\(\s*'([^']+)'/g)].map((match) => match[1]!)
    expect(asked.length).toBeGreaterThan(200)
    expect([...new Set(asked)].filter((key) => !chinese.has(key))).toEqual([])
    // A pattern that matches nothing is a screen that shows keys instead of words.
    expect(patterns.filter((pattern) => ![...chinese.keys()].some((key) => pattern.test(key))).map(String)).toEqual([])
  })
  it('are Chinese where they should be, and English where they should be', () => {
    const SAME = /^(account\.|shell\.|mailbox\.security\.|calendar\.|common\.product)/
    expect([...english].filter(([key, text]) => /[\u4e00-\u9fff]/.test(text) && !SAME.test(key)).map(([key]) => key)).toEqual([])
    expect([...chinese].filter(([key, text]) => !/[\u4e00-\u9fff]/.test(text) && !['mailbox.security.tls', 'mailbox.security.starttls', 'case.clock-line'].includes(key)).map(([key]) => key)).toEqual([])
  })
  it('load, each language as one', () => {
    expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort())
    expect(Object.keys(zh)).toContain('case')
  })
})
