// Rights both ways for every route there is: generated from the description that the centre gives of itself.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cast, Centre, Person } from '../support/centre.mjs';

// Who of the cast may do what; reading is for all staff, and the other centre sees its own case only.
const holders = {
  'people.manage': ['owner'],
  'customers.manage': ['owner', 'acceptance', 'otherAcceptance'],
  'calendars.manage': ['owner'],
  'processes.deploy': ['owner'],
  'settings.manage': ['owner'],
  'mailboxes.manage': ['owner'],
  'audit.read': ['auditor'],
  'hotline.take': ['acceptance', 'otherAcceptance'],
  'knowledge.write': ['acceptance', 'otherAcceptance', 'network', 'supervisor', 'support', 'field', 'remote', 'technical'],
  'knowledge.review': ['supervisor'],
};
const junk = ['0', '1', '-1', '9223372036854775807', '99999999999999999999', 'abc', '1e3', '%E5%B7%A5%E5%8D%95', '%00', '..%2F..', "'%20OR%201=1--"];

let centre, routes;
const who = {};
before(async () => {
  centre = await Centre.start();
  for (const [role, login] of Object.entries(cast)) who[role] = await centre.person(login);
  who.nobody = new Person(centre, 'nobody');
  const { paths } = await who.owner.get('/openapi.json');
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, about]) => ({ method: method.toUpperCase(), path, right: about['x-right'], body: 'requestBody' in about })));
});
after(() => centre.stop());

const fill = (path, id) => path.replaceAll(/\{\w+\}/g, id);
// Signing out and live streams are asked apart: the one ends the session that asks, the other never ends.
const leavesSession = (route) => route.method === 'DELETE' && route.path === '/session';

async function ask(person, route, { id = '1', query = '', headers, body } = {}) {
  const sends = route.method !== 'GET' && route.method !== 'DELETE';
  const answer = await person.fetch(route.method, fill(route.path, id) + query, { headers, body: sends ? (body ?? {}) : undefined });
  if (answer.headers.get('content-type')?.startsWith('text/event-stream')) await answer.body.cancel();
  else await answer.arrayBuffer();
  return answer.status;
}

// Asks all, a few at a time, and names every one that is not as expected.
async function all(t, wanted) {
  assert.ok(wanted.length > 0);
  const wrong = [];
  const rest = [...wanted];
  await Promise.all(Array.from({ length: 4 }, async () => {
    for (let one = rest.pop(); one; one = rest.pop()) {
      const status = await one.ask();
      if (!one.expect(status)) wrong.push(`${one.name}: ${status}`);
    }
  }));
  t.diagnostic(`${wanted.length} cases`);
  assert.deepEqual(wrong, []);
}
const named = (role, route, more = '') => `${role} ${route.method} ${route.path} [${route.right}]${more}`;
const mayBy = (person, right) => right === 'public' || right === 'signed-in' || person.me.rights.includes(right);

test('the description names a right for every route, and there are as many as there should be', () => {
  assert.ok(routes.length >= 80, `${routes.length} routes`);
  assert.deepEqual(routes.filter((r) => !/^(public|signed-in|[a-z]+\.[a-z-]+)$/.test(r.right ?? '')).map((r) => `${r.method} ${r.path}`), []);
  const open = routes.filter((r) => r.right === 'public').map((r) => `${r.method} ${r.path}`).sort();
  assert.deepEqual(open, ['GET /first-run', 'POST /first-run', 'POST /password-resets', 'POST /password-resets/complete', 'POST /session', 'POST /test/clock']);
});

test('the cast holds the rights that their roles give, and nobody else does', () => {
  for (const [right, expected] of Object.entries(holders)) {
    const actual = Object.keys(cast).filter((role) => who[role].me.rights.includes(right));
    assert.deepEqual(actual.sort(), [...expected].sort(), right);
  }
  assert.deepEqual(who.otherCentre.me.rights.filter((r) => r in holders), []);
});

test('nobody is let in by no route but the public ones', async (t) => {
  await all(t, routes.map((route) => ({
    name: named('nobody', route),
    ask: () => ask(who.nobody, route),
    expect: route.right === 'public' ? (s) => s !== 401 && s !== 403 && s < 500 : (s) => s === 401,
  })));
});

test('every role is let in by its rights and refused without them, on every route', async (t) => {
  const wanted = Object.keys(cast).flatMap((role) => routes.filter((r) => !leavesSession(r)).map((route) => ({
    name: named(role, route),
    ask: () => ask(who[role], route),
    expect: mayBy(who[role], route.right) ? (s) => s !== 401 && s !== 403 && s < 500 : (s) => s === 403,
  })));
  assert.ok(wanted.length >= 1000);
  await all(t, wanted);
});

test('a change without the CSRF token, or with a wrong one, is refused on every route', async (t) => {
  const changes = routes.filter((r) => r.method !== 'GET' && r.right !== 'public');
  const holder = (right) => Object.keys(cast).find((role) => mayBy(who[role], right));
  await all(t, changes.flatMap((route) => ['', 'x'.repeat(43)].map((token) => ({
    name: named(holder(route.right), route, ` token "${token}"`),
    ask: () => ask(who[holder(route.right)], route, { headers: { 'x-csrf-token': token } }),
    expect: (s) => s === 403,
  }))));
});

test('junk ids, junk queries and junk bodies are refused and break nothing', async (t) => {
  const holder = (right) => who[Object.keys(cast).find((role) => mayBy(who[role], right))];
  const mine = routes.filter((r) => !leavesSession(r) && r.path !== '/test/clock');
  const sane = (s) => s < 500 && s !== 401;
  const ids = mine.filter((r) => r.path.includes('{')).flatMap((route) => junk.map((id) => ({
    name: named('holder', route, ` id ${id}`), ask: () => ask(holder(route.right), route, { id }), expect: sane,
  })));
  const queries = mine.filter((r) => r.method === 'GET').flatMap((route) =>
    ['?limit=0', '?limit=201', '?limit=-1', '?limit=x', '?cursor=%00', '?cursor=junk', '?q=%27%22%25_%5C', '?q=%FF', '?sort=%3B', '?nonsense=1'].map((query) => ({
      name: named('holder', route, query), ask: () => ask(holder(route.right), route, { query }), expect: sane,
    })));
  const bodies = mine.filter((r) => r.body && r.right !== 'public').flatMap((route) => [[], 'text', 7, { '': null }, { title: { deep: [] } }].map((body) => ({
    name: named('holder', route, ` body ${JSON.stringify(body)}`),
    ask: () => ask(holder(route.right), route, { body, headers: { 'if-match': '"1"' } }),
    expect: sane,
  })));
  await all(t, [...ids, ...queries, ...bodies]);
});

// The same person, known by a token instead of a session: a program has no cookie and needs no CSRF token.
async function byToken(role) {
  const { token } = JSON.parse(centre.run('token', 'create', '--login', cast[role], '--json'));
  const program = new Person(centre, cast[role]);
  program.fetch = (method, path, { body, headers = {}, raw } = {}) => fetch(`${centre.url}/api/v1${path}`, {
    method, body: raw ?? (body !== undefined ? JSON.stringify(body) : undefined),
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined ? { 'content-type': 'application/json' } : {}), ...headers },
  });
  return program;
}

// How somebody signs in is changed from a browser only.
const ofBrowsers = ['POST /session/step-up', 'POST /me/totp', 'DELETE /me/totp', 'POST /me/recovery-codes', 'DELETE /me/sessions'];

test('a token may what its person may, on every route but those about signing in', async (t) => {
  const roles = ['network', 'owner', 'auditor', 'otherCentre'];
  const programs = Object.fromEntries(await Promise.all(roles.map(async (role) => [role, await byToken(role)])));
  await all(t, roles.flatMap((role) => routes.filter((r) => r.right !== 'public').map((route) => ({
    name: named(`${role}'s token`, route),
    ask: () => ask(programs[role], route),
    expect: mayBy(who[role], route.right) && !ofBrowsers.includes(`${route.method} ${route.path}`) ? (s) => s !== 401 && s !== 403 && s < 500 : (s) => s === 403,
  }))));
});

test('a wrong token is nobody, whatever session comes with it', async (t) => {
  const wrong = ['Bearer x', `Bearer kw_${'A'.repeat(43)}`, 'Bearer '];
  await all(t, wrong.flatMap((authorization) => routes.filter((r) => r.right !== 'public').map((route) => ({
    name: named(authorization, route), ask: () => ask(who.owner, route, { headers: { authorization } }), expect: (s) => s === 401,
  }))));
});

test('a case that may not be seen is not there, on every route below it, in no list and in no search', async (t) => {
  const title = `别的中心看不到的工单 ${centre.now}`;
  const { id, number } = await who.acceptance.post('/hotline/calls', {
    title, description: '点击节目后提示无法播放。', contact_name: '王老师', contact_phone: '0791-80000011',
    category: 'vod-failure', urgency: 'normal', solved: false,
  });
  const seen = await who.acceptance.get(`/cases/${id}`);
  const task = seen.steps[0].task;
  const clock = seen.clocks[0].id;
  const ids = { '/cases/': id, '/tasks/': task, '/clocks/': clock };
  const below = routes.flatMap((route) => Object.entries(ids).filter(([start]) => route.path.startsWith(`${start}{id}`)).map(([, one]) => ({ route, one })));
  assert.ok(below.length >= 20, `${below.length} routes`);
  const foreign = ['otherCentre'];
  await all(t, foreign.flatMap((role) => below.map(({ route, one }) => ({
    name: named(role, route),
    ask: () => ask(who[role], { ...route, path: route.path.replace('{id}', one) }, { id: '1', headers: { 'if-match': '"1"' }, body: { reason: 'x', text: 'x', case: id, to: id, kind: 'related', person: '1' } }),
    expect: (s) => s === 404 || s === 422,
  }))));
  for (const role of foreign) {
    const texts = await Promise.all([`/cases?q=${number}`, `/search?q=${number}`, '/tasks?view=claimable', '/cases'].map((path) => who[role].get(path)));
    assert.ok(!JSON.stringify(texts).includes(number), `${role} finds ${number}`);
    const counts = await who[role].get('/cases/counts');
    assert.ok(Object.values(counts).every((n) => typeof n !== 'number' || n <= (texts[3].items.length)), JSON.stringify(counts));
  }
  assert.ok(JSON.stringify(await who.supervisor.get(`/cases?q=${number}`)).includes(number));
});

test('whoever only sees a case may read it and change nothing on it', async (t) => {
  const { id } = await who.acceptance.post('/hotline/calls', {
    title: '只读的工单', description: '点击节目后提示无法播放。', contact_name: '王老师', contact_phone: '0791-80000011',
    category: 'vod-failure', urgency: 'normal', solved: false,
  });
  const seen = await who.auditor.get(`/cases/${id}`);
  assert.deepEqual(seen.may, ['export']);
  const body = { text: '催一下', reason: '试一下', title: '改名', case: id, kind: 'related' };
  const acts = [['POST', 'comments', 'text'], ['POST', 'urge', 'text'], ['POST', 'pause', 'reason'], ['POST', 'resume'], ['POST', 'attachments'], ['PATCH', '', 'title'], ['POST', 'cancel', 'reason']];
  await all(t, acts.map(([method, what, field]) => ({
    name: `auditor ${method} ${what}`,
    ask: () => ask(who.auditor, { method, path: `/cases/${id}${what && `/${what}`}` }, { headers: { 'if-match': `"${seen.version}"` }, body: field ? { [field]: body[field] } : {} }),
    expect: (s) => s === 403,
  })));
});

test('what there is no route for is not there, for anybody', async (t) => {
  const roles = ['nobody', ...Object.keys(cast)];
  const nowhere = ['/nothing', '/cases/1/nothing', '/people/1/nothing/2', '/'];
  await all(t, roles.flatMap((role) => nowhere.flatMap((path) => ['GET', 'POST'].map((method) => ({
    name: `${role} ${method} ${path}`, ask: () => ask(who[role], { method, path }), expect: (s) => s === 404,
  })))));
});

test('a route asked with a method it has not says which it has, and below /api there is no page', async () => {
  const base = centre.url.replace(/\/$/, '');
  const wrong = await fetch(`${base}/api/v1/cases/1/timeline`, { method: 'DELETE' });
  assert.equal(wrong.status, 405);
  assert.equal(wrong.headers.get('allow'), 'GET');
  assert.equal((await wrong.json()).code, 'route.method');
  for (const [method, path] of [['GET', '/api/healthz'], ['POST', '/api/healthz'], ['GET', '/api/v2/cases'], ['POST', '/api/v2/cases']]) {
    const response = await fetch(base + path, { method, body: method === 'POST' ? '{}' : undefined });
    assert.equal(response.status, 404, `${method} ${path}`);
    assert.match(response.headers.get('content-type'), /problem\+json/);
  }
  const page = await fetch(`${base}/`, { method: 'POST', body: '{}' });
  assert.deepEqual([page.status, page.headers.get('allow')], [405, 'GET, HEAD'], 'pages are only read');
  assert.match(page.headers.get('content-type'), /problem\+json/);
});

test('signing out ends that session only', async () => {
  const here = await centre.person(cast.field);
  assert.equal(await ask(here, { method: 'DELETE', path: '/session' }), 204);
  assert.equal(await ask(here, { method: 'GET', path: '/session' }), 401);
  assert.equal(await ask(who.field, { method: 'GET', path: '/session' }), 200);
});
