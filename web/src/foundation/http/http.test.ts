import { describe, expect, it } from 'vitest'
import { ActKey, useAct } from './act'
import { Problem, readable, toProblem, unreachable } from './problem'

const t = (key: string, params?: Record<string, unknown>): string => (params ? `${key} ${JSON.stringify(params)}` : key)

describe('problems', () => {
  it('reads a problem document', () => {
    const problem = toProblem(400, { code: 'input.invalid', detail: '有内容填写不正确。', errors: [{ field: 'title', code: 'required' }] })
    expect(problem).toMatchObject({ status: 400, code: 'input.invalid', detail: '有内容填写不正确。', errors: [{ field: 'title', code: 'required' }], incident: null })
  })
  it('makes do with an answer that is none', () => {
    expect(toProblem(502, null)).toMatchObject({ status: 502, code: 'http.502', detail: '' })
    expect(toProblem(502, '<html>')).toMatchObject({ code: 'http.502' })
  })
  it('always says what happened and what to do', () => {
    for (const status of [0, 401, 403, 404, 409, 412, 413, 429, 500, 503]) {
      const words = readable(new Problem(status, 'x', ''), t)
      expect(words.what, String(status)).not.toBe('')
      expect(words.hint, String(status)).not.toBe('')
    }
    expect(readable(new TypeError('bug'), t).hint).toBe('common.hint.reload')
  })
  it('asks to correct a refused file rather than to send it again', () => {
    expect(readable(new Problem(422, 'process.refused', ''), t).hint).toBe('common.hint.file')
    expect(readable(new Problem(422, 'process.refused', 'Refused', [{ field: 'line.3', code: 'x', detail: 'A reason.' }]), t)).toEqual({ what: 'Refused', hint: 'common.hint.file' })
    expect(readable(new Problem(422, 'input.invalid', ''), t).hint).toBe('')
    expect(readable(new Problem(422, 'input.invalid', 'Look', [{ field: 'a', code: 'length', detail: 'Too short.' }]), t)).toEqual({ what: 'Too short.', hint: '' })
    expect(readable(new Problem(422, 'input.invalid', 'Look', [{ field: 'a', code: 'required', detail: 'Missing.' }]), t).what).toBe('Look')
  })
  it('lets the server speak first, and names the incident', () => {
    expect(readable(new Problem(409, 'task.already-done', '待办已由彭浩完成。'), t).what).toBe('待办已由彭浩完成。')
    expect(readable(new Problem(500, 'internal', '', [], 'I-77'), t).hint).toContain('I-77')
  })
})

describe('the key of an act', () => {
  it('stays while the outcome is unknown', () => {
    const key = new ActKey()
    const first = key.take(['a'])
    key.settle(unreachable())
    expect(key.take(['a'])).toBe(first)
    key.settle(new Problem(503, 'busy', ''))
    expect(key.take(['a'])).toBe(first)
  })
  it('changes with what is asked, and after an answer', () => {
    const key = new ActKey()
    const first = key.take(['a'])
    const second = key.take(['b'])
    expect(second).not.toBe(first)
    key.settle()
    const third = key.take(['b'])
    expect(third).not.toBe(second)
    key.settle(new Problem(409, 'task.already-done', ''))
    expect(key.take(['b'])).not.toBe(third)
  })
})

describe('useAct', () => {
  it('does a thing once, however often the button is pressed', async () => {
    let sent = 0
    let finish: (value: string) => void = () => {}
    const act = useAct((_key: string) => { sent += 1; return new Promise<string>((resolve) => { finish = resolve }) })
    const first = act.run()
    const second = act.run()
    expect(act.busy.value).toBe(true)
    finish('done')
    expect(await first).toBe('done')
    expect(await second).toBeUndefined()
    expect(sent).toBe(1)
    expect(act.busy.value).toBe(false)
  })
  it('keeps the problem and answers nothing', async () => {
    const problem = new Problem(403, 'right', '')
    const act = useAct(() => Promise.reject(problem))
    expect(await act.run()).toBeUndefined()
    expect(act.problem.value).toBe(problem)
  })
})
