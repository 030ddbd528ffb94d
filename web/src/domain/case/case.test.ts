import { describe, expect, it } from 'vitest'
import type { Diagram, TimelineEntry } from '@/contract/types'
import { changes, FILTERS, KINDS } from './entry'
import { fromAddress, toAddress, toQuery } from './filters'
import { marksOf } from './marks'

describe('the filters of the list', () => {
  it('live in the address', () => {
    expect(fromAddress({})).toEqual({ state: 'open' })
    const filters = fromAddress({ state: 'all', urgency: 'grave', opened_from: '2025-11-01', odd: 'x', q: '' })
    expect(filters).toEqual({ state: 'all', urgency: 'grave', opened_from: '2025-11-01' })
    expect(toAddress({ state: 'open', q: '卡顿' })).toEqual({ q: '卡顿' })
    expect(fromAddress(toAddress(filters) as never)).toEqual(filters)
  })
  it('ask the server in instants of the centre', () => {
    expect(toQuery({ state: 'all', opened_from: '2025-11-01', opened_until: '2025-11-02' })).toEqual({ opened_from: '2025-10-31T16:00:00.000Z', opened_until: '2025-11-02T15:59:59.999Z' })
    expect(toQuery({ state: 'open' })).toEqual({ state: 'open' })
  })
})

describe('the timeline', () => {
  it('has every kind of entry under some filter, and none twice', () => {
    const filtered = Object.values(FILTERS).flat()
    expect([...filtered].sort()).toEqual([...KINDS].sort())
  })
  it('tells what a correction changed', () => {
    const entry = { data: { changes: [{ field: 'site', before: null, after: { id: '1', name: '中心机房' } }] } } as unknown as TimelineEntry
    expect(changes(entry)).toEqual([{ field: 'site', before: '', after: '中心机房' }])
    expect(changes({ data: {} } as unknown as TimelineEntry)).toEqual([])
  })
})

describe('marks on the flowchart', () => {
  const diagram: Diagram = {
    process: 'p', version: 'v', xml: '', flows: [{ flow: 'f1', times: 1 }, { flow: 'f2', times: 0 }],
    active: [{ element: 'b', since: '2025-11-22T06:00:00Z', task: '1', assignee: { id: '2', name: '彭浩' }, due_at: '2025-11-22T06:10:00Z' }],
    visited: [{ element: 'a', times: 2, ms: 120_000, last_left_at: null }, { element: 'b', times: 1, ms: 5, last_left_at: null }, { element: 'gate', times: 1, ms: 0, last_left_at: null }],
  }
  it('shows the path, the time spent and who is late', () => {
    const marks = marksOf(diagram, Date.parse('2025-11-22T06:30:00Z'))
    expect(marks.flows).toEqual(['f1'])
    expect(marks.elements).toEqual([{ element: 'a', kind: 'visited', badge: '2 分 ×2' }, { element: 'gate', kind: 'visited' }, { element: 'b', kind: 'late', badge: '彭浩 · 30 分' }])
    expect(marksOf(diagram, Date.parse('2025-11-22T06:05:00Z')).elements.at(-1)?.kind).toBe('active')
  })
  it('shows where the process cannot go on, and not as work under way', () => {
    const marks = marksOf(diagram, Date.parse('2025-11-22T06:05:00Z'), ['b', 'gate'])
    expect(marks.elements).toEqual([{ element: 'a', kind: 'visited', badge: '2 分 ×2' }, { element: 'b', kind: 'standing', badge: '5 分' }, { element: 'gate', kind: 'standing' }])
  })
})
