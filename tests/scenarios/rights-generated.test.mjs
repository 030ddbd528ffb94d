// Rights by generation: every route of the description × everybody × every kind of id, held against a model of its own
// (tests/support/rights/model.mjs). What may not be seen reads exactly as what does not exist.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Person } from '../support/centre.mjs';
import { bpmn, task } from '../support/drawing.mjs';
import { answer } from '../support/rights/ask.mjs';
import { modelled, questions } from '../support/rights/generate.mjs';
import { heard, listen, position } from '../support/rights/live.mjs';
import { checks } from '../support/rights/lists.mjs';
import { isStaff, maySee, mayWorkInside } from '../support/rights/model.mjs';
import { nowhere } from '../support/rights/routes.mjs';
import { World } from '../support/rights/world.mjs';

let world, routes;
before(async () => {
  world = await World.start();
  const { paths } = await world.owner.get('/openapi.json');
  routes = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, about]) => ({
    method: method.toUpperCase(), path, right: about['x-right'], about, takesJson: Boolean(about.requestBody?.content['application/json']),
  })));
});
after(() => world?.stop());

// A few of many, so that a fault that shows everywhere can still be read.
function none(wrong) {
  assert.equal(wrong.length, 0, `${wrong.length} wrong:\n${wrong.slice(0, 60).join('\n')}`);
}

test('every route of the description has an entry in the model, and the model knows no other', () => {
  const there = routes.map(({ method, path }) => `${method} ${path}`).sort();
  assert.deepEqual(Object.keys(modelled).sort(), there);
});

let count = 0;
test('every route answers everybody as the model says, whatever id it is given', async () => {
  const all = [...questions(world, routes)];
  const wrong = [];
  const state = () => Promise.all(Object.values(world.cases).map(async (of) => {
    const opener = Object.values(world.actors).find((actor) => actor.person === of.opened && !actor.refused).session;
    const [one, { items }] = [await opener.get(`/cases/${of.id}`), await opener.get(`/cases/${of.id}/timeline?limit=200`)];
    return { ...one, overdue: undefined, timeline: items.length };
  }));
  const before = await state();
  // First those who are refused: they leave no trace.
  count += await answer(all.filter((question) => !question.let), wrong);
  none(wrong);
  assert.deepEqual(await state(), before);
  count += await answer(all.filter((question) => question.let), wrong);
  none(wrong);
});

const present = () => Object.values(world.actors).filter((actor) => !actor.refused);

test('no list, count, search, link, export or audit holds more or less than the model says', async () => {
  const wrong = [];
  const rest = present().flatMap((actor) => checks.map((check) => () => check(world, actor).catch((error) => [`${actor.name}: ${check.name}: ${error.message}`])));
  count += rest.length;
  await Promise.all(Array.from({ length: 6 }, async () => {
    for (let check = rest.pop(); check; check = rest.pop()) wrong.push(...(await check()));
  }));
  none(wrong);
});

// Ends the streams that somebody has open, after all that came before: signing out of another browser does.
async function endStreams(actor) {
  const browser = await new Person(world.centre, world.actors[actor.name === 'program' ? 'network-engineer' : actor.name].login).signIn();
  await browser.call('DELETE', '/session');
}

test('live updates tell nobody of what they may not see, and everybody of what they may', async () => {
  const from = await position(world.owner);
  const cases = Object.values(world.cases);
  for (const of of cases) {
    const opener = present().find((actor) => actor.person === of.opened).session;
    await opener.post(`/cases/${of.id}/comments`, { text: '大家看' });
  }
  // A deadline passes, and warns whoever holds the roles.
  await world.centre.advance('PT16M');
  const notices = { heard: 0 };
  const wrong = [];
  await Promise.all(present().map(async (actor) => {
    const stream = await listen(actor.session, from);
    await endStreams(actor);
    const events = await heard(stream);
    const about = new Set(events.filter((event) => event.topic === 'case').map((event) => event.data.case));
    for (const of of cases) {
      if (about.has(of.id) !== maySee(actor, of)) wrong.push(`${actor.name} ${about.has(of.id) ? 'hears' : 'does not hear'} of ${of.name}`);
      const told = events.some((event) => event.topic === 'notice' && event.data.case === of.id);
      if (told) ++notices.heard;
      if (told && !maySee(actor, of)) wrong.push(`${actor.name} has a notice of ${of.name}`);
    }
    count += cases.length;
  }));
  none(wrong);
  assert.ok(notices.heard > 0, 'no deadline warned anybody');
});

// What somebody hears of two ids, one of which is there, is the same to the letter.
async function alike(actor, method, path, body, what) {
  const [there, not] = await Promise.all(body.map(async (one) => {
    const answer = await actor.session.fetch(method, path, { body: one });
    return { status: answer.status, text: await answer.text() };
  }));
  ++count;
  assert.deepEqual(there, not, `${actor.name}: ${method} ${path}: ${what}`);
  assert.ok(there.status >= 400, `${actor.name}: ${method} ${path} took ${what}`);
}

test('an id in a body that one may not see is as good as none', async () => {
  const cases = Object.values(world.cases);
  for (const actor of present()) {
    const own = cases.find((of) => mayWorkInside(actor, of));
    if (!own) continue;
    for (const of of cases.filter((one) => !maySee(actor, one)))
      await alike(actor, 'POST', `/cases/${own.id}/links`, [of.id, nowhere].map((id) => ({ case: id, kind: 'related' })), of.name);
  }
  const partner = world.actors['partner-engineer'];
  const { here, there } = world.places;
  const wish = (more) => ({ kind: 'customer-acceptance', title: '试探', channel: 'api', ...more });
  for (const [field, id] of [['organisation', here.id], ['customer', here.id], ['site', here.site], ['asset', here.asset], ['contact', here.contact], ['contact', world.actors.auditor.person]])
    await alike(partner, 'POST', '/cases', [id, nowhere].map((one) => wish({ [field]: one })), field);
  const made = await partner.session.post('/cases', wish({ organisation: there.id, site: there.site, asset: there.asset, contact: there.contact }));
  assert.equal(made.organisation.id, there.id);
});

test('whoever is from outside is told of nobody outside their own house, and gives a task to nobody there', async () => {
  const actor = world.actors['other-centre'];
  const { task: given } = world.cases.协调;
  const { delegates } = await actor.session.get(`/tasks/${given.id}`);
  assert.deepEqual(delegates.map((one) => one.id), [actor.person]);
  const elsewhere = (await world.owner.get('/people?q=yaoxuewen')).items[0].id;
  await alike(actor, 'POST', `/tasks/${given.id}/delegate`, [{ to: elsewhere }, { to: nowhere }], 'somebody of another centre');
});

test('a form takes files of its own case only', async () => {
  const nodes = `<startEvent id="begin"/>${task('look')}<endEvent id="done"/>`;
  const form = { title: { zh: '看', en: 'Look' }, fields: [{ id: 'photos', type: 'files', label: { zh: '照片', en: 'Photos' } }] };
  await world.owner.post('/processes/pictures/versions', { xml: bpmn('pictures', { nodes, flows: [['begin', 'look'], ['look', 'done']] }), forms: { look: JSON.stringify(form) } });
  const actor = world.actors['network-engineer'];
  const one = await actor.session.post('/cases', { kind: 'pictures', title: '照片', channel: 'api' });
  const picture = () => actor.session.call('POST', `/cases/${one.id}/attachments`, { raw: 'x', headers: { 'x-file-name': 'x.txt', 'content-type': 'application/octet-stream' } });
  const own = await picture();
  const path = `/tasks/${one.steps[0].task}/complete`;
  for (const id of [world.cases.电话.attachment, world.cases.泄露.attachment]) await alike(actor, 'POST', path, [id, nowhere].map((file) => ({ fields: { photos: [file] } })), 'another case\'s file');
  await actor.session.post(path, { fields: { photos: [own.id] } });
});

test('what somebody may ends with the role that gave it, and so does the stream they have open', async () => {
  const { person, session } = world.actors.colleague;
  const of = world.cases.电话;
  await assert.rejects(session.get(`/cases/${of.id}`), { status: 404 });
  const owner = await world.centre.person('jiangyifan');
  const { grants } = await owner.post(`/people/${person}/grants`, { role: 'support-engineer', scope_kind: 'all' });
  assert.equal((await session.get(`/cases/${of.id}`)).id, of.id);
  const stream = await listen(session);
  await owner.call('DELETE', `/people/${person}/grants/${grants.at(-1).id}`);
  await heard(stream);
  await assert.rejects(session.get(`/cases/${of.id}`), { status: 404 });
  await assert.rejects(session.get(`/tasks/${of.task.id}`), { status: 404 });
});

test('whoever may does: every act on a case and a task, once, on cases of their own', async () => {
  const { 'acceptance-engineer': mine, 'network-engineer': network, 'system-owner': owner } = world.actors;
  const opened = () => mine.session.post('/cases', { kind: 'customer-acceptance', title: '试办', channel: 'api', organisation: world.places.here.id, category: 'vod-failure', contact_name: '王老师', description: '点播失败' });
  const [one, other] = [await opened(), await opened()];
  const [{ task: first }, { task: second }] = [one.steps[0], other.steps[0]];
  const post = async (actor, path, body = {}) => {
    ++count;
    return actor.session.post(path, body);
  };
  await post(mine, `/tasks/${first}/claim`);
  await post(mine, `/tasks/${first}/release`);
  await post(mine, `/tasks/${first}/claim`);
  await post(mine, `/tasks/${first}/delegate`, { to: (await owner.session.get('/people?q=huting')).items[0].id });
  await post(mine, `/tasks/${second}/complete`, { fields: {} });
  const { steps: [{ task: next }] } = await mine.session.get(`/cases/${other.id}`);
  await post(mine, `/tasks/${next}/return`, { reason: '再看一遍' });
  for (const [act, body] of [['comments', { text: '说明' }], ['urge', {}], ['pause', { reason: '等客户' }], ['resume', {}], ['links', { case: other.id, kind: 'related' }]])
    await post(network, `/cases/${one.id}/${act}`, body);
  const { version } = await network.session.get(`/cases/${one.id}`);
  assert.equal((await network.session.patch(`/cases/${one.id}`, { title: '改过' }, version)).title, '改过');
  assert.equal((await post(world.actors['general-manager'], `/cases/${one.id}/cancel`, { reason: '试毕' })).state, 'cancelled');
  const { id: token } = await post(mine, '/tokens', { name: '试' });
  await mine.session.call('DELETE', `/tokens/${token}`);
  const browser = await world.centre.person(mine.login);
  const { items } = await browser.get('/me/sessions');
  await mine.session.call('DELETE', `/me/sessions/${items.find((session) => session.current).id}`);
  await assert.rejects(browser.get('/session'), { status: 401 });
  await owner.session.call('DELETE', `/mailboxes/${world.mailbox}`);
});

test('how many cases were generated', (t) => {
  assert.ok(count > 20_000, `${count}`);
  t.diagnostic(`rights: ${count} cases, all right`);
});
