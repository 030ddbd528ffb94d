// What each route of the program is asked, of whom which answer is expected. Every route of the description stands here.
import { may, mayCancel, mayDo, mayRepair, maySee, mayWork, mayWorkInside, isStaff } from './model.mjs';

// Ids that name nothing, and texts that are no ids.
export const nowhere = '9000000000000001';
export const malformed = ['0', 'abc', '99999999999999999999'];

// What an answer is held against: status and, of refusals, the code.
export const ok = { status: [200, 201, 204] };
export const absent = { status: [404], code: 'not-found' };
export const wrong = { status: [409, 412, 422] };  // it was let in, and what it asked for was no good
const refusal = (code) => ({ status: [403], code });
export const noRight = refusal('right.missing');

// ---- cases -------------------------------------------------------------------------------------------------------
// `act`: who may, besides seeing; `refused`: what the others hear who see it. `deed` is good and would change the case:
// it is sent by those who may not. `harmless` is sent by those who may, and is refused for what it says.
const reading = (below, more = {}) => ({ case: below, ...more });
const acting = (below, act, refused, deed, harmless, more = {}) => ({ case: below, act, refused: refusal(refused), deed, harmless, ...more });
const one = '"1"';

export const caseRoutes = {
  'GET /cases/{id}': reading(),
  'GET /cases/{id}/timeline': reading(),
  'GET /cases/{id}/diagram': reading(),
  // Whoever is from outside gets no export, and does not learn that there is one.
  'GET /cases/{id}/export': reading(undefined, { see: (actor, of) => isStaff(actor) && maySee(actor, of) }),
  'GET /cases/{id}/attachments/{attachment}': reading('attachment'),
  'GET /cases/{id}/attachments/{attachment}/preview': reading('attachment'),
  'GET /cases/{id}/mails/{mail}': reading('mail'),
  'PATCH /cases/{id}': acting(undefined, mayWorkInside, 'right.case', { title: '不该改的' }, { title: '不该改的' }, { deedMatch: one, harmlessMatch: '"0"' }),
  'POST /cases/{id}/comments': acting(undefined, mayWork, 'right.case', { text: '不该有的' }, { text: ' ' }),
  'POST /cases/{id}/cancel': acting(undefined, mayCancel, 'case.not-owner', { reason: '不该取消' }, { reason: ' ' }),
  'POST /cases/{id}/pause': acting(undefined, mayWorkInside, 'right.case', { reason: '不该停' }, { reason: ' ' }),
  'POST /cases/{id}/resume': acting(undefined, mayWorkInside, 'right.case', undefined, undefined),
  'POST /cases/{id}/links': acting(undefined, mayWorkInside, 'right.case', (world, of) => ({ case: of.id, kind: 'related' }), (world, of) => ({ case: of.id, kind: 'related' })),
  'POST /cases/{id}/urge': acting(undefined, mayWork, 'right.case', { text: '不该催' }, { text: '催一下' }, { done: ok }),
  'POST /cases/{id}/knowledge': acting(undefined, mayWorkInside, 'right.case', (world) => ({ article: world.articles.公开.id, solved: false }), { article: nowhere, solved: false }),
  'POST /cases/{id}/attachments': acting(undefined, mayWork, 'right.case', { raw: '不该有的' }, { raw: '' }),
  'POST /cases/{id}/messages': { case: undefined, see: mayRepair, act: (actor) => may(actor, 'cases.repair'), refused: noRight, deed: { name: 'm' }, harmless: { name: 'm' } },
  'POST /cases/{id}/migrate': {
    case: undefined, see: mayRepair, act: (actor) => may(actor, 'cases.repair'), refused: noRight,
    deed: { version: '0'.repeat(64), elements: {} }, harmless: { version: '0'.repeat(64), elements: {} }, done: { status: [404], code: 'process.unknown' },
  },
  'POST /cases/{id}/incidents/{instance}/retry': {
    case: 'instance', see: mayRepair, act: (actor) => may(actor, 'cases.repair'), refused: noRight, deed: {}, harmless: {},
    done: { status: [404], code: 'incident.gone' }, gone: { status: [404], code: 'incident.gone' },
  },
};

// ---- tasks and clocks --------------------------------------------------------------------------------------------
// Who has the task in hand, who could, and who only sees it, each hear something else.
const held = (actor, task) => task.holder !== null && task.holder === actor.person;
const taken = { status: [409], code: 'task.somebody-else' };
const inLane = (mine, others) => (actor, of) => {
  if (!mayDo(actor, of, of.task)) return refusal('right.lane');
  if (of.task.holder && !held(actor, of.task)) return taken;
  return held(actor, of.task) ? mine : others;
};
const onlyHolder = (actor, of) => (held(actor, of.task) ? wrong : refusal('task.not-yours'));
export const taskRoutes = {
  'GET /tasks/{id}': { expect: () => ok },
  // Taken for good in the end; until then a task that nobody has is asked for by those who may not.
  'POST /tasks/{id}/claim': { expect: inLane(ok, undefined) },
  'POST /tasks/{id}/release': { expect: (actor, of) => (held(actor, of.task) ? undefined : refusal('task.not-yours')) },
  'POST /tasks/{id}/delegate': {
    body: (world) => ({ to: world.actors.archivist.person }),
    expect: (actor, of) => (may(actor, 'cases.delegate-any') ? wrong : onlyHolder(actor, of)),
  },
  'POST /tasks/{id}/return': { body: (world, of, expected) => ({ reason: expected === wrong ? ' ' : '不该退' }), expect: inLane(wrong, wrong), emptyFirst: true },
  'POST /tasks/{id}/complete': { body: () => ({ outcome: '没有的结果', fields: { 没有的字段: 1 } }), expect: inLane(wrong, wrong) },
};
export const clockRoutes = { 'GET /clocks/{id}/explanation': { expect: () => ok } };

// ---- what a right alone decides ----------------------------------------------------------------------------------
// `ids`: what there is of the kind; without, the route has no id. `done`: what whoever holds the right hears.
const list = (query = '') => ({ query });
const record = (ids, more = {}) => ({ ids, ...more });
// Everybody reads the article; what is asked of it is refused for what it says, and of whoever is from outside for that.
const words = { title: '不该改的', category: 'other', audience: 'staff', symptom: '', solution: '', answer: '' };
const article = (body, more = {}) => ({ ids: (w) => [w.articles.公开.id], body, done: (actor) => (isStaff(actor) ? wrong : refusal('knowledge.inside')), ...more });
const change = (ids, body = {}) => ({ ids, body, match: '"0"', done: wrong });
export const rightRoutes = {
  'GET /terminals': list(), 'GET /terminals/{id}': record(() => []), 'PATCH /terminals/{id}': record(() => [], {}), 'GET /imports/kinds': list(),
  'GET /imports/kinds/{kind}/template': record(() => ['terminals']), 'GET /imports/{id}': record(() => []),
  'POST /imports/{id}/check': record(() => [], { body: {}, done: wrong }), 'POST /imports/{id}/run': record(() => [], { body: {}, done: wrong }),
  'GET /assets': list(), 'GET /sites': list(), 'GET /customers': list(), 'GET /organisations': list(), 'GET /regions': list(),
  'GET /lookup': list('?q=a'), 'GET /people': list(), 'GET /departments': list(), 'GET /roles': list(), 'GET /calendars': list(),
  'GET /holidays': list(), 'GET /processes': list(), 'GET /settings': list(), 'GET /settings/changes': list(), 'GET /mailboxes': list(), 'GET /incidents': list(),
  'GET /audit': list('?limit=1'), 'GET /audit/export': list('?action=none'), 'GET /hotline/caller': list(), 'GET /cases': list('?limit=1'), 'GET /cases/counts': list(),
  'GET /search': list('?q=a'), 'GET /suggest': list('?q=a'), 'GET /tasks': list(), 'GET /tasks/counts': list(), 'GET /tokens': list(), 'GET /session': list(),
  'GET /me/sessions': list(), 'GET /me/totp': list(), 'GET /first-run': list(), 'GET /events': list(),
  'GET /knowledge': list('?limit=1'), 'GET /knowledge/counts': list(), 'GET /knowledge/suggest': list('?q=a'), 'GET /knowledge/{id}': record((w) => [w.articles.公开.id]),
  'PATCH /knowledge/{id}': article(words, { match: '"0"' }), 'POST /knowledge/{id}/versions': article(words), 'POST /knowledge/{id}/restore': article({ number: 1 }),
  'POST /knowledge/{id}/submit': article(), 'POST /knowledge/{id}/discard': article(), 'POST /knowledge/{id}/approve': article({ review_due: '2020-01-01' }),
  'POST /knowledge/{id}/return': article({ reason: ' ' }), 'POST /knowledge/{id}/confirm': article({ review_due: '2020-01-01' }), 'POST /knowledge/{id}/retire': article({ reason: ' ' }),
  'GET /assets/{id}': record((w) => [w.places.here.asset]), 'PATCH /assets/{id}': change((w) => [w.places.here.asset]),
  'GET /sites/{id}': record((w) => [w.places.here.site]), 'PATCH /sites/{id}': change((w) => [w.places.here.site]),
  'GET /customers/{id}': record((w) => [w.places.here.id, w.places.there.id]), 'PATCH /customers/{id}': change((w) => [w.places.here.id]),
  'GET /organisations/{id}': record((w) => [w.places.here.id, w.places.there.id]), 'PATCH /organisations/{id}': change((w) => [w.places.there.id]),
  'GET /organisations/{id}/contacts': record((w) => [w.places.here.id]),
  'PATCH /departments/{id}': change((w) => [w.department]),
  'GET /people/{id}/totp': record((w) => [w.actors.auditor.person]), 'DELETE /people/{id}/totp': record((w) => [w.actors.auditor.person], { done: absent }),
  'GET /people/{id}': record((w) => [w.actors.auditor.person, w.places.here.contact]), 'PATCH /people/{id}': change((w) => [w.actors.auditor.person]),
  'POST /people/{id}/grants': record((w) => [w.actors.colleague.person], { body: { role: 'no-such-role', scope_kind: 'all' }, done: wrong }),
  'POST /people/{id}/deputies': record((w) => [w.actors.colleague.person], { body: { deputy: nowhere, from: '2026-02-05T00:00:00Z', until: '2026-02-04T00:00:00Z' }, done: wrong }),
  'POST /people/{id}/password': record((w) => [w.actors.colleague.person], { body: { password: 'short' }, done: wrong }),
  // A grant of somebody else's is none of this person's.
  'DELETE /people/{id}/grants/{grant}': record((w) => [w.actors.colleague.person], { nested: (w) => [w.grant], done: absent }),
  'DELETE /people/{id}/deputies/{deputy}': record((w) => [w.actors.colleague.person], { nested: (w) => [w.deputy], done: absent }),
  'GET /people/{id}/sessions': record((w) => [w.actors.auditor.person]),
  'DELETE /people/{id}/sessions': record((w) => [w.places.here.contact], { done: ok }),
  'DELETE /people/{id}/sessions/{session}': record((w) => [w.actors.colleague.person], { nested: (w) => [w.session], done: absent }),
  'PUT /calendars/{key}': record(() => ['office'], { body: { name_zh: '', name_en: '', week: [] }, done: wrong, absent: { status: [404, 422] } }),
  'POST /calendars/{key}/preview': record(() => ['office'], { body: { from: '2026-02-05T00:00:00Z', length: '?' }, done: wrong, absent: { status: [404], code: 'calendar.unknown' } }),
  'GET /holidays/{year}': record(() => ['2026']), 'PUT /holidays/{year}': record(() => ['2026'], { body: {}, done: wrong, absent: { status: [404, 412, 422] } }),
  'GET /processes/{key}': record(() => ['complaint', 'customer-acceptance'], { absent: { status: [404], code: 'process.unknown' } }),
  'GET /processes/{key}/file': record(() => ['leak'], { absent: { status: [404], code: 'process.unknown' } }),
  'POST /processes/{key}/versions': record(() => ['leak'], { body: { xml: '<x/>' }, done: wrong, absent: wrong }),
  'GET /settings/{key}': record((w) => [w.setting]), 'PUT /settings/{key}': record((w) => [w.setting], { body: { value: 'x' }, match: '"0"', done: wrong }),
  // A change that others followed is not taken back, whoever asks.
  'POST /settings/changes/{id}/undo': record((w) => [w.settingChange], { done: wrong }),
  'PATCH /mailboxes/{id}': change((w) => [w.mailbox]), 'DELETE /mailboxes/{id}': record(() => [], {}),
  'GET /mailboxes/{id}/mails': record((w) => [w.mailbox]),
  'POST /mailboxes/{id}/test': record(() => [], {}), 'POST /mailboxes/{id}/again': record((w) => [w.mailbox]),
  'GET /mailboxes/{id}/mails/{mail}/original': { ids: (w) => [w.mailbox], nested: () => [] },
  // What is one's own is nobody else's, whoever they are.
  'DELETE /tokens/{id}': record((w) => [w.token], { done: absent }), 'DELETE /me/sessions/{id}': record((w) => [w.session], { done: absent }),
};
// Changes without an id: an empty body is let in and found wanting, or changes nothing.
const ofBrowsers = refusal('session.browser-only');
const wanting = { body: {}, done: wrong };
export const plainRoutes = {
  'POST /imports': { done: wrong }, 'POST /terminals': wanting, 'POST /assets': wanting, 'POST /sites': wanting, 'POST /customers': wanting, 'POST /organisations': wanting, 'POST /departments': wanting,
  'POST /people': wanting, 'POST /cases': wanting, 'POST /hotline/calls': wanting, 'POST /knowledge': wanting, 'POST /knowledge/from-case': wanting, 'POST /mailboxes': wanting, 'POST /tokens': wanting,
  'POST /me/password': wanting, 'PATCH /me': { body: {}, done: ok }, 'POST /audit/verify': { done: ok }, 'POST /first-run': wanting,
  'POST /holidays/import/preview': { body: { text: '?' }, done: wrong }, 'POST /holidays/import': { body: { text: '?', years: [] }, done: wrong },
  'POST /session/step-up': { body: {}, done: (actor) => (actor.session.token ? ofBrowsers : wrong) }, 'POST /password-resets': wanting, 'POST /password-resets/complete': wanting,
  'POST /me/totp/confirm': wanting, 'POST /me/recovery-codes': { done: (actor) => (actor.session.token ? ofBrowsers : wrong) },
  // Begun or not, it is gone afterwards.
  'DELETE /me/totp': { done: (actor) => (actor.session.token ? ofBrowsers : { status: [204, 404] }) },
  // What it gives ends nothing and counts for nothing until it is confirmed.
  'POST /me/totp': { done: (actor) => (actor.session.token ? ofBrowsers : ok) },
  'POST /session': wanting, 'POST /test/clock': wanting,
  // They end sessions: asked of sessions made for it.
  'DELETE /session': { last: true }, 'DELETE /me/sessions': { last: true },
};
