// The objects of the HTTP API by the names the rest of the client uses; their shapes are generated from the server's
// own description (schema.d.ts, by `npm run contract`).
import type { components } from './schema'

type Schemas = components['schemas']
export type Ref = Schemas['Ref']
export interface Page<T> { items: T[]; next?: string | null }

export type Locale = Schemas['Me']['locale']
export type ScopeKind = Schemas['Grant']['scope_kind']
export type Me = Schemas['Me']
export type Session = Schemas['Session']
export type PersonRow = Schemas['PersonRow']
export type Person = Schemas['Person']
export type PersonInput = Schemas['PersonChange'] & Partial<Pick<Schemas['NewPerson'], 'kind' | 'password'>>
export type Grant = Schemas['Grant']
export type Deputy = Schemas['Deputy']
export type Department = Schemas['Department']

export type Organisation = Schemas['Organisation']
export type OrganisationKind = Organisation['kind']
export type Site = Schemas['Site']
export type Asset = Schemas['Asset']
export type Terminal = Schemas['Terminal']
export type LookupItem = Schemas['Found']

export type ImportKind = Schemas['ImportFields']['kind']
export type ImportFields = Schemas['ImportFields']
export type ImportField = Schemas['ImportField']
export type ImportUpload = Schemas['ImportUpload']
export type ImportChecked = Schemas['ImportChecked']
export type ImportColumn = Schemas['ImportColumn']
export type ImportError = Schemas['ImportError']
export type ImportDone = Schemas['ImportDone']

export type Week = Record<string, string[][]>
export type Calendar = Schemas['Calendar']
export type DaysOff = Schemas['DaysOff']
export type HolidayYear = Schemas['Year']
export type HolidayPreview = Schemas['ImportPreview']
export type ImportYear = Schemas['ImportYear']
export type HolidayChange = Schemas['DayChange']
export type Explanation = Schemas['Explanation']
export type ExplanationStep = Schemas['ExplanationStep']
export type StepKind = ExplanationStep['kind']

export type FoundItem = Schemas['FoundItem']
export type Case = Schemas['Case']
export type CaseRow = Schemas['CaseRow']
export type StepView = Schemas['StepView']
export type CaseState = Case['state']
export type Urgency = Case['urgency']
export type CaseCounts = Schemas['Counts']
export type CaseFacts = Omit<Schemas['Correction'], 'reason'>
export type CaseMay = 'comment' | 'attach' | 'cancel' | 'correct' | 'pause' | 'resume' | 'link' | 'export' | 'urge'
export type Clock = Schemas['ClockView']
export type Attachment = Schemas['AttachmentView']
export type Incident = Schemas['IncidentRow']
export type LinkKind = Schemas['LinkBody']['kind']
export type TimelineEntry = Schemas['EntryView']
export type Diagram = Schemas['Diagram']
export type HotlineCall = Schemas['NewCall']

export type KnowledgeRow = Schemas['KnowledgeRow']
export type KnowledgeArticle = Schemas['KnowledgeArticle']
export type KnowledgeOffer = Schemas['KnowledgeOffer']
export type ArticleDraft = Schemas['ArticleDraft']

export type TaskRow = Schemas['TaskRowView']
export type Task = Schemas['TaskView']
export type TaskMay = 'claim' | 'release' | 'delegate' | 'return' | 'complete'
export type TaskView = 'mine' | 'claimable' | 'others' | 'overdue'
export type TaskCounts = Schemas['TaskCounts']
export type TaskForm = Schemas['FormView']
export type FormField = Schemas['FieldView']
export type FieldType = FormField['type']
export type Choice = Schemas['Choice']

export type Mailbox = Schemas['Mailbox']
export type MailSecurity = Schemas['MailServer']['security']
export type MailboxInput = Schemas['MailboxInput']
export type MailboxTest = Schemas['MailboxCheck']
export type Setting = Schemas['SettingRow']
export type SettingChange = Schemas['SettingChange']
export type AuditEntry = Schemas['AuditRow']
export type AuditVerdict = Schemas['Verdict']
