import { describe, expect, it } from 'vitest'
import { blank, isBlank, lacking, take, titleFrom, toCall } from './call'

describe('a call', () => {
  it('takes its title from the first sentence', () => {
    expect(titleFrom('三楼点播卡顿。重启无效')).toBe('三楼点播卡顿')
    expect(titleFrom('  \n')).toBe('')
    expect([...titleFrom('长'.repeat(80))]).toHaveLength(40)
  })
  it('brings along what is known of a contact', () => {
    const entry = take(blank(), { kind: 'contact', id: '5', name: '刘主任', detail: '', organisation: { id: '9', name: '教育中心' }, phone: '0791-1' })
    expect(entry).toMatchObject({ contact: { id: '5' }, contact_name: '刘主任', contact_phone: '0791-1', organisation: { id: '9' } })
    const typed = take({ ...blank(), contact_phone: '138' }, { kind: 'organisation', id: '9', name: '教育中心', detail: '', organisation: null, phone: '0791-2' })
    expect(typed.contact_phone).toBe('138')
  })
  it('asks for what nobody could do without', () => {
    expect(lacking(blank(), false)).toEqual(['description', 'contact_name', 'reach', 'category'])
    const entry = { ...blank(), description: 'x', contact_name: 'y', contact_email: 'a@b', category: 'other' }
    expect(lacking(entry, false)).toEqual([])
    expect(lacking(entry, true)).toEqual(['solution'])
  })
  it('is sent with ids, and with a solution only when solved', () => {
    const entry = { ...blank(), description: '断网。', contact_name: ' 刘 ', asset: { id: '3', name: 'VS' }, category: 'network', solution: '重插光纤' }
    expect(toCall(entry, false)).toMatchObject({ title: '断网', contact_name: '刘', asset: '3', organisation: null, solved: false })
    expect(toCall(entry, false)).not.toHaveProperty('solution')
    expect(toCall(entry, true)).toMatchObject({ solved: true, solution: '重插光纤' })
  })
  it('names the article it was answered with, and only when solved by it', () => {
    const entry = { ...blank(), description: '点播卡顿', solution: '已切换节点', article: { id: '7', name: '晚间点播卡顿' } }
    expect(toCall(entry, true)).toMatchObject({ article: '7' })
    expect(toCall(entry, false)).not.toHaveProperty('article')
    expect(toCall({ ...entry, article: null }, true)).not.toHaveProperty('article')
  })
  it('knows when there is nothing worth keeping', () => {
    expect(isBlank({ ...blank(), urgency: 'grave' })).toBe(true)
    expect(isBlank({ ...blank(), site: { id: '1', name: 'x' } })).toBe(false)
  })
})
