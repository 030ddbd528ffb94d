// Killed at random moments while eight writers work: what was acknowledged is there exactly once, the states are those
// that the audit's events lead to, and the audit holds. On PostgreSQL that server is killed too, now and then, and the
// program has to find it again by itself.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { cast, Centre, database } from '../support/centre.mjs';
import { postgres } from '../support/postgres.mjs';

const kills = Number(process.env.KILLS ?? (process.env.SOAK ? 1000 : 20));
const writers = 8;
const seed = Number(process.env.SEED ?? 20260205);
const mark = 'kill-test';

// mulberry32: small, and the same everywhere, so that a seed can be told to somebody else.
function random(from) {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

let centre;
let lost = 0;  // databases
const who = {};
before(async () => {
  centre = await Centre.start({ clock: 'system' });
  for (const role of ['acceptance', 'network']) who[role] = await centre.person(cast[role]);
});
after(() => centre.stop());

// The way of a case to the archive: who completes which task, and how.
const walk = [
  ['acceptance', 'accept', undefined, { 'case.title': null, 'case.description': '压力下录入', 'case.contact_name': '值班员', 'case.category': 'other', 'case.urgency': 'normal' }],
  ['acceptance', 'handle-first', 'unsolved', { tried: '远程指导' }],
  ['network', 'handle-network', 'solved', { tried: '查看日志', solution: '重启服务' }],
  ['network', 'sum-up', undefined, { process_summary: '排查', result: '恢复' }],
  ['acceptance', 'feed-back', 'accepted', { channel: 'phone', reply: '已处理', customer_answer: '好了' }],
  ['acceptance', 'archive', undefined, {}],
];

// The load: writers that stop at the gate while the centre is down, and go on with what was not acknowledged.
const load = { open: Promise.resolve(), closed: false, release: () => {}, waiting: 0, acknowledged: 0, repeated: 0, stopping: false, failed: undefined, refusing: false };
const cases = [];  // what the writers know: {title, id?, version, comments: [{text, sure}], done: [element…], doing?, dirty}

function closeGate() {
  if (load.closed) return;
  load.closed = true;
  load.open = new Promise((resolve) => (load.release = resolve));
}
async function atGate() {
  ++load.waiting;
  await load.open;
  --load.waiting;
}

// Sends until it is answered. A request cut off by a kill is repeated with the same key, so nothing may happen twice.
async function insist(person, method, path, body, key) {
  for (let tries = 0; ; ++tries) {
    await atGate();
    if (tries > 0) ++load.repeated;
    let answer, text;
    try {
      answer = await person.fetch(method, path, { body, headers: key ? { 'idempotency-key': key } : {} });
      text = await answer.text();
    } catch (error) {
      // Cut off: everybody waits until the centre is back, unless the test is over.
      if (load.failed) throw error;
      closeGate();
      continue;
    }
    // Without its database the program refuses, and may be asked again.
    if (load.refusing && answer.status === 503) {
      closeGate();
      continue;
    }
    assert.ok(answer.ok, `${method} ${path} with ${key}, try ${tries + 1}: ${answer.status} ${text}`);
    if (key) ++load.acknowledged;
    return text ? JSON.parse(text) : undefined;
  }
}

async function create(key) {
  const one = { title: `${mark} ${key}`, comments: [], done: [], dirty: true };
  cases.push(one);
  const body = { kind: 'customer-acceptance', title: one.title, channel: 'api' };
  Object.assign(one, await insist(who.acceptance, 'POST', '/cases', body, key).then(({ id, version }) => ({ id, version })));
  return one;
}
async function comment(one, key) {
  const said = { text: `${mark} ${key}`, sure: false };
  one.comments.push(said);
  one.dirty = true;
  const { version } = await insist(who.acceptance, 'POST', `/cases/${one.id}/comments`, { text: said.text }, key);
  // A comment changes no fact, so it makes nobody else's correction stale: the version stays or has risen by a completion.
  assert.ok(version >= one.version, `${one.title}: version ${version} after ${one.version}`);
  one.version = version;
  said.sure = true;
}
async function goOn(one, key) {
  const [role, element, outcome, fields] = walk[one.done.length];
  const now = await insist(who.acceptance, 'GET', `/cases/${one.id}`);
  assert.deepEqual(now.steps.map((s) => s.element), [element], one.title);
  one.version = now.version;
  one.doing = element;
  one.dirty = true;
  const filled = 'case.title' in fields ? { ...fields, 'case.title': one.title } : fields;
  await insist(who[role], 'POST', `/tasks/${now.steps[0].task}/complete`, { ...(outcome ? { outcome } : {}), fields: filled }, key);
  one.done.push(element);
  one.doing = undefined;
}

async function writer(number) {
  const dice = random(seed + 1000 * (number + 1));
  const open = [];
  for (let n = 0; !load.stopping; ++n) {
    const key = `${mark}-${seed}-${number}-${n}`;
    const what = dice();
    // One of the two youngest, so that some come to the archive.
    const at = Math.max(0, open.length - 1 - Math.floor(dice() * 2));
    if (open.length === 0 || what < 0.15) {
      open.push(await create(key));
    } else if (what < 0.4) {
      await comment(open[at], key);
    } else {
      await goOn(open[at], key);
      if (open[at].done.length === walk.length) open.splice(at, 1);
    }
  }
}

async function allOf(path) {
  const items = [];
  for (let next = ''; next !== null; ) {
    const page = await who.acceptance.get(`${path}&limit=200${next ? `&cursor=${encodeURIComponent(next)}` : ''}`);
    items.push(...page.items);
    next = page.next;
  }
  return items;
}
const times = (list, value) => list.filter((x) => x === value).length;

// Nobody writes while this looks: exactly what was acknowledged, and at most once what was not.
async function check(chosen, began) {
  const titles = (await allOf(`/cases?kind=customer-acceptance&opened_from=${began}`)).map((c) => c.title).filter((t) => t.startsWith(mark));
  const counted = new Map();
  for (const title of titles) counted.set(title, (counted.get(title) ?? 0) + 1);
  for (const one of cases) {
    const there = counted.get(one.title) ?? 0;
    counted.delete(one.title);
    assert.ok(one.id ? there === 1 : there <= 1, `${one.title} is there ${there} times, ${one.id ? '' : 'not '}acknowledged`);
  }
  assert.deepEqual([...counted.keys()], [], 'cases that nobody asked for');
  const rest = chosen.filter((c) => c.id);
  await Promise.all(Array.from({ length: 4 }, async () => {
    for (let one = rest.pop(); one; one = rest.pop()) await checkOne(one);
  }));
}

async function checkOne(one) {
  const now = await who.acceptance.get(`/cases/${one.id}`);
  assert.equal(now.title, one.title);
  assert.ok(now.version >= one.version, `${one.title}: version ${now.version}, ${one.version} was acknowledged`);
  const entries = await allOf(`/cases/${one.id}/timeline?`);
  const said = entries.filter((e) => e.kind === 'commented').map((e) => e.text);
  for (const { text, sure } of one.comments) {
    assert.ok(sure ? times(said, text) === 1 : times(said, text) <= 1, `${text} is there ${times(said, text)} times, sure: ${sure}`);
  }
  assert.equal(entries.filter((e) => e.kind === 'opened').length, 1);
  const done = entries.filter((e) => e.kind === 'completed').map((e) => e.element).reverse();
  // What was being completed when the kill came may be done already.
  assert.deepEqual(done.slice(0, one.done.length), one.done, one.title);
  assert.ok(done.length === one.done.length || (done.length === one.done.length + 1 && done.at(-1) === one.doing), `${one.title}: ${done}`);
  assert.equal(now.state, done.length === walk.length ? 'archived' : 'open');
  assert.deepEqual(now.steps.map((s) => s.element), walk.slice(done.length, done.length + 1).map(([, element]) => element));
  one.dirty = false;
}

async function quiet() {
  for (const until = Date.now() + 30_000; load.waiting < writers; ) {
    assert.ok(Date.now() < until, `${load.waiting} of ${writers} writers came to the gate`);
    await wait(2);
  }
}

// The first failure ends the writers, who may be waiting for a centre that does not come back.
function fail(error) {
  load.failed ??= error;
  load.stopping = true;
  load.release();
  return load.failed;
}

// Every case's events, played again from the first, lead to the state with which the program goes on.
function replayAgrees() {
  const told = JSON.parse(centre.run('audit', 'replay', '--json'));
  assert.deepEqual({ ...told, cases: 0 }, { holds: true, cases: 0, different: 0, first_different: '' });
  assert.ok(told.cases >= cases.filter((c) => c.id).length, `${told.cases} cases played`);
}

async function killAndCheck(dice, began) {
  for (let kill = 0; kill < kills; ++kill) {
    // Under load: so many acknowledged writes after the last start, and then a moment of the dice's choice.
    const enough = load.acknowledged + 8 + Math.floor(dice() * 24);
    for (const until = Date.now() + 60_000; load.acknowledged < enough && !load.failed; ) {
      assert.ok(Date.now() < until, 'the writers make no progress');
      await wait(1);
    }
    if (load.failed) throw load.failed;
    if (database === 'postgresql' && dice() < 0.25) await killDatabase(dice);
    else await killProgram(dice);
    await check(cases.filter((c) => c.dirty), began);
    replayAgrees();
    load.closed = false;
    load.refusing = false;
    load.release();
  }
}

async function killProgram(dice) {
  // A process of its own kills, so that the moment does not hang on when this one has its hands free.
  execFile('/bin/sh', ['-c', `sleep ${(dice() * 0.2).toFixed(3)}; kill -9 ${centre.process.pid}`]);
  await centre.ended();
  closeGate();
  await quiet();
  await centre.serve();
}

async function killDatabase(dice) {
  load.refusing = true;
  await wait(dice() * 200);
  await postgres().stop();
  await wait(dice() * 200);
  postgres().start();
  closeGate();
  await quiet();
  ++lost;
}

test(`killed ${kills} times under load, nothing acknowledged is lost and nothing is there twice`, { timeout: 50_000 + kills * 15_000 }, async (t) => {
  const dice = random(seed);
  const began = new Date(Date.now() - 60_000).toISOString();
  const started = Date.now();
  const all = Promise.all(Array.from({ length: writers }, (_, number) => writer(number))).catch(fail);
  try {
    await killAndCheck(dice, began);
  } catch (error) {
    throw fail(error);
  }
  load.stopping = true;
  await all;
  if (load.failed) throw load.failed;
  t.diagnostic(`seed ${seed}: ${kills} kills (${lost} of the database) in ${Date.now() - started} ms, ${load.acknowledged} writes acknowledged, ` +
    `${load.repeated} requests repeated, ${cases.length} cases, ${cases.filter((c) => c.done.length === walk.length).length} archived`);
  assert.ok(load.repeated >= (kills - lost) / 2, 'the kills did not meet requests on their way');
  assert.ok(cases.every((c) => c.id && !c.doing && c.comments.every((x) => x.sure)));
  await check([...cases], began);
  await centre.kill();
  assert.match(centre.run('audit', 'verify', '--json'), /"holds":\s*true/);
});
