import { describe, expect, it } from 'vitest'
import { caseOf, lines, queryOf } from './detail'

describe('an entry', () => {
  it('says what changed, before and after, and nothing that did not', () => {
    expect(lines({ old: { name: '甲', imap: { host: 'a', port: 1 } }, new: { name: '乙', imap: { host: 'a', port: 2 } } })).toEqual([
      { name: 'name', before: '甲', text: '乙' }, { name: 'imap.port', before: '1', text: '2' },
    ])
    expect(lines({ old: 'PT30M', new: 'PT45M', change: '7' })).toEqual([{ name: '', before: 'PT30M', text: 'PT45M' }, { name: 'change', before: null, text: '7' }])
    expect(lines({ old: null, new: { name: '甲' } })).toEqual([{ name: 'name', before: '—', text: '甲' }])
  })
  it('says everything else as it is', () => {
    expect(lines({ of: ['imap', 'smtp'], empty: [], mail: { size: 3, at: null }, list: [{ a: 1 }] })).toEqual([
      { name: 'of', before: null, text: 'imap、smtp' }, { name: 'empty', before: null, text: '—' }, { name: 'mail.size', before: null, text: '3' },
      { name: 'mail.at', before: null, text: '—' }, { name: 'list', before: null, text: '[{"a":1}]' },
    ])
    expect(lines('x')).toEqual([{ name: '', before: null, text: 'x' }])
  })
  it('leads to its case', () => expect([caseOf('case:12'), caseOf('system'), caseOf('checkpoint')]).toEqual(['12', null, null]))
})

it('what is asked becomes a query', () => {
  const none = { chain: '', action: '', actor: '', subject: '', from: '', until: '', seq: '' }
  const instant = (day: string, after: number): string => `${day}+${after}`
  expect(queryOf(none, instant)).toEqual({})
  expect(queryOf({ ...none, chain: ' system ', seq: '7', actor: '江一帆', from: '2026-01-01', until: '2026-01-02' }, instant)).toEqual({ chain: 'system', seq: '7', actor: '江一帆', from: '2026-01-01+0', until: '2026-01-02+1' })
  expect(queryOf({ ...none, seq: '7' }, instant)).toEqual({})
})
