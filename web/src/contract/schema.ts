// The routes of the HTTP API in the shape that openapi-typescript generates.
import type * as T from './types'

type In<Path> = Path extends None ? { path?: never } : { path: Path }
type With<Body> = [Body] extends [never] ? { requestBody?: never } : { requestBody: { content: { 'application/json': Body } } }
type Op<Query, Body, Reply, Path> = With<Body> & {
  parameters: { query?: Query; header?: never; cookie?: never } & In<Path>
  responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Reply } } }
}
interface Id { id: string }
type None = Record<string, never>
type Get<Reply, Query = None, Path = None> = Op<Query, never, Reply, Path>
type Send<Body, Reply, Path = None> = Op<None, Body, Reply, Path>
interface Paging { limit?: number; cursor?: string }
type List<Item, Query = object> = Get<T.Page<Item>, Query & Paging>
type Draft<Type> = Partial<Omit<Type, 'id' | 'version'>>
type OrganisationInput = Draft<Pick<T.Organisation, 'name' | 'kind' | 'region' | 'address' | 'phone' | 'note'>>
interface SiteInput { name?: string; organisation?: string | null; region?: string | null; address?: string | null }
interface AssetInput {
  name?: string; class?: string; model?: string | null; serial?: string | null; ip?: string | null; site?: string | null
  organisation?: string | null; parent?: string | null
}
interface GrantInput { role: string; scope_kind: T.ScopeKind; scope?: string | null; from?: string | null; until?: string | null }
interface DeputyInput { deputy: string; role?: string | null; from: string; until: string }
interface CaseFilter {
  kind?: string; state?: string; q?: string; assignee?: string; owner?: string; organisation?: string; urgency?: string; category?: string
  overdue?: string; opened_from?: string; opened_until?: string; sort?: string
}

export interface paths {
  '/session': { get: Get<T.Session>; post: Send<{ login: string; password: string }, T.Session>; delete: Send<never, undefined> }
  '/me': { patch: Send<{ locale?: T.Locale }, T.Me> }
  '/me/password': { post: Send<{ current: string; next: string }, undefined> }
  '/me/sessions': { get: List<T.SessionRow> }
  '/me/sessions/{id}': { delete: Send<never, undefined, Id> }
  '/tokens': { get: List<T.Token>; post: Send<{ name: string; expires_at?: string | null }, T.Token & { token: string }> }
  '/tokens/{id}': { delete: Send<never, undefined, Id> }
  '/first-run': { get: Get<{ needed: boolean }>; post: Send<{ code: string; login: string; name: string; password: string }, T.Session> }
  '/roles': { get: List<T.Role> }
  '/departments': { get: List<T.Department>; post: Send<{ name: string; kind: string; parent?: string | null }, T.Department> }
  '/departments/{id}': { patch: Send<{ name?: string; parent?: string | null }, T.Department, Id> }
  '/people': {
    get: List<T.PersonRow, { q?: string; department?: string; role?: string; organisation?: string; active?: string }>
    post: Send<T.PersonInput, T.Person>
  }
  '/people/{id}': { get: Get<T.Person, None, Id>; patch: Send<T.PersonInput, T.Person, Id> }
  '/people/{id}/grants': { post: Send<GrantInput, T.Person, Id> }
  '/people/{id}/grants/{grant}': { delete: Send<never, undefined, { id: string; grant: string }> }
  '/people/{id}/deputies': { post: Send<DeputyInput, T.Person, Id> }
  '/people/{id}/deputies/{deputy}': { delete: Send<never, undefined, { id: string; deputy: string }> }
  '/people/{id}/password': { post: Send<{ password: string }, undefined, Id> }
  '/organisations': { get: List<T.Organisation, { kind?: string; q?: string }>; post: Send<OrganisationInput, T.Organisation> }
  '/organisations/{id}': { get: Get<T.Organisation, None, Id>; patch: Send<OrganisationInput, T.Organisation, Id> }
  '/organisations/{id}/contacts': { get: Get<T.Page<T.PersonRow>, None, Id> }
  '/sites': { get: List<T.Site, { q?: string; organisation?: string }>; post: Send<SiteInput, T.Site> }
  '/sites/{id}': { get: Get<T.Site, None, Id>; patch: Send<SiteInput, T.Site, Id> }
  '/assets': { get: List<T.Asset, { q?: string; site?: string; organisation?: string }>; post: Send<AssetInput, T.Asset> }
  '/assets/{id}': { get: Get<T.Asset, None, Id>; patch: Send<AssetInput, T.Asset, Id> }
  '/regions': { get: List<T.Region> }
  '/lookup': { get: List<T.LookupItem, { q: string }> }
  '/calendars': { get: List<T.Calendar> }
  '/calendars/{key}': { put: Send<Omit<T.Calendar, 'key' | 'version'>, T.Calendar, { key: string }> }
  '/calendars/{key}/preview': { post: Send<{ from: string; length: string }, T.Explanation, { key: string }> }
  '/holidays': { get: List<{ year: number; version: number }> }
  '/holidays/{year}': { get: Get<T.HolidayYear, None, { year: number }>; put: Send<Omit<T.HolidayYear, 'year' | 'version'>, T.HolidayYear, { year: number }> }
  '/processes': { get: List<T.Process> }
  '/processes/{key}': { get: Get<T.ProcessDetail, None, { key: string }> }
  '/processes/{key}/versions': { post: Send<{ xml: string }, T.ProcessDetail, { key: string }> }
  '/cases': { get: List<T.CaseRow, CaseFilter>; post: Send<T.CaseFacts & { kind: string; title: string; channel: T.Channel }, T.Case> }
  '/cases/counts': { get: Get<T.CaseCounts, CaseFilter> }
  '/cases/{id}': { get: Get<T.Case, None, Id>; patch: Send<T.CaseFacts & { reason?: string }, T.Case, Id> }
  '/cases/{id}/timeline': { get: Get<T.Page<T.TimelineEntry>, Paging, Id> }
  '/cases/{id}/diagram': { get: Get<T.Diagram, None, Id> }
  '/cases/{id}/comments': { post: Send<{ text: string; to_customer?: boolean }, unknown, Id> }
  '/cases/{id}/links': { post: Send<{ case: string; kind: T.LinkKind }, T.Case, Id> }
  '/cases/{id}/cancel': { post: Send<{ reason: string }, T.Case, Id> }
  '/cases/{id}/pause': { post: Send<{ reason: string; until?: string | null }, T.Case, Id> }
  '/cases/{id}/resume': { post: Send<Record<string, never>, T.Case, Id> }
  '/cases/{id}/urge': { post: Send<{ text?: string }, T.Case, Id> }
  '/cases/{id}/mails/{mail}': { get: Get<T.Mail, None, { id: string; mail: string }> }
  '/clocks/{id}/explanation': { get: Get<T.Explanation, None, Id> }
  '/hotline/calls': { post: Send<T.HotlineCall, T.Case> }
  '/hotline/caller': { get: Get<T.Caller, { phone?: string; organisation?: string; contact?: string; asset?: string }> }
  '/tasks': { get: List<T.TaskRow, { view: T.TaskView }> }
  '/tasks/counts': { get: Get<T.TaskCounts> }
  '/tasks/{id}': { get: Get<T.Task, None, Id> }
  '/tasks/{id}/claim': { post: Send<Record<string, never>, T.TaskRow, Id> }
  '/tasks/{id}/release': { post: Send<Record<string, never>, T.TaskRow, Id> }
  '/tasks/{id}/delegate': { post: Send<{ to: string; note?: string }, T.TaskRow, Id> }
  '/tasks/{id}/return': { post: Send<{ reason: string }, T.TaskRow, Id> }
  '/tasks/{id}/complete': { post: Send<{ outcome?: string; fields: Record<string, unknown> }, T.TaskRow, Id> }
  '/search': { get: List<T.SearchItem, { q: string }> }
  '/mailboxes': { get: List<T.Mailbox>; post: Send<T.MailboxInput, T.Mailbox> }
  '/mailboxes/{id}': { patch: Send<Partial<T.MailboxInput>, T.Mailbox, Id>; delete: Send<never, undefined, Id> }
  '/mailboxes/{id}/test': { post: Send<Record<string, never>, T.MailboxTest, Id> }
  '/audit': { get: List<T.AuditEntry, { chain?: string; actor?: string; action?: string }> }
  '/audit/verify': { post: Send<Record<string, never>, T.AuditVerdict> }
}
