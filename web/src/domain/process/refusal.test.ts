import { expect, test } from 'vitest'
import { reasonOf } from './refusal'

test('a reason stands at its line and column, or names what it is about', () => {
  expect(reasonOf({ field: '30:5', code: 'bpmn.flow.dangling', detail: 'targetRef names nothing' }))
    .toEqual({ line: '30', column: '5', rule: 'bpmn.flow.dangling', reason: 'targetRef names nothing' })
  expect(reasonOf({ field: 'xml', code: 'other-process', detail: '不是这个流程' }))
    .toEqual({ line: '', column: '', rule: 'xml other-process', reason: '不是这个流程' })
})
