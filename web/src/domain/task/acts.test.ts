import { describe, expect, it } from 'vitest'
import type { Me } from '@/contract/types'
import { changeMe } from '@/foundation/session'
import { claimable } from './acts'

describe('what is offered to be claimed', () => {
  changeMe({ roles: [{ role: 'technical-supervisor' }], rights: [] } as unknown as Me)
  const offered = (role: string, state = 'open'): boolean => claimable({ role, state } as Parameters<typeof claimable>[0])

  it('is what one of the roles of the lane may do', () => {
    expect(offered('technical-supervisor')).toBe(true)
    expect(offered('general-manager technical-supervisor')).toBe(true)
    expect(offered('network-engineer')).toBe(false)
  })
  it('is what waits for whoever brought the case, whom the list shows it to', () => expect(offered('customer')).toBe(true))
  it('is nothing that somebody has claimed', () => expect(offered('technical-supervisor', 'claimed')).toBe(false))
})
