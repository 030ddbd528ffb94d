import { describe, expect, it } from 'vitest'
import type { KnowledgeOffer } from '@/contract/types'
import { compare } from './compare'
import { reasonOf } from './offers'

describe('what changed between two versions', () => {
  it('is told sign by sign', () => {
    expect(compare('上限即可确认', '上限的八成即可确认')).toEqual([
      { kind: 'same', text: '上限' }, { kind: 'added', text: '的八成' }, { kind: 'same', text: '即可确认' },
    ])
    expect(compare('重启 STB100 后恢复', '更换 STB200 后恢复')).toEqual([
      { kind: 'removed', text: '重启' }, { kind: 'added', text: '更换' }, { kind: 'same', text: ' ' },
      { kind: 'removed', text: 'STB100' }, { kind: 'added', text: 'STB200' }, { kind: 'same', text: ' 后恢复' },
    ])
  })
  it('is nothing where nothing changed, and all where all did', () => {
    expect(compare('同', '同')).toEqual([{ kind: 'same', text: '同' }])
    expect(compare('', '')).toEqual([])
    expect(compare('甲', '乙')).toEqual([{ kind: 'removed', text: '甲' }, { kind: 'added', text: '乙' }])
    const [long, other] = ['甲乙'.repeat(2000), '丙丁'.repeat(2000)]
    expect(compare(long, other)).toEqual([{ kind: 'removed', text: long }, { kind: 'added', text: other }])
  })
})

it('an offer says why it is made', () => {
  const offer = { solved: 0, alike: false, words: 0, same_category: false } as KnowledgeOffer
  expect(reasonOf({ ...offer, solved: 12, alike: true, words: 4 })).toEqual(['alike', 12])
  expect(reasonOf({ ...offer, solved: 3 })).toEqual(['any', 3])
  expect(reasonOf({ ...offer, words: 2, same_category: true })).toEqual(['words', 2])
  expect(reasonOf({ ...offer, same_category: true })).toEqual(['category', 0])
})
