// Cases that tell each other things: calls, messages and signals that go on without end, cross, or come too late; and
// what must not keep a case, or the centre, from going on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cast, Centre, complete } from '../support/centre.mjs';
import { bpmn, task } from '../support/drawing.mjs';

let centre;
const who = {};
before(async () => {
  centre = await Centre.start();
  for (const role of ['network', 'owner']) who[role] = await centre.person(cast[role]);
});
after(() => centre.stop());

const start = '<startEvent id="begin"/>';
const done = '<endEvent id="done"/>';
const node = (type, id, attributes = '') => `<${type} id="${id}" name="${id}" kw:nameEn="${id}" ${attributes}/>`;
const call = (id, key) => node('callActivity', id, `calledElement="${key}"`);
const send = (id, message) => node('sendTask', id, `messageRef="${message}"`);
const receive = (id, message) => node('receiveTask', id, `messageRef="${message}"`);
const deploy = (key, drawing) => who.owner.post(`/processes/${key}/versions`, { xml: bpmn(key, drawing), forms: {} });
const open = (kind) => who.network.post('/cases', { kind, title: `${kind} 试验`, channel: 'api' });
const read = ({ id }) => who.network.get(`/cases/${id}`);
const standing = async (one) => (await read(one)).steps.map((step) => step.element).sort();
const ofKind = async (kind) => (await who.network.get(`/cases?kind=${kind}&limit=200`)).items;
const incidents = async ({ id }) => (await who.owner.get('/incidents?limit=200')).items.filter((one) => one.case.id === id);
const repair = ({ id }, incident, variables) => who.owner.post(`/cases/${id}/incidents/${incident.instance}/retry`, { variables });
const loops = async ({ id }) => (await who.network.get(`/cases/${id}/timeline`)).items.filter((entry) => entry.kind === 'incident' && entry.data.code === 'process.loop').length;

test('two cases that answer each other without end are stopped, and the centre works on', async () => {
  const beside = '<message id="ping" name="ping"/><message id="pong" name="pong"/>';
  const gates = '<exclusiveGateway id="turn"/><exclusiveGateway id="again"/>';
  const ends = [['again', 'turn', 'not(enough = true)'], ['again', 'done', 'enough = true']];
  await deploy('pinger', { beside, nodes: start + task('go') + gates + send('say', 'ping') + receive('hear', 'pong') + done, flows: [['begin', 'go'], ['go', 'turn'], ['turn', 'say'], ['say', 'hear'], ['hear', 'again'], ...ends] });
  await deploy('ponger', { beside, nodes: start + gates + receive('hear', 'ping') + send('say', 'pong') + done, flows: [['begin', 'turn'], ['turn', 'hear'], ['hear', 'say'], ['say', 'again'], ...ends] });
  const [one, two] = [await open('pinger'), await open('ponger')];
  await who.network.post(`/cases/${one.id}/links`, { case: two.id, kind: 'related' });
  await complete(who.network, one.id, 'go');
  await centre.advance('PT1S');
  assert.equal(await loops(one) + await loops(two), 1, 'one of them says that it tells nobody any more');
});

test('a process that starts itself by what it says does so for a while only', async () => {
  const beside = '<signal id="s" name="echo"/>';
  await deploy('echo', { beside, nodes: `<startEvent id="begin"><signalEventDefinition signalRef="s"/></startEvent><endEvent id="done"><signalEventDefinition signalRef="s"/></endEvent>`, flows: [['begin', 'done']] });
  await deploy('shout', { beside, nodes: `${start}${task('go')}<endEvent id="done"><signalEventDefinition signalRef="s"/></endEvent>`, flows: [['begin', 'go'], ['go', 'done']] });
  await complete(who.network, (await open('shout')).id, 'go');
  await centre.advance('PT1S');
  assert.equal((await ofKind('echo')).length, 16);
});

test('calls that never wait and never end stand as an incident', async () => {
  await deploy('quick', { nodes: start + node('task', 'note') + done, flows: [['begin', 'note'], ['note', 'done']] });
  await deploy('caller', { nodes: `${start}${task('go')}<exclusiveGateway id="again"/>${call('quickly', 'quick')}`, flows: [['begin', 'go'], ['go', 'again'], ['again', 'quickly'], ['quickly', 'again']] });
  const one = await open('caller');
  await complete(who.network, one.id, 'go');
  assert.deepEqual((await incidents(one)).map(({ element, code }) => [element, code]), [['quickly', 'process.loop']]);
});

test('a call that is taken away in the step in which it began leaves no case open', async () => {
  const beside = '<escalation id="e" escalationCode="E"/>';
  await deploy('third', { nodes: start + task('late') + done, flows: [['begin', 'late'], ['late', 'done']] });
  await deploy('second', {
    beside,
    nodes: `${start}${task('go')}<parallelGateway id="fork"/>${call('third-party', 'third')}<intermediateThrowEvent id="alarm"><escalationEventDefinition escalationRef="e"/></intermediateThrowEvent>${task('rest')}${done}`,
    flows: [['begin', 'go'], ['go', 'fork'], ['fork', 'third-party'], ['fork', 'alarm'], ['alarm', 'rest'], ['rest', 'done'], ['third-party', 'done']],
  });
  await deploy('first', {
    beside,
    nodes: `${start}${call('second-party', 'second')}<boundaryEvent id="caught" attachedToRef="second-party"><escalationEventDefinition escalationRef="e"/></boundaryEvent>${task('instead')}${done}`,
    flows: [['begin', 'second-party'], ['second-party', 'done'], ['caught', 'instead'], ['instead', 'done']],
  });
  const one = await open('first');
  const [child] = await ofKind('second');
  await complete(who.network, child.id, 'go');
  assert.deepEqual(await standing(one), ['instead']);
  assert.equal((await read(child)).state, 'cancelled');
  for (const third of await ofKind('third')) assert.equal(third.state, 'cancelled');
});

test('a message reaches the case that is called in the same step', async () => {
  const beside = '<message id="m" name="news"/>';
  await deploy('listens', { beside, nodes: start + receive('hear', 'm') + task('read') + done, flows: [['begin', 'hear'], ['hear', 'read'], ['read', 'done']] });
  await deploy('speaks', { beside, nodes: `${start}<parallelGateway id="fork"/>${call('listener', 'listens')}${send('say', 'm')}${task('next')}${done}`, flows: [['begin', 'fork'], ['fork', 'listener'], ['fork', 'say'], ['say', 'next'], ['next', 'done'], ['listener', 'done']] });
  await open('speaks');
  await centre.advance('PT1S');
  assert.deepEqual(await standing((await ofKind('listens'))[0]), ['read']);
});

test('every round that throws a signal starts what it starts', async () => {
  const beside = '<signal id="s" name="visited"/>';
  await deploy('hears', { beside, nodes: `<startEvent id="begin"><signalEventDefinition signalRef="s"/></startEvent>${task('look')}${done}`, flows: [['begin', 'look'], ['look', 'done']] });
  await deploy('rounds', {
    beside: `${beside}<signalEventDefinition id="each" signalRef="s"/>`,
    nodes: `${start}<task id="visit" name="visit" kw:nameEn="visit"><multiInstanceLoopCharacteristics behavior="None" noneBehaviorEventRef="each"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></task>${task('next')}${done}`,
    flows: [['begin', 'visit'], ['visit', 'next'], ['next', 'done']],
  });
  await open('rounds');
  await centre.advance('PT1S');
  assert.equal((await ofKind('hears')).length, 3);
});

const stuck = { nodes: `${start}${task('try')}<exclusiveGateway id="way"/><endEvent id="left"/><endEvent id="right"/>`, flows: [['begin', 'try'], ['try', 'way'], ['way', 'left', 'd = 1'], ['way', 'right', 'd = 2']] };

test('a repair whose variables let something else go on goes on from there', async () => {
  await deploy('beside', {
    nodes: `${start}<parallelGateway id="fork"/><exclusiveGateway id="way"/>${task('left')}<intermediateCatchEvent id="watch"><conditionalEventDefinition><condition>direction = "left"</condition></conditionalEventDefinition></intermediateCatchEvent>${call('quickly', 'quick')}${task('then')}${done}<endEvent id="right"/>`,
    flows: [['begin', 'fork'], ['fork', 'way'], ['way', 'left', 'direction = "left"'], ['way', 'right', 'direction = "right"'], ['left', 'done'], ['fork', 'watch'], ['watch', 'quickly'], ['quickly', 'then'], ['then', 'done']],
  });
  const one = await open('beside');
  await repair(one, (await incidents(one))[0], { direction: 'left' });
  assert.deepEqual(await standing(one), ['left', 'then']);
});

test('values as deep as may come in are kept, and the case stays readable', async () => {
  await deploy('deep', stuck);
  const one = await open('deep');
  await complete(who.network, one.id, 'try');
  const [incident] = await incidents(one);
  assert.deepEqual((await read(one)).standing.map(({ element, code }) => [element, code]), [['way', 'process.no-flow']]);
  const nested = (levels) => levels === 0 ? 1 : [nested(levels - 1)];
  await repair(one, incident, { x: nested(29) });
  assert.equal((await incidents(one)).length, 1);
  await repair(one, incident, { d: 1 });
  assert.equal((await read(one)).state, 'archived');
});

test('a clock that went off and watched nothing is over', async () => {
  const timer = '<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>';
  const beside = '<message id="m" name="news"/>';
  await deploy('first-of-two', {
    beside,
    nodes: `${start}<eventBasedGateway id="which"/><intermediateCatchEvent id="time">${timer}</intermediateCatchEvent><intermediateCatchEvent id="news"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>${task('next')}${done}`,
    flows: [['begin', 'which'], ['which', 'time'], ['which', 'news'], ['time', 'next'], ['news', 'next'], ['next', 'done']],
  });
  await deploy('at-most', {
    beside,
    nodes: `${start}${receive('hear', 'm')}<boundaryEvent id="time" attachedToRef="hear">${timer}</boundaryEvent>${task('next')}${done}`,
    flows: [['begin', 'hear'], ['hear', 'done'], ['time', 'next'], ['next', 'done']],
  });
  const cases = [await open('first-of-two'), await open('at-most')];
  await centre.advance('P3D');
  await who.network.signIn();
  for (const one of cases) {
    assert.deepEqual(await standing(one), ['next']);
    assert.equal((await read(one)).overdue, false);
  }
});
