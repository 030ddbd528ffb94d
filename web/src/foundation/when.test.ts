import { describe, expect, it } from 'vitest'
import { asks, holds } from './when'

describe('holds', () => {
  const scope = { outcome: 'solved', 'case.urgency': 'grave', count: 3, called: true, nothing: null }
  it.each([
    ['outcome = "solved"', true],
    ['outcome != "solved"', false],
    ['outcome="solved" and case.urgency = "grave"', true],
    ['outcome = "unsolved" or case.urgency = "grave"', true],
    ['outcome = "unsolved" and case.urgency = "grave"', false],
    ['not(outcome = "solved")', false],
    ['not(outcome = "solved") or (count >= 3 and count < 4)', true],
    ['outcome in ("accepted", "solved")', true],
    ['outcome in ("accepted", "disputed")', false],
    ['called', true],
    ['called = false', false],
    ['nothing = null', true],
    ['missing = null', true],
    ['missing > 3', false],
    ['count > 2.5', true],
    ['紧急 = "是"', false],
  ])('%s is %s', (text, expected) => expect(holds(text, scope)).toBe(expected))

  it('holds where there is no condition', () => {
    expect(holds(null, {})).toBe(true)
    expect(holds('  ', {})).toBe(true)
  })
  it('shows the field where the condition cannot be read', () => {
    expect(holds('some x in list satisfies x > 1', {})).toBe(true)
    expect(holds('outcome = ', scope)).toBe(true)
    expect(holds('outcome = "solved" garbage', { outcome: 'unsolved' })).toBe(true)
  })
})

describe('asks', () => {
  it('knows the names a condition depends on', () => {
    expect(asks('not(outcome = "x")', 'outcome')).toBe(true)
    expect(asks('title = "outcome"', 'outcome')).toBe(false)
    expect(asks(null, 'outcome')).toBe(false)
  })
})
