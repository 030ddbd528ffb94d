// Clocks outlive the program: what became due while it was down acts at once when it is back, and only once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cast, Centre } from '../support/centre.mjs';

let centre;
const who = {};

async function signIn() {
  for (const role of ['acceptance', 'owner', 'auditor']) who[role] = await centre.person(cast[role]);
}
before(async () => {
  centre = await Centre.start();
  await signIn();
});
after(() => centre.stop());

async function newCall(extra = {}) {
  const { id } = await who.acceptance.post('/hotline/calls', {
    title: '机顶盒无法开机', description: '指示灯不亮。', contact_name: '周老师', contact_phone: '0791-80000021',
    category: 'terminal', urgency: 'normal', solved: false, ...extra,
  });
  return who.acceptance.get(`/cases/${id}`);
}
const entries = async (id, kind) => (await who.acceptance.get(`/cases/${id}/timeline?kind=${kind}&limit=200`)).items;
const clock = (one, name) => one.clocks.findLast((c) => c.name === name);
const later = (instant, minutes) => new Date(Date.parse(instant) + minutes * 60_000).toISOString();
const minutesOf = (one) => (Date.parse(one.due_at) - Date.parse(one.started_at)) / 60_000;

// Killed, and started again when the centre's clock shows `instant`. Says when it answered.
async function restartAt(instant) {
  await centre.kill();
  centre.now = instant;
  await centre.serve();
  return Date.now();
}

test('a timer that became due while the program was down fires within a second of its start', async () => {
  const one = await newCall();
  const ready = await restartAt(later(one.due_at, 90));
  // Sessions are kept in the database, so the cookie of before the kill still holds.
  let steps = [];
  do {
    steps = (await who.acceptance.get(`/cases/${one.id}`)).steps.map((s) => s.element);
  } while (steps[0] !== 'handle-network' && Date.now() - ready < 1000);
  const took = Date.now() - ready;
  assert.deepEqual(steps, ['handle-network']);
  assert.ok(took <= 1000, `${took} ms`);
});

test('it fires exactly once, however often the program is killed and started', async (t) => {
  await signIn();
  const one = await newCall();
  for (let round = 0; round < 4; ++round) await restartAt(later(one.due_at, 1 + round));
  const began = Date.now();
  let passed = [];
  do {
    passed = await entries(one.id, 'passed-on');
  } while (passed.length === 0 && Date.now() - began < 1000);
  t.diagnostic(`passed on ${Date.now() - began} ms after the last start`);
  // One more start with nothing due: what fired is not remembered as still to fire.
  await restartAt(later(one.due_at, 6));
  await centre.advance('PT1M');
  assert.equal((await entries(one.id, 'passed-on')).length, 1);
  const picture = await who.acceptance.get(`/cases/${one.id}/diagram`);
  assert.equal(picture.flows.find((f) => f.flow === 'handle-first-limit--pass-to-network').times, 1);
  assert.deepEqual((await who.acceptance.get(`/cases/${one.id}`)).steps.map((s) => s.element), ['handle-network']);
});

test('the length that a running clock started with survives, and so does the time that is left', async () => {
  const one = await newCall();
  const before = clock(one, 'handle-first-limit');
  await restartAt(later(before.started_at, 10));
  assert.deepEqual(clock(await who.acceptance.get(`/cases/${one.id}`), 'handle-first-limit'), before);
  await centre.advance('PT19M');
  assert.deepEqual((await who.acceptance.get(`/cases/${one.id}`)).steps.map((s) => s.element), ['handle-first']);
  await centre.advance('PT1M');
  assert.deepEqual((await who.acceptance.get(`/cases/${one.id}`)).steps.map((s) => s.element), ['handle-network']);
});

test('a year\'s holidays, edited, move the due time of a running clock, and its case says so', async () => {
  const taken = await newCall({ solved: true, solution: '更换电源后恢复。' });
  const before = clock(taken, 'feed-back-limit');
  // Told on a Thursday, due at the close of Friday.
  assert.equal(before.due_at, '2026-02-06T09:30:00.000Z');
  const year = await who.owner.get('/holidays/2026');
  const edit = { source: year.source, work: year.work, off: [...year.off, { from: '2026-02-06', to: '2026-02-06', name_zh: '停电检修', name_en: 'Power works' }] };
  await assert.rejects(who.owner.put('/holidays/2026', edit, year.version + 7), { status: 412 });
  await assert.rejects(who.acceptance.put('/holidays/2026', edit, year.version), { status: 403 });
  assert.equal(clock(await who.acceptance.get(`/cases/${taken.id}`), 'feed-back-limit').due_at, before.due_at);

  const kept = await who.owner.put('/holidays/2026', edit, year.version);
  assert.equal(kept.version, year.version + 1);
  const one = await who.acceptance.get(`/cases/${taken.id}`);
  const moved = clock(one, 'feed-back-limit');
  // The 7th and 8th are a weekend, so Monday is the next working day.
  assert.equal(moved.due_at, '2026-02-09T09:30:00.000Z');
  assert.equal(one.due_at, moved.due_at);
  assert.equal(moved.length, before.length);
  const said = await entries(taken.id, 'clock-changed');
  assert.equal(said.length, 1);
  assert.deepEqual([said[0].data.old_due, said[0].data.new_due], [before.due_at, moved.due_at]);
  const why = await who.acceptance.get(`/clocks/${moved.id}/explanation`);
  assert.ok(JSON.stringify(why).includes('停电检修'));

  // What it was due at before does nothing any more; the new instant does.
  await centre.advanceTo('2026-02-06T09:31:00.000Z');
  await signIn();
  assert.equal((await entries(taken.id, 'warned')).length, 0);
  await centre.advanceTo('2026-02-09T09:31:00.000Z');
  await signIn();
  assert.equal((await entries(taken.id, 'warned')).length, 1);
});

test('why a clock is due when it is, stretch by stretch', async () => {
  await signIn();
  const taken = await newCall();
  const why = await who.acceptance.get(`/clocks/${clock(taken, 'handle-first-limit').id}/explanation`);
  assert.deepEqual([why.due, why.calendar, why.length, why.complete], [clock(taken, 'handle-first-limit').due_at, 'office', 'PT30M', true]);
  assert.equal(why.steps.reduce((sum, step) => sum + step.counted_ms, 0), 30 * 60_000);
  assert.ok(why.steps.every((step) => step.kind && step.from < step.to));
});

test('a new length counts for clocks that start later', async () => {
  await centre.advanceTo('2026-02-10T01:00:00.000Z');
  await signIn();
  const old = await newCall();
  assert.equal(minutesOf(clock(old, 'handle-first-limit')), 30);
  const key = '/settings/clock.customer-acceptance.handle-first-limit';
  await assert.rejects(who.acceptance.put(key, { value: 'PT45M' }), { status: 403 });
  await assert.rejects(who.owner.put(key, { value: '45 minutes' }, 0), { status: 422 });
  await assert.rejects(who.owner.put(key, { value: 'PT45M' }), { status: 422 }, 'without If-Match');
  const before = await who.owner.get(key);
  assert.deepEqual([before.value, before.default_value, before.version], ['PT30M', 'PT30M', 0]);
  assert.equal((await who.owner.put(key, { value: 'PT45M' }, 0)).value, 'PT45M');
  await assert.rejects(who.owner.put(key, { value: 'PT50M' }, 0), { status: 412 });
  await assert.rejects(who.owner.put('/settings/clock.nothing', { value: 'PT50M' }, 0), { status: 404 });
  assert.deepEqual(clock(await who.acceptance.get(`/cases/${old.id}`), 'handle-first-limit'), clock(old, 'handle-first-limit'));
  const young = clock(await newCall(), 'handle-first-limit');
  assert.deepEqual([minutesOf(young), young.length], [45, 'PT45M']);
  await centre.advance('PT30M');
  assert.deepEqual((await who.acceptance.get(`/cases/${old.id}`)).steps.map((s) => s.element), ['handle-network']);
});

test('next year from a calendar file: shown before it is taken, and running clocks move', async () => {
  // The last workday of a year whose successor is not published: the deadline is guessed by weekends.
  await centre.advance('P320D');
  await centre.advanceTo('2026-12-31T09:20:00.000Z');
  await signIn();
  const one = await newCall();
  const guessed = one.due_at;
  const event = (summary, from, to) => `BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:${from}\r\nDTEND;VALUE=DATE:${to}\r\nSUMMARY:${summary}\r\nEND:VEVENT\r\n`;
  const text = `BEGIN:VCALENDAR\r\n${event('元旦（休）', '20270101', '20270104')}${event('元旦（班）', '20270109', '20270110')}${event('小寒', '20270105', '20270106')}END:VCALENDAR\r\n`;
  await assert.rejects(who.acceptance.post('/holidays/import/preview', { text }), { status: 403 });
  const shown = await who.owner.post('/holidays/import/preview', { text });
  assert.deepEqual([shown.format, shown.ignored, shown.years.length, shown.years[0].version], ['ics', 1, 1, 0]);
  assert.deepEqual(shown.years[0].changes.map(({ day, before, after }) => `${day} ${before} ${after}`), [
    '2027-01-01 work holiday', '2027-01-02 weekend holiday', '2027-01-03 weekend holiday', '2027-01-09 weekend shifted-workday',
  ]);
  await assert.rejects(who.owner.post('/holidays/import', { text: text.replace('20270101', '20270132'), years: [{ year: 2027, version: 0 }] }), { status: 422, code: 'holidays.file' });
  assert.equal((await who.acceptance.get(`/cases/${one.id}`)).due_at, guessed, 'looking and what was refused move nothing');
  const taken = await who.owner.post('/holidays/import', { text, years: [{ year: 2027, version: 0 }] });
  assert.deepEqual(taken.years, [2027]);
  assert.ok(taken.moved >= 1, 'says how many clocks moved');
  const moved = await who.acceptance.get(`/cases/${one.id}`);
  assert.ok(moved.due_at > guessed);
  assert.equal((await entries(one.id, 'clock-changed')).length, 1, 'the case says so');
  await assert.rejects(who.owner.post('/holidays/import', { text, years: [{ year: 2027, version: 0 }] }), { status: 412 });
});

test('every change of a length is kept, and the newest is undone in one act', async () => {
  await signIn();
  const name = 'clock.customer-acceptance.handle-first-limit';
  const now = async () => (await who.owner.get(`/settings/${name}`)).value;
  const history = async () => (await who.owner.get(`/settings/changes?key=${name}`)).items;
  const undo = (change) => who.owner.post(`/settings/changes/${change.id}/undo`);
  const { version } = await who.owner.get(`/settings/${name}`);
  await who.owner.put(`/settings/${name}`, { value: 'PT45M' }, version);
  assert.equal((await history()).length, 1, 'what was saved as it was is no change');
  await who.owner.put(`/settings/${name}`, { value: 'PT20M' }, version);
  const [second, first] = await history();
  assert.deepEqual([second.old_value, second.new_value, second.can_undo], ['PT45M', 'PT20M', true]);
  assert.deepEqual([first.old_value, first.new_value, first.can_undo], ['PT30M', 'PT45M', false]);
  assert.equal(second.by.name, who.owner.me.name);
  assert.ok(second.name_zh && second.process_zh);

  await assert.rejects(undo(first), { status: 409, code: 'setting.changed-since' });
  await assert.rejects(undo({ id: '1' }), { status: 404 });
  await assert.rejects(who.acceptance.post(`/settings/changes/${second.id}/undo`), { status: 403 });
  assert.equal(await now(), 'PT20M');
  assert.equal((await undo(second)).value, 'PT45M');
  await assert.rejects(undo(second), { status: 409 }, 'not twice');
  const [back] = await history();
  assert.deepEqual([back.undoes, back.old_value, back.new_value], [second.id, 'PT20M', 'PT45M']);
  assert.equal((await undo(back)).value, 'PT20M', 'taking back is a change, and can be taken back');

  const page = await who.owner.get('/settings/changes?limit=3');
  const rest = await who.owner.get(`/settings/changes?limit=3&cursor=${page.next}`);
  assert.deepEqual([page.items.length, rest.items.map((change) => change.id), rest.next], [3, [first.id], null]);
  const entry = (await who.auditor.get('/audit?action=setting.changed&limit=1')).items[0];
  assert.deepEqual([entry.data.old, entry.data.new, entry.data.undoes], ['PT45M', 'PT20M', back.id]);
});

test('the audit holds after all that', async () => {
  await signIn();
  assert.equal((await who.auditor.post('/audit/verify')).holds, true);
});
