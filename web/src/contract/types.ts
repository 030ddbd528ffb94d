// The objects of the HTTP API, by the names the rest of the client uses.
export interface Ref { id: string; name: string }
export interface Page<T> { items: T[]; next: string | null }

export type Locale = 'zh' | 'en'
export type ScopeKind = 'all' | 'department' | 'organisation' | 'region'
export interface HeldRole { role: string; scope_kind: ScopeKind; scope_name: string | null; until: string | null; deputy_for: Ref | null }
export interface Me { id: string; login: string; name: string; locale: Locale; department: Ref | null; rights: string[]; roles: HeldRole[] }
export interface Session { csrf: string; me: Me }
export interface SessionRow { id: string; created_at: string; seen_at: string; remote: string; agent: string; current: boolean }
export interface Token { id: string; name: string; expires_at: string | null }

export interface Role { key: string; name_zh: string; name_en: string; rights: string[] }
export interface Department { id: string; name: string; kind: 'centre' | 'department'; parent: Ref | null; version: number }
export interface PersonRow {
  id: string; login: string | null; name: string; kind: 'staff' | 'contact'; department: Ref | null; organisation: Ref | null
  phone: string | null; email: string | null; roles: string[]; active: boolean; version: number
}
export interface Grant { id: string; role: string; scope_kind: ScopeKind; scope: Ref | null; from: string; until: string | null; given_by: Ref | null }
export interface Deputy { id: string; deputy: Ref; role: string | null; from: string; until: string }
export interface Person extends PersonRow { locale: Locale; grants: Grant[]; deputies: Deputy[] }
export interface PersonInput {
  name?: string; kind?: 'staff' | 'contact'; login?: string | null; password?: string; department?: string | null; organisation?: string | null
  phone?: string | null; email?: string | null; active?: boolean
}

export type OrganisationKind = 'customer' | 'operator' | 'partner' | 'builder' | 'installer'
export interface Organisation {
  id: string; name: string; kind: OrganisationKind; region: string | null; region_name: string | null; address: string | null
  phone: string | null; note: string | null; version: number
}
export interface Site { id: string; name: string; organisation: Ref | null; region: string | null; region_name: string | null; address: string | null; version: number }
export interface Asset {
  id: string; name: string; class: string; model: string | null; serial: string | null; ip: string | null; site: Ref | null
  organisation: Ref | null; parent: Ref | null; version: number
}
export interface Region { code: string; name: string; parent: string | null }
export interface LookupItem { kind: 'organisation' | 'contact' | 'site' | 'asset'; id: string; name: string; detail: string; organisation: Ref | null; phone: string | null }

export type Week = Record<string, string[][]>
export interface Calendar { key: string; name_zh: string; name_en: string; week: Week; version: number }
export interface DaysOff { from: string; to: string; name_zh: string; name_en: string }
export interface HolidayYear { year: number; source: string | null; off: DaysOff[]; work: string[]; version: number }
export type StepKind = 'work' | 'break' | 'night' | 'weekend' | 'holiday' | 'shifted-workday' | 'pause' | 'unpublished'
export interface ExplanationStep { from: string; to: string; kind: StepKind; name_zh: string | null; name_en: string | null; counted_ms: number }
export interface Explanation { from: string; due: string; length: string; calendar: string; complete: boolean; steps: ExplanationStep[] }

export interface Process { key: string; name_zh: string; name_en: string; version: string; deployed_at: string; open_cases: number }
export interface ProcessVersion { version: string; deployed_at: string; by: Ref | null }
export interface ProcessDetail extends Process { versions: ProcessVersion[] }

export type CaseState = 'open' | 'waiting' | 'archived' | 'cancelled'
export type Urgency = 'normal' | 'urgent' | 'grave'
export type Channel = 'hotline' | 'mail' | 'portal' | 'api'
export interface CaseStep { task: string | null; element: string; name_zh: string; name_en: string; assignee: Ref | null; due_at: string | null; overdue: boolean }
export interface CaseRow {
  id: string; number: string; kind: string; title: string; state: CaseState; urgency: Urgency; severity: string | null; category: string | null
  channel: Channel; organisation: Ref | null; contact_name: string | null; owner: Ref | null; steps: CaseStep[]; opened_at: string
  updated_at: string; closed_at: string | null; due_at: string | null; overdue: boolean
}
export type ClockState = 'running' | 'paused' | 'kept' | 'broken' | 'stopped'
export interface Clock {
  id: string; name: string; element: string; name_zh: string; name_en: string; started_at: string; due_at: string; length: string
  calendar: string; state: ClockState
}
export interface Attachment { id: string; name: string; size: number; type: string; sha256: string; by: Ref | null; at: string }
export type LinkKind = 'related' | 'duplicate' | 'child' | 'parent' | 'continues'
export interface CaseLink { id: string; kind: LinkKind; case: { id: string; number: string; title: string; state: CaseState } }
export type CaseMay = 'comment' | 'attach' | 'cancel' | 'correct' | 'pause' | 'resume' | 'link' | 'export' | 'urge'
export interface Case extends CaseRow {
  description: string | null; contact: Ref | null; contact_phone: string | null; contact_email: string | null; site: Ref | null; asset: Ref | null
  variables: Record<string, unknown>; process: { key: string; version: string; name_zh: string; name_en: string }; clocks: Clock[]
  attachments: Attachment[]; links: CaseLink[]; paused: { since: string; reason: string; until: string | null } | null
  may: CaseMay[]; version: number
}
export interface CaseCounts { open: number; waiting: number; archived: number; cancelled: number; overdue: number }
export interface CaseFacts {
  title?: string; description?: string | null; organisation?: string | null; contact?: string | null; contact_name?: string | null
  contact_phone?: string | null; contact_email?: string | null; site?: string | null; asset?: string | null; category?: string | null
  urgency?: Urgency; severity?: string | null
}
export interface TimelineEntry {
  id: string; at: string; kind: string; actor: Ref | null; element: string | null; name_zh: string | null; name_en: string | null
  text: string | null; data: Record<string, unknown>; attachments: Attachment[]
}
export interface Diagram {
  process: string; version: string; xml: string
  active: { element: string; since: string; task: string | null; assignee: Ref | null; due_at: string | null }[]
  visited: { element: string; times: number; ms: number; last_left_at: string | null }[]
  flows: { flow: string; times: number }[]
}
export interface Mail { id: string; from: string; to: string; subject: string; at: string; text: string; html: string | null; attachments: Attachment[]; problems: string[] }
export interface HotlineCall extends CaseFacts { title: string; solved: boolean; solution?: string | null }
export interface Caller { contact: PersonRow | null; organisation: Organisation | null; cases: CaseRow[] }

export type TaskState = 'open' | 'claimed' | 'done' | 'cancelled'
export interface TaskRow {
  id: string; case: { id: string; number: string; title: string; kind: string; urgency: Urgency; organisation: Ref | null }
  element: string; name_zh: string; name_en: string; role: string; state: TaskState; assignee: Ref | null; created_at: string
  due_at: string | null; overdue: boolean; urged: number; version: number
}
export interface Choice { value: string; zh: string; en: string }
export type FieldType =
  | 'text' | 'multiline' | 'choice' | 'choices' | 'boolean' | 'number' | 'date' | 'datetime' | 'person' | 'persons'
  | 'organisation' | 'contact' | 'site' | 'asset' | 'files' | 'signature'
export interface FormField {
  id: string; type: FieldType; label_zh: string; label_en: string; help_zh: string | null; help_en: string | null; required: boolean
  max: number | null; min: number | null; when: string | null; role: string | null; choices: Choice[]
}
export interface TaskForm { title_zh: string; title_en: string; fields: FormField[] }
export type TaskMay = 'claim' | 'release' | 'delegate' | 'return' | 'complete'
export interface Task extends TaskRow {
  form: TaskForm | null; outcomes: Choice[]; values: Record<string, unknown>; clock: Clock | null; may: TaskMay[]; delegates: Ref[]
}
export type TaskView = 'mine' | 'claimable' | 'others' | 'overdue'
export interface TaskCounts { mine: number; claimable: number; overdue: number }

export interface SearchItem { kind: string; id: string; title: string; detail: string; at: string | null }
export type MailSecurity = 'none' | 'tls' | 'starttls'
export interface MailServer { host: string; port: number; security: MailSecurity; login: string }
export interface Mailbox {
  id: string; name: string; address: string; imap: MailServer; smtp: MailServer; folder: string; active: boolean
  last_checked_at: string | null; last_error: string | null; version: number
}
export interface MailboxInput { name: string; address: string; imap: MailServer; smtp: MailServer; folder: string; active: boolean; imap_password?: string; smtp_password?: string }
export interface MailboxTest { imap: { ok: boolean; message: string }; smtp: { ok: boolean; message: string } }
export interface AuditEntry { chain: string; seq: number; at: string; actor: string | null; action: string; subject: string; data: Record<string, unknown> }
export interface AuditVerdict { holds: boolean; entries: number; chains: number; broken: { chain: string; seq: number; what: string } | null }
