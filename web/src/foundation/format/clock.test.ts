import { afterEach, expect, it } from 'vitest'
import { learn, present } from './clock'

afterEach(() => learn(new Date().toUTCString()))

it('goes by the server where this machine is off', () => {
  learn(new Date(Date.now() - 600_000).toUTCString())
  expect(Date.now() - present()).toBeGreaterThan(598_000)
  learn(new Date(Date.now() + 2_000).toUTCString())
  expect(Math.abs(Date.now() - present())).toBeLessThan(5)
  learn(null)
  learn('no date')
  expect(Math.abs(Date.now() - present())).toBeLessThan(5)
})
