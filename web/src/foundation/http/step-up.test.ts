import { afterEach, describe, expect, it, vi } from 'vitest'
import { caller, send } from './client'

const answer = (status: number, body: unknown): Response => new Response(body === null ? null : JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
const refusal = (): Response => answer(403, { code: 'session.step-up', detail: '请再次确认是您本人。' })

afterEach(() => {
  vi.unstubAllGlobals()
  caller.stepUp = () => Promise.resolve(false)
})

function serve(...answers: Response[]): string[] {
  const bodies: string[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    bodies.push(await request.text())
    return answers.shift()
  })
  return bodies
}
const makeToken = (): Promise<Response> => send(new Request('http://here/api/v1/tokens', { method: 'POST', body: '{"name":"脚本"}' }))

describe('what is sensitive', () => {
  it('is asked for once more, as it was, when somebody has proven who they are', async () => {
    const bodies = serve(refusal(), answer(201, { id: '1', token: 't', name: '脚本', expires_at: null }))
    caller.stepUp = vi.fn(() => Promise.resolve(true))
    expect(await (await makeToken()).json()).toMatchObject({ token: 't' })
    expect(bodies).toEqual(['{"name":"脚本"}', '{"name":"脚本"}'])
    expect(caller.stepUp).toHaveBeenCalledTimes(1)
  })
  it('stays refused when they have not', async () => {
    const bodies = serve(refusal())
    const answered = await makeToken()
    expect([answered.status, await answered.json()]).toMatchObject([403, { code: 'session.step-up' }])
    expect(bodies).toHaveLength(1)
  })
  it('asks nobody for any other refusal', async () => {
    serve(answer(403, { code: 'right.missing' }))
    caller.stepUp = vi.fn(() => Promise.resolve(true))
    expect(await (await makeToken()).json()).toMatchObject({ code: 'right.missing' })
    expect(caller.stepUp).not.toHaveBeenCalled()
  })
})
