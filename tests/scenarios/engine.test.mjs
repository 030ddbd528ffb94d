// What the engine does beside the procedures that come with the program: cases that hear each other, processes that
// start by themselves, what stands and is repaired, versions.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { cast, Centre, complete } from '../support/centre.mjs';
import { bpmn, task } from '../support/drawing.mjs';

let centre;
const who = {};
before(async () => {
  centre = await Centre.start();
  for (const role of ['acceptance', 'network', 'supervisor', 'owner', 'auditor']) who[role] = await centre.person(cast[role]);
});
after(() => centre.stop());

async function deploy(key, drawing) {
  const { version } = await who.owner.post(`/processes/${key}/versions`, { xml: bpmn(key, drawing), forms: {} });
  return version;
}
const open = (kind) => who.network.post('/cases', { kind, title: `${kind} 试验`, channel: 'api' });
const standing = async ({ id }) => (await who.network.get(`/cases/${id}`)).steps.map((s) => s.element).sort();
const state = async ({ id }) => (await who.network.get(`/cases/${id}`)).state;
const ofKind = async (kind) => (await who.network.get(`/cases?kind=${kind}&limit=200`)).items;
const isRefused = (status, code) => (error) => error.status === status && error.code === code;

test('a signal reaches every case that waits for it, once, and starts what it starts', async () => {
  const beside = '<signal id="s" name="line-down"/>';
  await deploy('waits', {
    beside,
    nodes: `<startEvent id="begin"/><intermediateCatchEvent id="wait"><signalEventDefinition signalRef="s"/></intermediateCatchEvent>${task('act')}<endEvent id="done"/>`,
    flows: [['begin', 'wait'], ['wait', 'act'], ['act', 'done']],
  });
  await deploy('started', {
    beside,
    nodes: `<startEvent id="begin"><signalEventDefinition signalRef="s"/></startEvent>${task('look')}<endEvent id="done"/>`,
    flows: [['begin', 'look'], ['look', 'done']],
  });
  await deploy('throws', {
    beside,
    nodes: `<startEvent id="begin"/>${task('say')}<endEvent id="done"><signalEventDefinition signalRef="s"/></endEvent>`,
    flows: [['begin', 'say'], ['say', 'done']],
  });
  // More than hear it in one transaction.
  const hearers = [];
  for (let i = 0; i < 60; ++i) hearers.push(await open('waits'));
  const thrower = await open('throws');
  await complete(who.network, thrower.id, 'say');
  await centre.advance('PT1S');
  for (const one of hearers) assert.deepEqual(await standing(one), ['act']);
  assert.equal(await state(thrower), 'archived');
  const started = await ofKind('started');
  assert.equal(started.length, 1);
  assert.deepEqual(await standing(started[0]), ['look']);
});

test('a process starts by its timer, keeps its phase over a time when nobody was there, and follows its new version', async () => {
  const rounds = (period) => ({
    nodes: `<startEvent id="begin"><timerEventDefinition><timeCycle>R/${period}</timeCycle></timerEventDefinition></startEvent>${task('look')}<endEvent id="done"/>`,
    flows: [['begin', 'look'], ['look', 'done']],
  });
  const began = Date.parse(centre.now);
  await deploy('rounds', rounds('PT1H'));
  await centre.advance('PT59M');
  assert.equal((await ofKind('rounds')).length, 0);
  await centre.advance('PT1M');
  assert.equal((await ofKind('rounds')).length, 1);
  await centre.kill();
  centre.now = new Date(began + 4.5 * 3_600_000).toISOString();
  await centre.serve();
  await centre.advance('PT1S');
  assert.equal((await ofKind('rounds')).length, 2, 'three hours went by, and one case is started');
  await centre.advance('PT29M58S');
  assert.equal((await ofKind('rounds')).length, 2);
  await centre.advance('PT1S');
  assert.equal((await ofKind('rounds')).length, 3, 'at the full hour after the beginning');
  await deploy('rounds', rounds('P1D'));
  await centre.advance('PT3H');
  assert.equal((await ofKind('rounds')).length, 3, 'the new version counts in days');
});

test('a message goes to the linked case that waits for it', async () => {
  const beside = '<message id="m" name="answer"/>';
  await deploy('asked', {
    beside,
    nodes: `<startEvent id="begin"/><receiveTask id="wait" name="等" kw:nameEn="Wait" messageRef="m"/>${task('read')}<endEvent id="done"/>`,
    flows: [['begin', 'wait'], ['wait', 'read'], ['read', 'done']],
  });
  await deploy('answers', {
    beside,
    nodes: `<startEvent id="begin"/>${task('think')}<sendTask id="say" name="答" kw:nameEn="Answer" messageRef="m"/><endEvent id="done"/>`,
    flows: [['begin', 'think'], ['think', 'say'], ['say', 'done']],
  });
  const [mine, other, answering] = [await open('asked'), await open('asked'), await open('answers')];
  await who.network.post(`/cases/${answering.id}/links`, { case: mine.id, kind: 'related' });
  await complete(who.network, answering.id, 'think');
  await centre.advance('PT1S');
  assert.deepEqual(await standing(mine), ['read']);
  assert.deepEqual(await standing(other), []);
  await who.owner.post(`/cases/${other.id}/messages`, { name: 'answer' });
  assert.deepEqual(await standing(other), ['read']);
  await assert.rejects(who.owner.post(`/cases/${other.id}/messages`, { name: 'answer' }), isRefused(409, 'message.not-awaited'));
  await assert.rejects(who.network.post(`/cases/${other.id}/messages`, { name: 'answer' }), isRefused(403, 'right.missing'));
});

test('a called process keeps to the version deployed with its caller, and its error is caught by the caller', async () => {
  const called = (node) => ({
    beside: '<error id="e" errorCode="no-parts"/>',
    nodes: `<startEvent id="begin"/>${task(node)}<endEvent id="failed"><errorEventDefinition errorRef="e"/></endEvent>`,
    flows: [['begin', node], [node, 'failed']],
  });
  await deploy('parts', called('order'));
  await deploy('repairs', {
    beside: '<error id="e" errorCode="no-parts"/>',
    nodes: `<startEvent id="begin"/><callActivity id="get" name="领料" kw:nameEn="Get parts" calledElement="parts"/><boundaryEvent id="none" attachedToRef="get"><errorEventDefinition errorRef="e"/></boundaryEvent>${task('borrow')}<endEvent id="done"/>`,
    flows: [['begin', 'get'], ['get', 'done'], ['none', 'borrow'], ['borrow', 'done']],
  });
  await deploy('parts', called('order-again'));
  const one = await open('repairs');
  const child = (await ofKind('parts'))[0];
  assert.deepEqual(await standing(child), ['order'], 'not the version of today');
  await complete(who.network, child.id, 'order');
  assert.equal(await state(child), 'archived');
  assert.deepEqual(await standing(one), ['borrow']);
});

test('one task for each in a list, done by several, until enough are done', async () => {
  await deploy('votes', {
    nodes: `<startEvent id="begin"/><scriptTask id="who" name="名单" kw:nameEn="List" scriptFormat="feel" kw:resultVariable="sites"><script>["南昌", "九江", "赣州"]</script></scriptTask>${task('ask', '<multiInstanceLoopCharacteristics kw:collection="sites" kw:item="site"><completionCondition>numberOfCompletedInstances = 2</completionCondition></multiInstanceLoopCharacteristics>')}<endEvent id="done"/>`,
    flows: [['begin', 'who'], ['who', 'ask'], ['ask', 'done']],
  });
  const one = await open('votes');
  const { steps } = await who.network.get(`/cases/${one.id}`);
  assert.deepEqual(steps.map((s) => s.element), ['ask', 'ask', 'ask']);
  await who.network.post(`/tasks/${steps[2].task}/complete`, { fields: {} });
  assert.equal(await state(one), 'open');
  await who.network.post(`/tasks/${steps[0].task}/complete`, { fields: {} });
  assert.equal(await state(one), 'archived');
  await assert.rejects(who.network.post(`/tasks/${steps[1].task}/complete`, { fields: {} }), isRefused(409, 'task.already-done'));
});

test('a process that finds no way on stands, is listed, and goes on once it is repaired', async () => {
  await deploy('ways', {
    nodes: `<startEvent id="begin"/>${task('try')}<exclusiveGateway id="way"/><endEvent id="left"/><endEvent id="right"/>`,
    flows: [['begin', 'try'], ['try', 'way'], ['way', 'left', 'direction = "left"'], ['way', 'right', 'direction = "right"']],
  });
  const one = await open('ways');
  await complete(who.network, one.id, 'try');
  assert.equal(await state(one), 'open');
  const listed = (await who.owner.get('/incidents')).items.filter((i) => i.case.id === one.id);
  assert.deepEqual(listed.map((i) => [i.element, i.code]), [['way', 'process.no-flow']]);
  await assert.rejects(who.network.get('/incidents'), isRefused(403, 'right.missing'));
  const retry = (body) => who.owner.post(`/cases/${one.id}/incidents/${listed[0].instance}/retry`, body);
  await retry({});
  assert.equal(await state(one), 'open', 'nothing was repaired');
  await retry({ variables: { direction: 'right' } });
  assert.equal(await state(one), 'archived');
  assert.deepEqual((await who.owner.get('/incidents')).items.filter((i) => i.case.id === one.id), []);
  await assert.rejects(retry({}), isRefused(404, 'incident.gone'));
});

// Three tasks side by side, behind each of which a gateway finds no way on until `way` is "on".
const three = ['a', 'b', 'c'];
const sideBySide = {
  nodes: `<startEvent id="begin"/><parallelGateway id="split"/>${three.map((id) => `${task(id)}<exclusiveGateway id="after-${id}" name="${id}之后" kw:nameEn="After ${id}"/>`).join('')}<endEvent id="done"/>`,
  flows: [['begin', 'split'], ...three.flatMap((id) => [['split', id], [id, `after-${id}`], [`after-${id}`, 'done', 'way = "on"']])],
};
async function stuck(kind) {
  const one = await open(kind);
  for (const id of three) await complete(who.network, one.id, id);
  return one;
}
async function pages(person, limit) {
  const seen = [];
  for (let cursor; cursor !== null; ) {
    const page = await person.get(`/incidents?limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`);
    assert.ok(page.items.length > 0 && page.items.length <= limit, 'no page is empty, none too long');
    seen.push(...page.items);
    cursor = page.next;
  }
  return seen;
}

test('the list of what stands loses nothing between its pages, and keeps since when', async () => {
  await deploy('side-by-side', sideBySide);
  const cases = [await stuck('side-by-side'), await stuck('side-by-side')];
  const since = centre.now;
  const all = (await who.owner.get('/incidents?limit=200')).items;
  const wanted = cases.flatMap(({ id }) => three.map((at) => `${id} after-${at}`));
  assert.deepEqual(all.filter((i) => i.kind === 'side-by-side').map((i) => `${i.case.id} ${i.element}`), wanted);
  for (const limit of [1, 2, 3, 4, 6]) {
    assert.deepEqual((await pages(who.owner, limit)).map((i) => i.id), all.map((i) => i.id), `pages of ${limit}`);
  }
  for (const wrong of ['x', '-', `${cases[0].id}`, `${cases[0].id}-`, `${cases[0].id}-x`, '-1']) {
    await assert.rejects(who.owner.get(`/incidents?cursor=${wrong}`), isRefused(422, 'input.invalid'), wrong);
  }
  await centre.advance('PT20M');
  const [first, , third] = all.filter((i) => i.case.id === cases[0].id);
  await who.owner.post(`/cases/${cases[0].id}/incidents/${first.instance}/retry`, { variables: { way: 'on' } });
  await who.owner.post(`/cases/${cases[0].id}/incidents/${third.instance}/retry`, {});
  const left = (await who.owner.get('/incidents?limit=200')).items.filter((i) => i.case.id === cases[0].id);
  assert.deepEqual(left.map((i) => i.element), ['after-b']);
  assert.equal(Date.parse(left[0].at), Date.parse(since), 'acts on its case do not change since when it stands');
});

test('who repairs learns where a case stands and not what is in it, and of closed kinds nothing unless taking part', async () => {
  await deploy('side-by-side', sideBySide);
  await deploy('complaint', sideBySide);
  const [plain, closed] = [await stuck('side-by-side'), await stuck('complaint')];
  const listed = async (person, { id }) => (await pages(person, 2)).filter((i) => i.case.id === id);
  const both = cast.technical;

  // A case of a common kind: its number and place, and no word of its title or variables.
  await assert.rejects(who.owner.get(`/cases/${plain.id}`), isRefused(404, 'not-found'));
  const rows = await listed(who.owner, plain);
  assert.equal(rows.length, 3);
  for (const row of rows) {
    assert.deepEqual(Object.keys(row).sort(), ['at', 'case', 'code', 'element', 'id', 'instance', 'kind', 'name_en', 'name_zh', 'visible']);
    assert.deepEqual(row.case, { id: plain.id, name: plain.number });
    assert.equal(row.visible, false);
  }
  const retry = (person, one, body) => person.fetch('POST', `/cases/${one.id}/incidents/${rows[0].instance}/retry`, { body });
  const repaired = await retry(who.owner, plain, { variables: { way: 'on' } });
  assert.deepEqual([repaired.status, await repaired.text()], [204, ''], 'no variable comes back');

  // A closed kind: it is not there for whoever repairs, nor for whoever else reads all cases.
  assert.deepEqual(await listed(who.owner, closed), []);
  const version = await deploy('complaint', { ...sideBySide, nodes: `${sideBySide.nodes}<!-- another -->` });
  const elements = Object.fromEntries(three.map((id) => [`after-${id}`, `after-${id}`]));
  await assert.rejects(who.owner.post(`/cases/${closed.id}/incidents/${rows[0].instance}/retry`, {}), isRefused(404, 'not-found'));
  await assert.rejects(who.owner.post(`/cases/${closed.id}/migrate`, { version, elements }), isRefused(404, 'not-found'));
  await assert.rejects(who.owner.post(`/cases/${closed.id}/messages`, { name: 'm' }), isRefused(404, 'not-found'));
  const manager = await centre.person(cast.manager);
  for (const reader of [manager, who.auditor]) {
    await reader.get(`/cases/${plain.id}`);
    await assert.rejects(reader.get(`/cases/${closed.id}`), isRefused(404, 'not-found'));
    assert.deepEqual((await reader.get('/cases?kind=complaint')).items, []);
  }

  // Who takes part and repairs has both.
  const person = (await centre.person(both)).me.id;
  for (const role of ['system-owner', 'network-engineer']) await who.owner.post(`/people/${person}/grants`, { role, scope_kind: 'all' });
  const partaker = await centre.person(both);
  const seen = await listed(partaker, closed);
  assert.deepEqual(seen.map((i) => i.visible), [true, true, true]);
  await partaker.post(`/cases/${closed.id}/migrate`, { version, elements });
  for (const { instance } of seen) await partaker.post(`/cases/${closed.id}/incidents/${instance}/retry`, { variables: { way: 'on' } });
  assert.equal(await state(closed), 'archived');
  // Who takes part without the right sees the case, and hears that repair is for others.
  await assert.rejects(who.network.post(`/cases/${plain.id}/incidents/1/retry`, {}), isRefused(403, 'right.missing'));
});

test('a running case stays on its version until an explicit map moves it', async () => {
  const drawing = (name, more = '') => ({
    nodes: `<startEvent id="begin"/>${task(name)}${more}<endEvent id="done"/>`,
    flows: [['begin', name], [name, more ? 'check' : 'done'], ...(more ? [['check', 'done']] : [])],
  });
  await deploy('moving', drawing('work'));
  const one = await open('moving');
  const version = await deploy('moving', drawing('work-now', task('check')));
  assert.deepEqual(await standing(one), ['work']);
  const move = (elements) => who.owner.post(`/cases/${one.id}/migrate`, { version, elements });
  await assert.rejects(move({}), (error) => error.code === 'process.migration' && error.body.errors[0].code === 'unmapped');
  await assert.rejects(move({ work: 'done' }), (error) => error.body.errors[0].code === 'other-kind');
  await move({ work: 'work-now' });
  assert.deepEqual(await standing(one), ['work-now']);
  await complete(who.network, one.id, 'work-now');
  assert.deepEqual(await standing(one), ['check']);
  // The same on the command line, which first says how the map looks.
  const again = await deploy('moving', drawing('work-now', `${task('check')}<!-- another -->`));
  const map = join(centre.folder, 'map.json');
  const { number } = await who.network.get(`/cases/${one.id}`);
  const suggested = centre.run('case', 'migrate', number, '--to', again);
  assert.deepEqual(JSON.parse(suggested).check, 'check');
  writeFileSync(map, suggested);
  centre.run('case', 'migrate', number, '--to', again, '--map', map);
  await complete(who.network, one.id, 'check');
  assert.equal(await state(one), 'archived');
});

test('afterwards every case, played again from its audit, is as it is', () => {
  const told = JSON.parse(centre.run('audit', 'replay', '--json'));
  assert.equal(told.holds, true, told.first_different);
  assert.ok(told.cases > 250);
});

test('a file without its forms keeps those of the version before, and one that is refused says where and why', async () => {
  const form = JSON.stringify({ title: { zh: '清点', en: 'Count' }, fields: [{ id: 'parts', type: 'number', label: { zh: '件数', en: 'Parts' } }] });
  const drawing = (name) => bpmn('keeps', { nodes: `<startEvent id="${name}"/>${task('count')}<endEvent id="done"/>`, flows: [[name, 'count'], ['count', 'done']] });
  await who.owner.post('/processes/keeps/versions', { xml: drawing('begin'), forms: { count: form } });
  await who.owner.post('/processes/keeps/versions', { xml: drawing('started') });
  const one = await open('keeps');
  const [step] = (await who.network.get(`/cases/${one.id}`)).steps;
  assert.equal((await who.network.get(`/tasks/${step.task}`)).form.fields[0].id, 'parts');
  await assert.rejects(who.owner.post('/processes/keeps/versions', { xml: drawing('begin').replace('targetRef="done"', 'targetRef="gone"') }), (error) => {
    const { field, code, detail } = error.body.errors.find(({ code: rule }) => rule === 'bpmn.flow.dangling');
    return error.status === 422 && /^\d+:\d+$/.test(field) && code === 'bpmn.flow.dangling' && detail.includes('gone');
  });
});
