import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { FormField } from '@/contract/types'
import { idOf, outcomeMatters, payload, problems, shown, wrong } from './form'

const field = (id: string, more: Partial<FormField> = {}): FormField => ({
  id, type: 'text', label_zh: id, label_en: id, help_zh: null, help_en: null, required: false, max: null, min: null, when: null, role: null, choices: [], ...more,
})

describe('forms', () => {
  const fields = [field('tried', { max: 5 }), field('solution', { required: true, when: 'outcome = "solved"' })]
  it('shows what its condition allows', () => {
    expect(shown(fields, {}, 'unsolved').map((one) => one.id)).toEqual(['tried'])
    expect(shown(fields, {}, 'solved').map((one) => one.id)).toEqual(['tried', 'solution'])
    expect(outcomeMatters(fields)).toBe(true)
    expect(outcomeMatters([field('a', { when: 'b = "c"' })])).toBe(false)
  })
  it('asks for what is required only where it is shown', () => {
    expect([...problems(fields, {}, 'unsolved')]).toEqual([])
    expect([...problems(fields, { solution: '  ' }, 'solved')]).toEqual([['solution', 'required']])
  })
  it('sends shown fields only, trimmed, references by id', () => {
    const more = [...fields, field('who', { type: 'person' }), field('crew', { type: 'persons' }), field('left_at', { type: 'datetime' })]
    const values = { tried: ' 重启 ', solution: '换线', who: { id: '7', name: '彭浩' }, crew: [{ id: '7', name: '彭浩' }, '8'], extra: 1 }
    expect(payload(more, values, 'unsolved')).toEqual({ tried: '重启', who: '7', crew: ['7', '8'], left_at: null })
  })
  it('counts characters as people see them', () => {
    expect(wrong(field('a', { max: 2 }), '𠮷家')).toBeNull()
    expect(wrong(field('a', { max: 2 }), '𠮷家人')).toBe('too-long')
  })
  it('keeps numbers in their range', () => {
    const number = field('n', { type: 'number', min: 1, max: 9 })
    expect([0, 1, 9, 10, Number.NaN].map((value) => wrong(number, value))).toEqual(['too-small', null, null, 'too-big', 'number'])
  })
  it('takes a required box only when it is ticked', () => {
    expect(wrong(field('b', { type: 'boolean', required: true }), false)).toBe('required')
    expect(wrong(field('b', { type: 'boolean', required: true }), true)).toBeNull()
  })
  it('knows a reference by its id in either shape', () => {
    expect([idOf('7'), idOf({ id: '7', name: 'x' }), idOf(''), idOf(null), idOf(7)]).toEqual(['7', '7', null, null, null])
  })
})

describe('the forms of the processes', () => {
  const root = new URL('../../../../processes/', import.meta.url)
  const TYPES = ['text', 'multiline', 'choice', 'choices', 'boolean', 'number', 'date', 'datetime', 'person', 'persons', 'organisation', 'contact', 'site', 'asset', 'files', 'signature']
  const files = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    .flatMap((folder) => readdirSync(new URL(`${folder.name}/`, root)).filter((name) => name.endsWith('.form.json')).map((name) => `${folder.name}/${name}`))
  it.each(files)('%s has only fields that can be shown', (file) => {
    const form = JSON.parse(readFileSync(new URL(file, root), 'utf8')) as { fields: { type: string }[] }
    for (const one of form.fields) expect(TYPES).toContain(one.type)
  })
})
