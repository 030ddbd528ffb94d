import { expect, test } from 'vitest'
import { asValue } from './standing'

test('what is typed as a value is a number, a truth or a list where it is written as one, and else a text', () => {
  expect(asValue('12')).toBe(12)
  expect(asValue('true')).toBe(true)
  expect(asValue('["南昌","九江"]')).toEqual(['南昌', '九江'])
  expect(asValue('"12"')).toBe('12')
  expect(asValue('南昌')).toBe('南昌')
  expect(asValue('')).toBe('')
})
