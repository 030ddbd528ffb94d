import { afterEach, describe, expect, it } from 'vitest'
import { locale } from '../i18n'
import { clockTime, dayOf, dayText, fromWall, fullMoment, lengthText, moment, pressure, remaining, span, toWall } from './time'

const NOW = '2025-11-22T06:30:00Z' // 14:30 in the centre
const at = (text: string): number => Date.parse(text)
afterEach(() => { locale.value = 'zh' })

describe('moments', () => {
  it('reads as an office writes it, in the centre’s zone', () => {
    expect(moment('2025-11-22T06:30:00Z', NOW)).toBe('今天 14:30')
    expect(moment('2025-11-21T16:00:00Z', NOW)).toBe('今天 00:00')
    expect(moment('2025-11-21T15:59:00Z', NOW)).toBe('昨天 23:59')
    expect(moment('2025-11-23T00:05:00Z', NOW)).toBe('明天 08:05')
    expect(moment('2025-10-01T01:00:00Z', NOW)).toBe('10月1日 09:00')
    expect(moment('2024-12-31T16:00:00Z', NOW)).toBe('1月1日 00:00')
    expect(moment('2024-12-31T15:00:00Z', NOW)).toBe('2024年12月31日 23:00')
    expect(moment(null)).toBe('')
  })
  it('reads in English, too', () => {
    locale.value = 'en'
    expect(moment('2025-11-23T00:05:00Z', NOW)).toBe('tomorrow 08:05')
    expect(moment('2024-12-31T15:00:00Z', NOW)).toBe('31 Dec 2024 23:00')
    expect(fullMoment('2025-11-22T06:30:00Z')).toBe('Sat 22 Nov 2025, 14:30')
  })
  it('writes full instants and days', () => {
    expect(fullMoment('2025-11-22T06:30:00Z')).toBe('2025年11月22日 周六 14:30')
    expect(dayText('2025-11-22', NOW)).toBe('11月22日 周六')
    expect(dayOf('2025-11-21T16:00:00Z')).toBe('2025-11-22')
    expect(clockTime('2025-11-21T16:05:00Z')).toBe('00:05')
  })
  it('goes to the wall clock and back', () => {
    expect(toWall('2025-11-22T06:30:00Z')).toBe('2025-11-22T14:30')
    expect(fromWall('2025-11-22T14:30')).toBe('2025-11-22T06:30:00.000Z')
  })
})

describe('spans', () => {
  it.each([
    [0, '0 秒'], [59_000, '59 秒'], [9 * 60_000 + 5000, '9 分 5 秒'], [10 * 60_000 + 5000, '10 分'], [2 * 3_600_000 + 10 * 60_000, '2 小时 10 分'],
    [3_600_000, '1 小时'], [3 * 86_400_000 + 4 * 3_600_000 + 59 * 60_000, '3 天 4 小时'], [86_400_000 + 30 * 60_000, '1 天'],
    [9 * 86_400_000 + 23 * 3_600_000, '9 天 23 小时'], [10 * 86_400_000 + 7 * 3_600_000, '10 天'],
  ])('%i ms is %s', (length, text) => expect(span(length)).toBe(text))

  it('counts down and over', () => {
    expect(remaining('2025-11-22T08:40:00Z', NOW)).toBe('剩 2 小时 10 分')
    expect(remaining('2025-11-22T05:55:00Z', NOW)).toBe('超时 35 分')
    locale.value = 'en'
    expect(remaining('2025-11-22T08:40:00Z', NOW)).toBe('2 h 10 min left')
  })
  it('knows what presses', () => {
    expect(pressure(null, at(NOW))).toBe('none')
    expect(pressure('2025-11-22T06:29:59Z', at(NOW))).toBe('over')
    expect(pressure('2025-11-22T07:29:59Z', at(NOW))).toBe('soon')
    expect(pressure('2025-11-22T07:30:00Z', at(NOW))).toBe('calm')
  })
  it('says lengths of clocks', () => {
    expect(lengthText('PT30M')).toBe('30 分钟')
    expect(lengthText('PT1H30M')).toBe('1 小时 30 分钟')
    expect(lengthText('P1D')).toBe('1 个工作日')
    expect(lengthText('P1Y')).toBe('P1Y')
  })
})
