// Believable data for the development server, made from the demo centre's own material.
import { readFileSync, readdirSync } from 'node:fs'
import type * as T from '../src/contract/types'

const root = new URL('../../', import.meta.url)
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const json = (path: string) => JSON.parse(text(path))
const demo = json('data/demo.json')
const regions = json('data/regions.json')

let seed = 7
export const random = (): number => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed / 2147483648 }
export const pick = <V>(list: readonly V[]): V => list[Math.floor(random() * list.length)]!
const MIN = 60_000
const HOUR = 60 * MIN
export const iso = (at: number): string => new Date(at).toISOString()
let ids = 1000
export const nextId = (): string => String(++ids)
const ref = (thing: { id: string; name: string }): T.Ref => ({ id: thing.id, name: thing.name })

// ---- processes
export interface Node { id: string; type: string; zh: string; en: string; role: string }
interface Flow { id: string; from: string; to: string; outcome: string | null; zh: string; en: string }
export interface Definition { key: string; xml: string; zh: string; en: string; nodes: Map<string, Node>; flows: Flow[]; timers: Map<string, { id: string; zh: string; en: string; length: string }> }
const attr = (tag: string, name: string): string => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
function define(key: string): Definition {
  const xml = text(`processes/${key}/process.bpmn`)
  const roles = new Map<string, string>()
  for (const lane of xml.matchAll(/<bpmn:lane [^>]*>[\s\S]*?<\/bpmn:lane>/g)) for (const node of lane[0].matchAll(/<bpmn:flowNodeRef>([^<]+)/g)) roles.set(node[1]!, attr(lane[0], 'kw:role'))
  const nodes = new Map<string, Node>()
  const timers: Definition['timers'] = new Map()
  for (const tag of xml.matchAll(/<bpmn:(startEvent|userTask|serviceTask|callActivity|exclusiveGateway|parallelGateway|endEvent|boundaryEvent) [^>]*>/g)) {
    const id = attr(tag[0], 'id')
    nodes.set(id, { id, type: tag[1]!, zh: attr(tag[0], 'name'), en: attr(tag[0], 'kw:nameEn'), role: roles.get(id) ?? '' })
    if (tag[1] === 'boundaryEvent') {
      const length = /timeDuration[^>]*>([^<]+)/.exec(xml.slice(tag.index, tag.index + 1500))?.[1] ?? 'PT1H'
      timers.set(attr(tag[0], 'attachedToRef'), { id, zh: attr(tag[0], 'name').replace(/（.*）/, ''), en: attr(tag[0], 'kw:nameEn').replace(/ \(.*\)/, ''), length })
    }
  }
  const flows: Flow[] = [...xml.matchAll(/<bpmn:sequenceFlow [^>]*?(\/>|>[\s\S]*?<\/bpmn:sequenceFlow>)/g)].map((match) => ({
    id: attr(match[0], 'id'), from: attr(match[0], 'sourceRef'), to: attr(match[0], 'targetRef'), zh: attr(match[0], 'name'), en: attr(match[0], 'kw:nameEn'), outcome: /outcome = "([^"]+)"/.exec(match[0])?.[1] ?? null,
  }))
  const process = /<bpmn:process [^>]*>/.exec(xml)![0]
  return { key, xml, zh: attr(process, 'name'), en: attr(process, 'kw:nameEn'), nodes, flows, timers }
}
export const processes = new Map(['customer-acceptance', 'fault-maintenance'].map((key) => [key, define(key)]))
export function form(key: string, element: string): T.TaskForm | null {
  if (!readdirSync(new URL(`processes/${key}/`, root)).includes(`${element}.form.json`)) return null
  const file = json(`processes/${key}/${element}.form.json`)
  return {
    title_zh: file.title.zh, title_en: file.title.en,
    fields: file.fields.map((field: Record<string, any>) => ({
      id: field.id, type: field.type, label_zh: field.label.zh, label_en: field.label.en, help_zh: field.help?.zh ?? null, help_en: field.help?.en ?? null, required: field.required ?? false,
      max: field.max ?? null, min: field.min ?? null, when: field.when ?? null, role: field.role ?? null, choices: field.choices ?? [],
    })),
  }
}
export function outcomes(definition: Definition, element: string): T.Choice[] {
  const next = definition.flows.find((flow) => flow.from === element)?.to ?? ''
  if (definition.nodes.get(next)?.type !== 'exclusiveGateway') return []
  return definition.flows.filter((flow) => flow.from === next && flow.outcome).map((flow) => ({ value: flow.outcome!, zh: flow.zh, en: flow.en }))
}

// ---- people and places
export const departments: T.Department[] = []
for (const centre of demo.centres) {
  const parent = { id: nextId(), name: centre.name.zh, kind: 'centre' as const, parent: null, version: 1 }
  departments.push(parent)
  for (const department of centre.departments) departments.push({ id: nextId(), name: department.name.zh, kind: 'department', parent: ref(parent), version: 1, key: department.key } as T.Department)
}
const departmentOf = (key: string): T.Ref | null => { const found = departments.find((row) => (row as any).key === key); return found ? ref(found) : null }
export const roles: T.Role[] = json('data/roles.json').roles.map((role: any) => ({ key: role.key, name_zh: role.zh, name_en: role.en, rights: role.rights }))
const phone = (): string => `1400791${String(1000 + Math.floor(random() * 9000))}`
export const people: T.Person[] = demo.people.map((row: any): T.Person => ({
  id: nextId(), login: row.login, name: row.name, kind: 'staff', department: departmentOf(row.department), organisation: null, phone: phone(), email: `${row.login}@${demo.mail_domain}`, roles: row.roles, active: true, version: 1, locale: 'zh',
  grants: row.roles.map((role: string) => ({ id: nextId(), role, scope_kind: 'all', scope: null, from: iso(Date.now() - 200 * 24 * HOUR), until: null, given_by: { id: '1001', name: '江一帆' } })), deputies: [],
}))
export const regionRows: T.Region[] = regions.cities.flatMap((city: any) => [{ code: city.code, name: city.name, parent: regions.province.code }, ...city.counties.map((county: any) => ({ code: county.code, name: `${city.name}${county.name}`, parent: city.code }))])
const regionName = (code: string): string => regionRows.find((row) => row.code === code)?.name ?? ''
export const organisations: T.Organisation[] = demo.customers.map((row: any) => ({ id: nextId(), name: row.name, kind: row.kind === 'operator' ? 'operator' : 'customer', region: row.county, region_name: regionName(row.county), address: `${regionName(row.county)}文化路${Math.ceil(random() * 180)}号`, phone: `0791-0${String(100000 + Math.floor(random() * 900000))}`, note: null, version: 1 }))
const given = [...(demo.names.male ?? []), ...(demo.names.female ?? [])].map((item: any) => (Array.isArray(item) ? item[0] : item))
export const contacts: T.Person[] = organisations.flatMap((organisation) => Array.from({ length: 2 }, () => ({
  id: nextId(), login: null, name: pick(demo.names.surnames as string[][])[0]! + pick(given), kind: 'contact' as const, department: null, organisation: ref(organisation), phone: phone(), email: `lianxi${nextId()}@kehu.example`, roles: [], active: true, version: 1, locale: 'zh' as const, grants: [], deputies: [],
})))
export const sites: T.Site[] = organisations.flatMap((organisation, i) => ['中心机房', '主楼弱电间', '分前端'].slice(0, 1 + (i % 3)).map((name) => ({ id: nextId(), name: `${demo.customers[i].short}${name}`, organisation: ref(organisation), region: organisation.region, region_name: organisation.region_name, address: organisation.address, version: 1 })))
export const assets: T.Asset[] = sites.flatMap((site) => Array.from({ length: 3 }, () => { const kind = pick(demo.assets as any[]); const model = pick(kind.models as any[]); return { id: nextId(), name: `${kind.name.zh} ${kind.prefix}-${100 + Math.floor(random() * 899)}`, class: kind.class, model: `${model.vendor} ${model.model}`, serial: `SN${Math.floor(random() * 1e8)}`, ip: `10.${Math.floor(random() * 60)}.${Math.floor(random() * 250)}.${1 + Math.floor(random() * 250)}`, site: ref(site), organisation: site.organisation, parent: null, version: 1 } }))
export const calendars: T.Calendar[] = ['office', 'duty'].map((key) => { const file = json(`data/calendars/${key}.json`); return { key, name_zh: file.name.zh, name_en: file.name.en, week: file.week, version: 1 } })
export const holidays: T.HolidayYear[] = [2024, 2025, 2026].map((year) => { const file = json(`data/holidays/cn-${year}.json`); return { year, source: file.source, off: file.off.map((row: any) => ({ from: row.from, to: row.to, name_zh: row.name.zh, name_en: row.name.en })), work: file.work, version: 1 } })

// ---- cases, walked through the process file
export interface MockTask extends T.TaskRow { values: Record<string, unknown> }
export interface MockCase extends T.Case { timeline: T.TimelineEntry[]; active: T.Diagram['active']; visited: Map<string, { times: number; ms: number; last: number | null }>; taken: Map<string, number> }
export const cases: MockCase[] = []
export const tasks: MockTask[] = []
const holders = (role: string): T.Person[] => people.filter((person) => role.split(' ').some((one) => person.roles.includes(one)))
const lengthMs = (length: string): number => { const m = /P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?/.exec(length)!; return Number(m[1] ?? 0) * 26 * HOUR + Number(m[2] ?? 0) * HOUR + Number(m[3] ?? 0) * MIN }
const fill = (words: string): string => words.replace(/\{(\w+)\}/g, (_, name: string) => {
  if (name === 'count') return String(5 + Math.floor(random() * 40))
  if (name === 'place') return '老城片区'
  const list = demo.fill[name]
  if (!Array.isArray(list)) return name === 'asset' ? '视频服务器' : ''
  const item = pick(list as any[])
  return typeof item === 'object' ? item.text : item
})

export function note(record: MockCase, at: number, kind: string, actor: T.Person | null, element: Node | null, words: string | null = null, data: Record<string, unknown> = {}): void {
  record.timeline.unshift({ id: nextId(), at: iso(at), kind, actor: actor ? ref(actor) : null, element: element?.id ?? null, name_zh: element?.zh ?? null, name_en: element?.en ?? null, text: words, data, attachments: [] })
  record.updated_at = iso(at)
}
function visit(record: MockCase, id: string, spent: number, at: number): void {
  const known = record.visited.get(id) ?? { times: 0, ms: 0, last: null }
  record.visited.set(id, { times: known.times + 1, ms: known.ms + spent, last: at })
}

/** Moves the token on from a node until people must act again. */
export function advance(record: MockCase, definition: Definition, from: string, outcome: string | null, at: number): void {
  const flow = definition.flows.find((row) => row.from === from && (row.outcome === null || row.outcome === outcome))
  if (!flow) return
  record.taken.set(flow.id, (record.taken.get(flow.id) ?? 0) + 1)
  const node = definition.nodes.get(flow.to)!
  if (node.type === 'endEvent') {
    visit(record, node.id, 0, at)
    Object.assign(record, { state: 'archived', closed_at: iso(at), active: [], steps: [], due_at: null, overdue: false, may: ['export', 'link'] })
    note(record, at, 'archived', null, null)
    return
  }
  if (node.type !== 'userTask') {
    visit(record, node.id, 0, at)
    if (node.type === 'serviceTask') note(record, at, 'passed-on', null, node)
    return advance(record, definition, node.id, outcome, at)
  }
  const timer = definition.timers.get(node.id)
  const due = timer ? iso(at + lengthMs(timer.length)) : null
  const task: MockTask = { id: nextId(), case: { id: record.id, number: record.number, title: record.title, kind: record.kind, urgency: record.urgency, organisation: record.organisation }, element: node.id, name_zh: node.zh, name_en: node.en, role: node.role, state: 'open', assignee: null, created_at: iso(at), due_at: due, overdue: false, urged: 0, version: 1, values: {} }
  tasks.push(task)
  record.active = [{ element: node.id, since: iso(at), task: task.id, assignee: null, due_at: due }]
  if (timer && due) record.clocks.unshift({ id: nextId(), name: timer.id, element: node.id, name_zh: timer.zh, name_en: timer.en, started_at: iso(at), due_at: due, length: timer.length, calendar: 'office', state: 'running' })
  restep(record)
}
export function restep(record: MockCase): void {
  record.steps = record.active.map((token) => { const task = tasks.find((row) => row.id === token.task)!; task.overdue = token.due_at !== null && Date.parse(token.due_at) < Date.now(); token.assignee = task.assignee; return { task: task.id, element: task.element, name_zh: task.name_zh, name_en: task.name_en, assignee: task.assignee, due_at: task.due_at, overdue: task.overdue } })
  record.due_at = record.steps[0]?.due_at ?? null
  record.overdue = record.steps.some((step) => step.overdue)
}
export function complete(record: MockCase, task: MockTask, who: T.Person, outcome: string | null, at: number, words: string | null): void {
  const definition = processes.get(record.kind)!
  const node = definition.nodes.get(task.element)!
  const choice = outcomes(definition, task.element).find((row) => row.value === outcome)
  task.state = 'done'
  visit(record, node.id, at - Date.parse(task.created_at), at)
  for (const clock of record.clocks) if (clock.element === node.id && clock.state === 'running') clock.state = Date.parse(clock.due_at) < at ? 'broken' : 'kept'
  note(record, at, 'completed', who, node, words, choice ? { outcome, outcome_zh: choice.zh, outcome_en: choice.en } : {})
  advance(record, definition, node.id, outcome, at)
}
export function claim(record: MockCase, task: MockTask, who: T.Person, at: number): void {
  task.assignee = ref(who)
  task.state = 'claimed'
  task.version += 1
  note(record, at, 'claimed', who, processes.get(record.kind)!.nodes.get(task.element)!)
  restep(record)
}
let number = 0
export function open(facts: Partial<T.Case>, at: number, who: T.Person | null): MockCase {
  number += 1
  const day = iso(at + 8 * HOUR).slice(0, 10).replaceAll('-', '')
  const definition = processes.get(facts.kind ?? 'customer-acceptance')!
  const record: MockCase = {
    id: nextId(), number: `KF${day}-${String(number).padStart(4, '0')}`, kind: definition.key, title: facts.title ?? '', state: 'open', urgency: facts.urgency ?? 'normal', severity: null, category: facts.category ?? null, channel: facts.channel ?? 'hotline',
    organisation: facts.organisation ?? null, contact_name: facts.contact_name ?? null, owner: who ? ref(who) : null, steps: [], opened_at: iso(at), updated_at: iso(at), closed_at: null, due_at: null, overdue: false,
    description: facts.description ?? null, contact: facts.contact ?? null, contact_phone: facts.contact_phone ?? null, contact_email: facts.contact_email ?? null, site: facts.site ?? null, asset: facts.asset ?? null, variables: {},
    process: { key: definition.key, version: 'a3f9c2e417b0d5586e1f', name_zh: definition.zh, name_en: definition.en }, clocks: [], attachments: [], links: [], paused: null,
    may: ['comment', 'attach', 'cancel', 'correct', 'pause', 'link', 'urge'], version: 1, timeline: [], active: [], visited: new Map(), taken: new Map(),
  }
  cases.unshift(record)
  const start = definition.nodes.get('reported') ?? [...definition.nodes.values()].find((node) => node.type === 'startEvent')!
  visit(record, start.id, 0, at)
  note(record, at, 'opened', who, start, null)
  advance(record, definition, start.id, null, at)
  return record
}
const PATHS: Record<string, (string | null)[]> = { first: [null, 'solved', 'accepted', null], network: [null, 'unsolved', 'solved', null, 'accepted', null], support: [null, 'unsolved', 'unsolved', null, 'support', 'solved', null, null, 'accepted', null], interface: [null, 'unsolved', 'unsolved', null, 'interface', 'solved', null, null, 'accepted', null], field: [null, 'unsolved', 'unsolved', null, 'solved', null, 'accepted', null] }
function words(template: any, element: string): string | null {
  const source: Record<string, string> = { 'handle-first': template.tried, 'handle-network': template.why_failed ?? template.tried, 'report-supervisor': template.why_failed, 'handle-support': template.solution, 'sum-up': template.result, 'feed-back': template.customer_answer }
  return source[element] ? fill(source[element]) : null
}
export function populate(): void {
  const now = Date.now()
  const ages = [...Array.from({ length: 150 }, () => now - (30 + random() * 24 * 28) * HOUR).sort((a, b) => a - b), ...Array.from({ length: 34 }, () => now - random() * 26 * HOUR).sort((a, b) => a - b)]
  for (const [i, at] of ages.entries()) {
    const template = demo.cases[i % demo.cases.length]
    const organisation = pick(organisations)
    const contact = contacts.find((row) => row.organisation?.id === organisation.id)!
    const site = sites.find((row) => row.organisation?.id === organisation.id)!
    const asset = assets.find((row) => row.site?.id === site.id)!
    const who = pick(holders('acceptance-engineer'))
    const record = open({ title: fill(template.title), description: fill(template.description), urgency: template.urgency, category: template.category, channel: pick(['hotline', 'hotline', 'mail', 'portal'] as const), organisation: ref(organisation), contact: ref(contact), contact_name: contact.name, contact_phone: contact.phone, contact_email: contact.email, site: ref(site), asset: ref(asset) }, at, who)
    const path = PATHS[template.path]!
    const steps = i < 150 ? (i % 9 === 0 ? 3 : path.length) : Math.floor(random() * 6)
    let then = at
    for (const outcome of path.slice(0, steps)) {
      const task = tasks.find((row) => row.case.id === record.id && row.state !== 'done')
      if (!task) break
      const person = pick(holders(task.role.split(' ')[0]!))
      then = Math.min(then + (3 + random() * 50) * MIN, now - MIN)
      if (!person) break
      claim(record, task, person, then)
      then = Math.min(then + (2 + random() * 45) * MIN, now - MIN)
      complete(record, task, person, outcome, then, words(template, task.element))
    }
    const task = tasks.find((row) => row.case.id === record.id && row.state === 'open')
    if (task && random() < 0.62) { const person = pick(holders(task.role.split(' ')[0]!)); if (person) claim(record, task, i % 2 ? person : holders(task.role.split(' ')[0]!)[0]!, Math.min(then + MIN, now)) }
    if (random() < 0.3 && record.state === 'open') note(record, then + MIN, 'commented', pick(holders('network-engineer')), null, fill(pick(demo.texts.comment as string[])))
    restep(record)
  }
}
