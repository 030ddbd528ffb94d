import { describe, expect, it } from 'vitest'
import { bareName, fromIso, toIso, UNITS } from './length'

describe('a length', () => {
  it.each([['PT30M', 30, 'minutes'], ['PT4H', 4, 'hours'], ['PT1H30M', 90, 'minutes'], ['PT120M', 2, 'hours'], ['P2D', 2, 'days']] as const)('%s is %d %s', (iso, amount, unit) => {
    expect(fromIso(iso)).toEqual({ amount, unit })
  })
  it.each(['P1DT2H', 'PT30S', 'P', 'PT', 'x', ''])('%s is not said in one number', (iso) => expect(fromIso(iso)).toBeNull())
  it('goes back to what it was read from', () => {
    for (const unit of UNITS) expect(fromIso(toIso({ amount: 7, unit })!)).toEqual({ amount: 7, unit })
  })
  it.each([0, -1, 1.5, Number.NaN, 1e6])('is never %d', (amount) => {
    for (const unit of UNITS) expect(toIso({ amount, unit })).toBeNull()
  })
})

it('a clock is called without the length of its drawing', () => {
  expect(bareName('受理时限（默认30分钟）')).toBe('受理时限')
  expect(bareName('Acceptance limit (30 minutes by default)')).toBe('Acceptance limit')
  expect(bareName('Time limit (default 30 minutes)')).toBe('Time limit')
  expect(bareName('处理（一线）')).toBe('处理（一线）')
})
