import { describe, expect, it } from 'vitest'
import type { Explanation } from '@/contract/types'
import { bar, byDay } from './explanation'
import { fromTexts, hoursText, parseHours, toTexts } from './week'
import { byLine, proposed, spans, textOf } from './holidays'
import { monthsOf, yearErrors } from './year'

describe('hours', () => {
  it('reads what people type', () => {
    expect(parseHours('8:30-12:00，13:30–17:30')).toEqual([['08:30', '12:00'], ['13:30', '17:30']])
    expect(parseHours('00:00至24:00')).toEqual([['00:00', '24:00']])
    expect(parseHours('')).toEqual([])
  })
  it.each(['8-12', '12:00-8:30', '08:30-12:00,11:00-13:00', '25:00-26:00', '24:30-24:40', 'x'])('refuses %s', (text) => expect(parseHours(text)).toBeNull())
  it('goes to text and back', () => {
    const week = { 1: [['08:30', '12:00'], ['13:30', '17:30']], 2: [], 3: [], 4: [], 5: [], 6: [], 7: [['00:00', '24:00']] }
    expect(fromTexts(toTexts(week))).toEqual({ week, wrong: [] })
    expect(fromTexts({ ...toTexts(week), 3: '?' }).wrong).toEqual(['3'])
    expect(hoursText([])).toBe('')
  })
})

describe('a year', () => {
  const data = { off: [{ from: '2025-10-01', to: '2025-10-08', name_zh: '国庆节', name_en: 'National Day' }], work: ['2025-10-11'] }
  it('has every day once and knows holidays and shifted workdays', () => {
    const days = monthsOf(2025, data).flatMap((month) => month.days)
    expect(days).toHaveLength(365)
    const kind = (day: string): string | undefined => days.find((one) => one.day === day)?.kind
    expect([kind('2025-10-04'), kind('2025-10-11'), kind('2025-10-12'), kind('2025-10-09')]).toEqual(['holiday', 'shifted-workday', 'weekend', 'work'])
    expect(monthsOf(2025, null)[9]?.offset).toBe(2)
  })
  it('finds what cannot be right', () => {
    expect(yearErrors(2025, data).size).toBe(0)
    const wrong = yearErrors(2025, { off: [...data.off, { from: '2025-10-08', to: '2025-10-09', name_zh: 'x', name_en: '' }, { from: '2024-12-31', to: '2025-01-01', name_zh: 'y', name_en: '' }], work: ['2025-10-04', '2025-10-13', '2026-01-03'] })
    expect(Object.fromEntries(wrong)).toEqual({ 'off.1': 'overlap', 'off.2': 'year', 'work.2025-10-04': 'overlap', 'work.2025-10-13': 'weekday', 'work.2026-01-03': 'year' })
  })
})

describe('an explanation', () => {
  const H = 3_600_000
  const step = (from: string, to: string, kind: 'work' | 'break' | 'night' | 'weekend' | 'holiday', counted: number, name: string | null = null) => ({ from, to, kind, counted_ms: counted, name_zh: name, name_en: name })
  const explanation: Explanation = {
    from: '2025-09-30T08:30:00Z', due: '2025-10-09T01:30:00Z', length: 'PT2H', calendar: 'office', complete: true,
    steps: [
      step('2025-09-30T08:30:00Z', '2025-09-30T09:30:00Z', 'work', H), step('2025-09-30T09:30:00Z', '2025-09-30T16:00:00Z', 'night', 0),
      step('2025-09-30T16:00:00Z', '2025-10-01T16:00:00Z', 'holiday', 0, '国庆节'), step('2025-10-01T16:00:00Z', '2025-10-08T16:00:00Z', 'holiday', 0, '国庆节'),
      step('2025-10-08T16:00:00Z', '2025-10-09T00:30:00Z', 'night', 0), step('2025-10-09T00:30:00Z', '2025-10-09T01:30:00Z', 'work', H),
    ],
  }
  it('reads day by day, free days in one', () => {
    expect(byDay(explanation).map((day) => [day.day, day.until, day.counted / H])).toEqual([['2025-09-30', '2025-09-30', 1], ['2025-10-01', '2025-10-08', 0], ['2025-10-09', '2025-10-09', 1]])
  })
  it('gives what counts the width', () => {
    const pieces = bar(explanation)
    expect(pieces.map((piece) => piece.kind)).toEqual(['work', 'night', 'holiday', 'night', 'work'])
    expect(pieces.reduce((sum, piece) => sum + piece.share, 0)).toBeCloseTo(1)
    expect(pieces[0]!.share).toBeGreaterThan(pieces[2]!.share * 5)
  })
})

describe('a file of holidays', () => {
  const change = (day: string, before: 'work' | 'weekend', after: 'holiday' | 'shifted-workday', name: string | null = null) => ({ day, before, after, name_zh: name, name_en: name })
  const year = { year: 2027, version: 1, source: null, off: [], work: [], days_off: 3, missing: [], changes: [change('2027-02-26', 'work', 'holiday', '春节'), change('2027-02-27', 'weekend', 'holiday', '春节'), change('2027-02-28', 'weekend', 'holiday', '春节'), change('2027-03-01', 'work', 'holiday', '春节'), change('2027-03-06', 'weekend', 'shifted-workday')] }
  it('puts days together that change alike', () => {
    expect(spans(year).map(({ from, to }) => [from, to])).toEqual([['2027-02-26', '2027-02-26'], ['2027-02-27', '2027-02-28'], ['2027-03-01', '2027-03-01'], ['2027-03-06', '2027-03-06']])
  })
  it('proposes what changes something and is not over', () => {
    const preview = { format: 'ics' as const, ignored: 0, years: [{ ...year, year: 2025 }, { ...year, year: 2026, changes: [] }, year] }
    expect(proposed(preview, 2026)).toEqual([2027])
  })
  it('is read in the letters it was written in', () => {
    expect(textOf(new TextEncoder().encode('春节').buffer as ArrayBuffer)).toBe('春节')
    expect(textOf(new Uint8Array([0xb4, 0xba, 0xbd, 0xda]).buffer)).toBe('春节')
  })
  it('tells errors by line', () => {
    expect(byLine([{ field: 'line.12', code: 'date', detail: '不是有效的日期。' }, { field: 'line.3', code: 'x' }])).toEqual([{ line: 3, what: 'x' }, { line: 12, what: '不是有效的日期。' }])
  })
})
