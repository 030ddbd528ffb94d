import type { IncomingHttpHeaders } from 'node:http'
import type * as T from '../src/contract/types'
import * as W from './world'

export interface Asked { method: string; path: string; query: URLSearchParams; raw: Buffer; headers: IncomingHttpHeaders; cookie: string | null }
export interface Reply { status: number; body?: unknown; bytes?: Buffer; cookie?: string }
type Handler = (asked: Asked, id: string, rest: string, me: T.Person, body: any) => Reply
const HOUR = 3_600_000
W.populate()

const ok = (body: unknown): Reply => ({ status: 200, body })
const none = (): Reply => ({ status: 204 })
const problem = (status: number, code: string, detail: string, errors: unknown[] = []): Reply => ({ status, body: { type: 'about:blank', title: code, status, code, detail, errors } })
const gone = (): Reply => problem(404, 'not-found', '')
function page<V>(asked: Asked, items: V[]): Reply {
  const limit = Number(asked.query.get('limit') ?? 50)
  const from = Number(asked.query.get('cursor') ?? 0)
  return ok({ items: items.slice(from, from + limit), next: from + limit < items.length ? String(from + limit) : null })
}
const has = (...parts: (string | null | undefined)[]) => (q: string): boolean => parts.some((part) => part?.toLowerCase().includes(q.toLowerCase()))
const rightsOf = (person: T.Person): string[] => [...new Set(['places.read', 'people.read', 'calendars.read', 'processes.read', 'cases.read', ...W.roles.filter((role) => person.roles.includes(role.key)).flatMap((role) => role.rights)])]
const meOf = (person: T.Person): T.Me => ({ id: person.id, login: person.login!, name: person.name, locale: person.locale, department: person.department, rights: rightsOf(person), roles: person.roles.map((role) => ({ role, scope_kind: 'all', scope_name: null, until: null, deputy_for: null })) })
const record = (id: string): W.MockCase | undefined => W.cases.find((row) => row.id === id)
const rowOf = (row: W.MockCase): T.CaseRow => { const { timeline, active, visited, taken, clocks, attachments, links, description, variables, process, may, ...rest } = row; void [timeline, active, visited, taken, clocks, attachments, links, description, variables, process, may]; return rest as unknown as T.CaseRow }
const caseOf = (row: W.MockCase, me: T.Person): T.Case => { const { timeline, active, visited, taken, ...rest } = row; void [timeline, active, visited, taken]; return { ...rest, variables: {}, may: row.state === 'archived' ? ['export', 'link'] : (row.paused ? row.may.map((may) => (may === 'pause' ? 'resume' : may)) : row.may).filter((may) => may !== 'cancel' || row.owner?.id === me.id || me.roles.includes('general-manager')) } }
const plays = (task: W.MockTask, me: T.Person): boolean => task.role.split(' ').some((role) => me.roles.includes(role))
const rowTask = (task: W.MockTask): T.TaskRow => { const { values, ...rest } = task; void values; return rest }
const byDue = (a: T.TaskRow, b: T.TaskRow): number => (a.due_at ?? '9').localeCompare(b.due_at ?? '9')
const live = (): W.MockTask[] => W.tasks.filter((task) => task.state === 'open' || task.state === 'claimed')
function view(name: string, me: T.Person): W.MockTask[] {
  if (name === 'mine') return live().filter((task) => task.assignee?.id === me.id)
  if (name === 'claimable') return live().filter((task) => task.state === 'open' && plays(task, me))
  if (name === 'overdue') return live().filter((task) => task.due_at && Date.parse(task.due_at) < Date.now() && (task.assignee?.id === me.id || plays(task, me)))
  return live().filter((task) => task.assignee?.id !== me.id && record(task.case.id)?.owner?.id === me.id)
}
function filtered(asked: Asked): W.MockCase[] {
  const q = asked.query
  const set = (name: string): string[] | null => q.get(name)?.split(',') ?? null
  return W.cases.filter((row) =>
    (!set('state') || set('state')!.includes(row.state)) && (!set('urgency') || set('urgency')!.includes(row.urgency)) && (!set('category') || set('category')!.includes(row.category ?? '')) && (!set('kind') || set('kind')!.includes(row.kind)) &&
    (!q.get('organisation') || row.organisation?.id === q.get('organisation')) && (!q.get('owner') || row.owner?.id === q.get('owner')) && (!q.get('assignee') || row.steps.some((step) => step.assignee?.id === q.get('assignee'))) &&
    (!q.get('overdue') || row.overdue) && (!q.get('opened_from') || row.opened_at >= q.get('opened_from')!) && (!q.get('opened_until') || row.opened_at <= q.get('opened_until')!) && (!q.get('q') || has(row.title, row.number, row.organisation?.name, row.contact_name)(q.get('q')!)))
    .sort((a, b) => b.opened_at.localeCompare(a.opened_at))
}
function values(row: W.MockCase): Record<string, unknown> {
  const all: Record<string, unknown> = { service: '点播' }
  for (const name of ['title', 'description', 'organisation', 'contact', 'contact_name', 'contact_phone', 'contact_email', 'site', 'asset', 'category', 'urgency', 'severity'] as const) all[`case.${name}`] = row[name]
  return all
}
function explain(from: number, due: number, length: string): T.Explanation {
  const steps: T.ExplanationStep[] = []
  let at = from
  const end = (day: number, hours: number): number => Math.floor((day + 8 * HOUR) / 86_400_000) * 86_400_000 - 8 * HOUR + hours * HOUR
  const step = (to: number, kind: T.StepKind, counted: boolean, zh: string | null = null, en: string | null = null): void => { if (to > at) { steps.push({ from: W.iso(at), to: W.iso(to), kind, name_zh: zh, name_en: en, counted_ms: counted ? to - at : 0 }); at = to } }
  while (at < due && steps.length < 60) {
    const weekday = new Date(at + 8 * HOUR).getUTCDay()
    if (weekday === 0 || weekday === 6) { step(Math.min(end(at, 24), due), 'weekend', false); continue }
    step(Math.min(end(at, 8.5), due), 'night', false); step(Math.min(end(at, 12), due), 'work', true); step(Math.min(end(at, 13.5), due), 'break', false); step(Math.min(end(at, 17.5), due), 'work', true); step(Math.min(end(at, 24), due), 'night', false)
  }
  return { from: W.iso(from), due: W.iso(due), length, calendar: 'office', complete: true, steps }
}
const mailboxes: T.Mailbox[] = [{ id: W.nextId(), name: '客服邮箱', address: 'kefu@fuwu.example', imap: { host: 'imap.fuwu.example', port: 993, security: 'tls', login: 'kefu' }, smtp: { host: 'smtp.fuwu.example', port: 465, security: 'tls', login: 'kefu' }, folder: 'INBOX', active: true, last_checked_at: W.iso(Date.now() - 40_000), last_error: null, version: 1 }, { id: W.nextId(), name: '报障邮箱', address: 'baozhang@fuwu.example', imap: { host: 'imap.fuwu.example', port: 143, security: 'starttls', login: 'baozhang' }, smtp: { host: 'smtp.fuwu.example', port: 587, security: 'starttls', login: 'baozhang' }, folder: 'INBOX', active: true, last_checked_at: W.iso(Date.now() - 3 * HOUR), last_error: '登录被拒绝：用户名或密码不正确（AUTHENTICATIONFAILED）', version: 3 }]
const tokens: T.Token[] = [{ id: '1', name: '工单日报脚本', expires_at: W.iso(Date.now() + 80 * 24 * HOUR) }]
const all = (): T.Person[] => [...W.people, ...W.contacts]
const lookups = (): T.LookupItem[] => [...W.organisations.map((row) => ({ kind: 'organisation' as const, id: row.id, name: row.name, detail: row.region_name ?? '', organisation: null, phone: row.phone })), ...W.contacts.map((row) => ({ kind: 'contact' as const, id: row.id, name: row.name, detail: row.organisation?.name ?? '', organisation: row.organisation, phone: row.phone })), ...W.sites.map((row) => ({ kind: 'site' as const, id: row.id, name: row.name, detail: row.address ?? '', organisation: row.organisation, phone: null })), ...W.assets.map((row) => ({ kind: 'asset' as const, id: row.id, name: row.name, detail: `${row.model} · ${row.ip}`, organisation: row.organisation, phone: null }))]
function list(asked: Asked, rows: { name: string }[], q = asked.query.get('q')): Reply { return page(asked, q ? rows.filter((row) => has(row.name, (row as any).phone, (row as any).ip, (row as any).model, (row as any).login)(q)) : rows) }
function change<V extends { id: string; version: number }>(rows: V[], id: string, body: any, refs: Record<string, { id: string; name: string }[]> = {}): Reply {
  const row = rows.find((known) => known.id === id)
  if (!row) return gone()
  for (const [name, value] of Object.entries(body)) (row as any)[name] = refs[name] ? (refs[name]!.find((known) => known.id === value) ?? null) : value
  row.version += 1
  return ok(row)
}

function caseActs(asked: Asked, id: string, rest: string, me: T.Person, body: any): Reply {
  const row = record(id)
  if (!row) return gone()
  const now = Date.now()
  const done = (): Reply => { row.version += 1; return ok(caseOf(row, me)) }
  if (asked.method === 'PATCH') {
    const { reason, ...facts } = body
    const changes = Object.entries(facts).map(([field, after]) => ({ field, before: (row as any)[field]?.name ?? (row as any)[field], after: lookups().find((item) => item.id === after)?.name ?? after }))
    for (const [field, after] of Object.entries(facts)) (row as any)[field] = ['organisation', 'site', 'asset', 'contact'].includes(field) ? (lookups().find((item) => item.id === after) ?? null) : after
    W.note(row, now, 'corrected', me, null, reason ?? null, { changes })
    return done()
  }
  switch (rest) {
    case '': return ok(caseOf(row, me))
    case 'timeline': return page(asked, row.timeline)
    case 'diagram': return ok({ process: row.kind, version: row.process.version, xml: W.processes.get(row.kind)!.xml, active: row.active, visited: [...row.visited].map(([element, known]) => ({ element, times: known.times, ms: known.ms, last_left_at: known.last ? W.iso(known.last) : null })), flows: [...row.taken].map(([flow, times]) => ({ flow, times })) } satisfies T.Diagram)
    case 'comments': W.note(row, now, body.to_customer ? 'mail-out' : 'commented', me, null, body.text, body.to_customer ? { mail: 'm1' } : {}); return ok({})
    case 'attachments': { const file = { id: W.nextId(), name: decodeURIComponent(String(asked.headers['x-file-name'])), size: asked.raw.length, type: String(asked.headers['content-type']), sha256: '', by: { id: me.id, name: me.name }, at: W.iso(now) }; row.attachments.push(file); W.note(row, now, 'attached', me, null, null); row.timeline[0]!.attachments = [file]; return ok(file) }
    case 'cancel': Object.assign(row, { state: 'cancelled', active: [], steps: [], closed_at: W.iso(now) }); for (const task of W.tasks) if (task.case.id === id) task.state = 'cancelled'; W.note(row, now, 'cancelled', me, null, body.reason); return done()
    case 'pause': row.state = 'waiting'; row.paused = { since: W.iso(now), reason: body.reason, until: body.until ?? null }; W.note(row, now, 'paused', me, null, body.reason); return done()
    case 'resume': row.state = 'open'; row.paused = null; W.note(row, now, 'resumed', me, null); return done()
    case 'urge': for (const task of live()) if (task.case.id === id) task.urged += 1; W.note(row, now, 'urged', me, null, body.text ?? null); return done()
    case 'links': { const other = record(body.case); if (!other) return gone(); row.links.push({ id: W.nextId(), kind: body.kind, case: { id: other.id, number: other.number, title: other.title, state: other.state } }); return done() }
  }
  if (rest.startsWith('mails/')) return ok({ id: 'm1', from: `${row.contact_name} <${row.contact_email}>`, to: '客服邮箱 <kefu@fuwu.example>', subject: `【报修】${row.title}`, at: row.opened_at, text: row.description ?? '', html: `<p>您好！</p><p style="color:red">${row.description}</p><table><tr><td>联系人</td><td>${row.contact_name}</td></tr></table><img src="http://track.example/x.gif" alt="logo"><script>alert(1)</script>`, attachments: [], problems: [] } satisfies T.Mail)
  return gone()
}

function taskActs(_asked: Asked, id: string, rest: string, me: T.Person, body: any): Reply {
  const task = W.tasks.find((row) => row.id === id)
  const row = task && record(task.case.id)
  if (!task || !row) return gone()
  const definition = W.processes.get(row.kind)!
  const now = Date.now()
  if (rest === '') {
    const mine = task.assignee?.id === me.id
    const may: T.TaskMay[] = task.state === 'done' ? [] : mine ? ['release', 'delegate', 'return', 'complete'] : task.state === 'open' && plays(task, me) ? ['claim'] : me.roles.includes('technical-supervisor') ? ['delegate'] : []
    return ok({ ...rowTask(task), form: W.form(row.kind, task.element), outcomes: W.outcomes(definition, task.element), values: values(row), clock: row.clocks.find((clock) => clock.element === task.element && clock.state === 'running') ?? null, may, delegates: W.people.filter((person) => plays(task, person) && person.id !== me.id).map((person) => ({ id: person.id, name: person.name })) } satisfies T.Task)
  }
  if (task.state === 'done') return problem(409, 'task.already-done', `待办已由${task.assignee?.name ?? '他人'}完成。`)
  if (rest === 'claim') { if (task.state === 'claimed') return problem(409, 'task.claimed', `${task.assignee?.name}已经领取了这项待办。`); W.claim(row, task, me, now) }
  if (rest === 'release') { task.state = 'open'; task.assignee = null; W.note(row, now, 'released', me, definition.nodes.get(task.element)!); W.restep(row) }
  if (rest === 'delegate') { const to = W.people.find((person) => person.id === body.to)!; task.assignee = { id: to.id, name: to.name }; task.state = 'claimed'; W.note(row, now, 'delegated', me, definition.nodes.get(task.element)!, body.note ?? null, { to: { id: to.id, name: to.name } }); W.restep(row) }
  if (rest === 'return') W.note(row, now, 'returned', me, definition.nodes.get(task.element)!, body.reason)
  if (rest === 'complete') { for (const [name, value] of Object.entries(body.fields)) if (name.startsWith('case.') && (typeof value === 'string') && ['case.title', 'case.description', 'case.category', 'case.urgency'].includes(name)) (row as any)[name.slice(5)] = value; W.complete(row, task, me, body.outcome ?? null, now, body.fields.solution ?? body.fields.tried ?? body.fields.customer_answer ?? null) }
  return ok(rowTask(task))
}

const ROUTES: [string, RegExp, Handler][] = [
  ['GET', /^\/session$/, (_a, _i, _r, me) => ok({ csrf: 'mock', me: meOf(me) })],
  ['DELETE', /^\/session$/, () => ({ status: 204, cookie: '' })],
  ['PATCH', /^\/me$/, (_a, _i, _r, me, body) => { Object.assign(me, body); return ok(meOf(me)) }],
  ['POST', /^\/me\/password$/, (_a, _i, _r, _m, body) => (body.current === 'wrong' ? problem(403, 'password.wrong', '当前密码不正确。') : none())],
  ['GET', /^\/me\/sessions$/, (asked) => page(asked, [{ id: '1', created_at: W.iso(Date.now() - 5 * HOUR), seen_at: W.iso(Date.now()), remote: '10.20.3.41', agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36', current: true }, { id: '2', created_at: W.iso(Date.now() - 70 * HOUR), seen_at: W.iso(Date.now() - 20 * HOUR), remote: '10.20.8.7', agent: 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36', current: false }])],
  ['DELETE', /^\/me\/sessions\/(.+)$/, none],
  ['GET', /^\/tokens$/, (asked) => page(asked, tokens)],
  ['POST', /^\/tokens$/, (_a, _i, _r, _m, body) => { const token = { id: W.nextId(), name: body.name, expires_at: body.expires_at ?? null }; tokens.push(token); return ok({ ...token, token: 'kw_4f8c1d7e9a2b6053c8e1f7a9d4b2' }) }],
  ['DELETE', /^\/tokens\/(.+)$/, (_a, id) => { tokens.splice(tokens.findIndex((row) => row.id === id), 1); return none() }],
  ['GET', /^\/tasks\/counts$/, (_a, _i, _r, me) => ok({ mine: view('mine', me).length, claimable: view('claimable', me).length, overdue: view('overdue', me).length })],
  ['GET', /^\/tasks$/, (asked, _i, _r, me) => page(asked, view(asked.query.get('view') ?? 'mine', me).map(rowTask).sort(byDue))],
  ['*', /^\/tasks\/(\d+)\/?(.*)$/, taskActs],
  ['GET', /^\/cases\/counts$/, (asked) => { const rows = filtered(asked); const n = (state: string): number => rows.filter((row) => row.state === state).length; return ok({ open: n('open'), waiting: n('waiting'), archived: n('archived'), cancelled: n('cancelled'), overdue: rows.filter((row) => row.overdue).length }) }],
  ['GET', /^\/cases$/, (asked) => page(asked, filtered(asked).map(rowOf))],
  ['*', /^\/cases\/(\d+)\/?(.*)$/, caseActs],
  ['GET', /^\/clocks\/(\d+)\/explanation$/, (_a, id) => { const clock = W.cases.flatMap((row) => row.clocks).find((row) => row.id === id); return clock ? ok(explain(Date.parse(clock.started_at), Date.parse(clock.due_at), clock.length)) : gone() }],
  ['POST', /^\/hotline\/calls$/, (_a, _i, _r, me, body) => { const find = (id: string): T.Ref | null => { const item = lookups().find((row) => row.id === id); return item ? { id: item.id, name: item.name } : null }; const row = W.open({ ...body, channel: 'hotline', organisation: find(body.organisation), contact: find(body.contact), site: find(body.site), asset: find(body.asset) }, Date.now(), me); const next = (outcome: string | null, words: string | null): void => { const task = live().find((known) => known.case.id === row.id)!; W.claim(row, task, me, Date.now()); W.complete(row, task, me, outcome, Date.now(), words) }; next(null, null); if (body.solved) { next('solved', body.solution); next('accepted', null); next(null, null) } else { const task = live().find((known) => known.case.id === row.id)!; W.claim(row, task, me, Date.now()) } return ok(caseOf(row, me)) }],
  ['GET', /^\/hotline\/caller$/, (asked) => { const q = asked.query; const contact = W.contacts.find((row) => row.phone === q.get('phone') || row.id === q.get('contact')) ?? null; const asset = W.assets.find((row) => row.id === q.get('asset')); const organisation = W.organisations.find((row) => row.id === (q.get('organisation') ?? contact?.organisation?.id ?? asset?.organisation?.id) || (q.get('phone') && row.phone === q.get('phone'))) ?? null; return ok({ contact, organisation, cases: organisation ? W.cases.filter((row) => row.organisation?.id === organisation.id).slice(0, 10).map(rowOf) : [] }) }],
  ['GET', /^\/lookup$/, (asked) => page(asked, lookups().filter((row) => has(row.name, row.phone, row.detail)(asked.query.get('q') ?? '')))],
  ['GET', /^\/search$/, (asked) => { const q = asked.query.get('q') ?? ''; return page(asked, [...W.cases.filter((row) => has(row.title, row.number, row.organisation?.name)(q)).map((row) => ({ kind: 'case', id: row.id, title: row.title, detail: `${row.number} ${row.organisation?.name ?? ''}`, at: row.opened_at })), ...W.people.filter((row) => has(row.name)(q)).map((row) => ({ kind: 'person', id: row.id, title: row.name, detail: row.department?.name ?? '', at: null })), ...lookups().filter((row) => row.kind !== 'contact' && has(row.name)(q)).map((row) => ({ kind: row.kind, id: row.id, title: row.name, detail: row.detail, at: null }))]) }],
  ['GET', /^\/roles$/, (asked) => page(asked, W.roles)],
  ['GET', /^\/departments$/, (asked) => page(asked, W.departments)],
  ['POST', /^\/departments$/, (_a, _i, _r, _m, body) => { const row = { id: W.nextId(), name: body.name, kind: body.kind, parent: W.departments.find((known) => known.id === body.parent) ?? null, version: 1 }; W.departments.push(row as T.Department); return ok(row) }],
  ['PATCH', /^\/departments\/(\d+)$/, (_a, id, _r, _m, body) => change(W.departments, id, body, { parent: W.departments })],
  ['GET', /^\/people$/, (asked) => { const q = asked.query; return list(asked, all().filter((row) => (!q.get('department') || row.department?.id === q.get('department')) && (!q.get('role') || row.roles.includes(q.get('role')!)) && (!q.get('organisation') || row.organisation?.id === q.get('organisation')) && (!q.get('active') || String(row.active) === q.get('active')))) }],
  ['POST', /^\/people$/, (_a, _i, _r, _m, body) => { if (all().some((row) => row.login && row.login === body.login)) return problem(400, 'input.invalid', '有内容填写不正确。', [{ field: 'login', code: 'taken', message: '登录名已被使用' }]); const row: T.Person = { id: W.nextId(), login: body.login ?? null, name: body.name, kind: body.kind, department: W.departments.find((known) => known.id === body.department) ?? null, organisation: W.organisations.find((known) => known.id === body.organisation) ?? null, phone: body.phone ?? null, email: body.email ?? null, roles: [], active: true, version: 1, locale: 'zh', grants: [], deputies: [] }; W.people.unshift(row); return ok(row) }],
  ['GET', /^\/people\/(\d+)$/, (_a, id) => { const row = all().find((known) => known.id === id); return row ? ok(row) : gone() }],
  ['PATCH', /^\/people\/(\d+)$/, (_a, id, _r, _m, body) => change(all(), id, body, { department: W.departments, organisation: W.organisations })],
  ['POST', /^\/people\/(\d+)\/grants$/, (_a, id, _r, me, body) => { const row = all().find((known) => known.id === id)!; row.grants.push({ id: W.nextId(), role: body.role, scope_kind: body.scope_kind, scope: [...W.departments, ...W.organisations].find((known) => known.id === body.scope) ?? null, from: body.from ?? W.iso(Date.now()), until: body.until ?? null, given_by: { id: me.id, name: me.name } }); row.roles = row.grants.map((grant) => grant.role); return ok(row) }],
  ['DELETE', /^\/people\/(\d+)\/grants\/(.+)$/, (_a, id, grant) => { const row = all().find((known) => known.id === id)!; row.grants = row.grants.filter((known) => known.id !== grant); row.roles = row.grants.map((known) => known.role); return none() }],
  ['POST', /^\/people\/(\d+)\/deputies$/, (_a, id, _r, _m, body) => { const row = all().find((known) => known.id === id)!; const deputy = W.people.find((known) => known.id === body.deputy)!; row.deputies.push({ id: W.nextId(), deputy: { id: deputy.id, name: deputy.name }, role: body.role ?? null, from: body.from, until: body.until }); return ok(row) }],
  ['DELETE', /^\/people\/(\d+)\/deputies\/(.+)$/, (_a, id, deputy) => { const row = all().find((known) => known.id === id)!; row.deputies = row.deputies.filter((known) => known.id !== deputy); return none() }],
  ['POST', /^\/people\/(\d+)\/password$/, none],
  ['GET', /^\/organisations$/, (asked) => list(asked, W.organisations.filter((row) => !asked.query.get('kind') || row.kind === asked.query.get('kind')))],
  ['POST', /^\/organisations$/, (_a, _i, _r, _m, body) => { const row = { id: W.nextId(), region: null, region_name: null, address: null, phone: null, note: null, version: 1, ...body }; W.organisations.unshift(row); return ok(row) }],
  ['GET', /^\/organisations\/(\d+)\/contacts$/, (asked, id) => page(asked, W.contacts.filter((row) => row.organisation?.id === id))],
  ['GET', /^\/organisations\/(\d+)$/, (_a, id) => { const row = W.organisations.find((known) => known.id === id); return row ? ok(row) : gone() }],
  ['PATCH', /^\/organisations\/(\d+)$/, (_a, id, _r, _m, body) => change(W.organisations, id, body)],
  ['GET', /^\/sites$/, (asked) => list(asked, W.sites.filter((row) => !asked.query.get('organisation') || row.organisation?.id === asked.query.get('organisation')))],
  ['GET', /^\/sites\/(\d+)$/, (_a, id) => { const row = W.sites.find((known) => known.id === id); return row ? ok(row) : gone() }],
  ['PATCH', /^\/sites\/(\d+)$/, (_a, id, _r, _m, body) => change(W.sites, id, body, { organisation: W.organisations })],
  ['GET', /^\/assets$/, (asked) => list(asked, W.assets.filter((row) => !asked.query.get('organisation') || row.organisation?.id === asked.query.get('organisation')))],
  ['GET', /^\/assets\/(\d+)$/, (_a, id) => { const row = W.assets.find((known) => known.id === id); return row ? ok(row) : gone() }],
  ['PATCH', /^\/assets\/(\d+)$/, (_a, id, _r, _m, body) => change(W.assets, id, body, { organisation: W.organisations, site: W.sites })],
  ['GET', /^\/regions$/, (asked) => page(asked, W.regionRows)],
  ['GET', /^\/calendars$/, (asked) => page(asked, W.calendars)],
  ['PUT', /^\/calendars\/(\w+)$/, (_a, key, _r, _m, body) => { const row = W.calendars.find((known) => known.key === key)!; Object.assign(row, body, { version: row.version + 1 }); return ok(row) }],
  ['POST', /^\/calendars\/(\w+)\/preview$/, (_a, _i, _r, _m, body) => ok(explain(Date.parse(body.from), Date.parse(body.from) + 70 * HOUR, body.length))],
  ['GET', /^\/holidays$/, (asked) => page(asked, W.holidays.map((row) => ({ year: row.year, version: row.version })))],
  ['GET', /^\/holidays\/(\d+)$/, (_a, year) => { const row = W.holidays.find((known) => String(known.year) === year); return row ? ok(row) : gone() }],
  ['PUT', /^\/holidays\/(\d+)$/, (_a, year, _r, _m, body) => { const row = W.holidays.find((known) => String(known.year) === year)!; Object.assign(row, body, { version: row.version + 1 }); return ok(row) }],
  ['GET', /^\/processes$/, (asked) => page(asked, [...W.processes.values()].map((row) => ({ key: row.key, name_zh: row.zh, name_en: row.en, version: 'a3f9c2e417b0d5586e1f', deployed_at: W.iso(Date.now() - 90 * HOUR), open_cases: W.cases.filter((known) => known.kind === row.key && known.state === 'open').length })))],
  ['GET', /^\/processes\/([\w-]+)$/, (_a, key) => { const row = W.processes.get(key); return row ? ok({ key, name_zh: row.zh, name_en: row.en, version: 'a3f9c2e417b0d5586e1f', deployed_at: W.iso(Date.now() - 90 * HOUR), open_cases: 21, versions: [{ version: 'a3f9c2e417b0d5586e1f', deployed_at: W.iso(Date.now() - 90 * HOUR), by: { id: '1', name: '江一帆' } }, { version: '77b1e09fd2c4', deployed_at: W.iso(Date.now() - 900 * HOUR), by: null }] }) : gone() }],
  ['GET', /^\/processes\/([\w-]+)\/file$/, (_a, key) => ({ status: 200, bytes: Buffer.from(W.processes.get(key)!.xml) })],
  ['POST', /^\/processes\/([\w-]+)\/versions$/, () => problem(400, 'process.refused', '流程文件不符合要求，未部署。', [{ field: '187:7', code: 'flow.no-condition', message: '「解决？」之后的流向没有条件' }, { field: '42:9', code: 'lane.no-role', message: '泳道「客服」没有写明岗位' }])],
  ['GET', /^\/mailboxes$/, (asked) => page(asked, mailboxes)],
  ['POST', /^\/mailboxes$/, (_a, _i, _r, _m, body) => { const row = { id: W.nextId(), last_checked_at: null, last_error: null, version: 1, ...body }; mailboxes.push(row); return ok(row) }],
  ['PATCH', /^\/mailboxes\/(\d+)$/, (_a, id, _r, _m, body) => change(mailboxes, id, body)],
  ['DELETE', /^\/mailboxes\/(\d+)$/, (_a, id) => { mailboxes.splice(mailboxes.findIndex((row) => row.id === id), 1); return none() }],
  ['POST', /^\/mailboxes\/(\d+)\/test$/, (_a, id) => ok(mailboxes.find((row) => row.id === id)?.last_error ? { imap: { ok: false, message: '登录被拒绝：用户名或密码不正确' }, smtp: { ok: true, message: '' } } : { imap: { ok: true, message: '' }, smtp: { ok: true, message: '' } })],
  ['GET', /^\/audit$/, (asked) => page(asked, W.cases.slice(0, 40).flatMap((row) => row.timeline.map((entry, i) => ({ chain: `case/${row.number}`, seq: row.timeline.length - i, at: entry.at, actor: entry.actor?.name ?? null, action: `case.${entry.kind}`, subject: row.number, data: entry.data }))).filter((row) => (!asked.query.get('chain') || row.chain.includes(asked.query.get('chain')!)) && (!asked.query.get('action') || row.action.includes(asked.query.get('action')!))).sort((a, b) => b.at.localeCompare(a.at)))],
  ['POST', /^\/audit\/verify$/, () => ok({ holds: true, entries: 2841, chains: 185, broken: null })],
]

export function handle(asked: Asked): Reply {
  const body = asked.raw.length > 0 && String(asked.headers['content-type']).includes('json') ? JSON.parse(asked.raw.toString()) : {}
  if (asked.path === '/first-run') return asked.method === 'GET' ? ok({ needed: false }) : problem(409, 'first-run.done', '')
  if (asked.path === '/session' && asked.method === 'POST') {
    const person = W.people.find((row) => row.login === body.login)
    if (!person || body.password === 'wrong') return problem(401, 'session.wrong', '登录名或密码不正确。')
    return { ...ok({ csrf: 'mock', me: meOf(person) }), cookie: person.login! }
  }
  const me = W.people.find((row) => row.login === asked.cookie)
  if (!me) return problem(401, 'session.none', '请先登录。')
  for (const [method, pattern, handler] of ROUTES) {
    const match = pattern.exec(asked.path)
    if (match && (method === '*' || method === asked.method)) return handler(asked, match[1] ?? '', match[2] ?? '', me, body)
  }
  return gone()
}
