// Every sequence flow, boundary event and gateway outcome of customer-acceptance, as the file draws them, is taken over HTTP.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { cast, Centre, complete } from '../support/centre.mjs';

const file = readFileSync(new URL('../../processes/customer-acceptance/process.bpmn', import.meta.url), 'utf8');
// The elements' opening tags with their attributes; what is drawn of them (bpmndi) has names of its own.
const elements = (name) =>
  [...file.matchAll(new RegExp(`<bpmn:${name}\\s([^>]*?)/?>`, 'g'))].map(([, words]) =>
    Object.fromEntries([...words.matchAll(/([\w:]+)="([^"]*)"/g)].map(([, key, value]) => [key, value])));
const flows = elements('sequenceFlow');
const boundaries = elements('boundaryEvent');
const gateways = elements('exclusiveGateway');
const nodes = ['startEvent', 'endEvent', 'userTask', 'serviceTask', 'callActivity', 'exclusiveGateway', 'boundaryEvent'].flatMap(elements);

let centre;
const who = {};
const taken = new Set();
const visited = new Set();

// Sessions end by themselves on the centre's clock, so whoever acts after a long wait signs in again.
async function signIn() {
  for (const [role, login] of Object.entries(cast)) who[role] = await centre.person(login);
}
before(async () => {
  centre = await Centre.start();
  await signIn();
});
after(() => centre.stop());

async function newCall() {
  const { id } = await who.acceptance.post('/hotline/calls', {
    title: '点播失败', description: '点击节目后提示无法播放。', contact_name: '王老师', contact_phone: '0791-80000011',
    category: 'vod-failure', urgency: 'normal', solved: false,
  });
  return id;
}

// What the picture of a case shows as taken counts for the whole.
async function look(id) {
  const picture = await who.acceptance.get(`/cases/${id}/diagram`);
  assert.equal(picture.process, 'customer-acceptance');
  for (const one of picture.flows) if (one.times > 0) taken.add(one.flow);
  for (const one of picture.visited) if (one.times > 0) visited.add(one.element);
  return picture;
}
async function standsAt(id, ...expected) {
  const one = await who.acceptance.get(`/cases/${id}`);
  assert.deepEqual(one.steps.map((s) => s.element).sort(), expected.sort());
  return one;
}

// A form takes no answer to what it does not ask: the solution only where it was solved.
const solved = (outcome, solution) => (outcome === 'solved' ? { solution } : {});
const result = (outcome, solution, why_failed) => (outcome === 'solved' ? { solution } : { why_failed });
const does = {
  first: (id, outcome) => complete(who.acceptance, id, 'handle-first', outcome, { tried: '远程指导', ...solved(outcome, '重启后恢复') }),
  network: (id, outcome) => complete(who.network, id, 'handle-network', outcome, { tried: '查看日志', ...solved(outcome, '重启点播服务') }),
  report: (id) => complete(who.network, id, 'report-supervisor', undefined, { tried: '重启、限流', why_failed: '远程无法根治' }),
  coordinate: (id, outcome, more = {}) =>
    complete(who.supervisor, id, 'coordinate', outcome, {
      ...(outcome === 'solved' ? { solution: '已协调解决' } : { coordination: '请尽快办理' }), ...more,
    }),
  support: (id, outcome) => complete(who.support, id, 'handle-support', outcome, { tried: '现场抓包', ...result(outcome, '调整参数', '需要对端配合') }),
  interface: (id, outcome) =>
    complete(who.interface, id, 'handle-interface', outcome, {
      tried: '联系相关中心',
      ...(outcome === 'solved' ? { solution: '对方已处理' } : { request: '请核查', other_centre_contact: who.otherCentre.me.id }),
    }),
  centre: (id, outcome) =>
    complete(who.otherCentre, id, 'handle-other-centre', outcome, { centre_answer: '已核查', ...result(outcome, '重新发布', '发布记录无异常') }),
  arrange: (id) => complete(who.supervisor, id, 'arrange-sum-up'),
  sumUp: (id) => complete(who.network, id, 'sum-up', undefined, { process_summary: '逐级排查', result: '恢复正常' }),
  feedBack: (id, outcome) =>
    complete(who.acceptance, id, 'feed-back', outcome, {
      channel: 'phone', reply: '已处理', customer_answer: '知道了', ...(outcome === 'disputed' ? { dispute_reason: '仍有卡顿' } : {}),
    }),
  archive: (id) => complete(who.acceptance, id, 'archive'),
};

async function toSupervisor(id) {
  await does.first(id, 'unsolved');
  await does.network(id, 'unsolved');
  await does.report(id);
}
async function close(id) {
  await does.sumUp(id);
  await does.feedBack(id, 'accepted');
  await does.archive(id);
  assert.equal((await who.acceptance.get(`/cases/${id}`)).state, 'archived');
  await look(id);
}

test('a call accepted by hand and solved at once is archived without the network group', async () => {
  const { id } = await who.acceptance.post('/cases', { kind: 'customer-acceptance', title: '开户咨询', channel: 'portal' });
  await standsAt(id, 'accept');
  await complete(who.acceptance, id, 'accept', undefined, {
    'case.title': '开户咨询', 'case.description': '如何开通业务', 'case.contact_name': '李老师', 'case.category': 'consultation', 'case.urgency': 'normal',
  });
  await does.first(id, 'solved');
  await does.feedBack(id, 'accepted');
  await does.archive(id);
  await look(id);
});

test('the first limit passes a case on, the second escalates it while the work goes on, and the third arranges the summary', async () => {
  const id = await newCall();
  await centre.advance('PT29M');
  await standsAt(id, 'handle-first');
  await centre.advance('PT1M');
  const one = await standsAt(id, 'handle-network');
  await centre.advanceTo(one.due_at);
  await standsAt(id, 'handle-network');
  await does.network(id, 'unsolved');
  await does.report(id);
  await does.coordinate(id, 'support', { support_engineer: who.support.me.id });
  await does.support(id, 'solved');
  const arranged = await standsAt(id, 'arrange-sum-up');
  await centre.advanceTo(arranged.clocks.find((c) => c.name === 'arrange-sum-up-limit').due_at);
  await standsAt(id, 'sum-up');
  await close(id);
});

test('what support cannot solve goes back to the supervisor, who may have solved it meanwhile', async () => {
  const id = await newCall();
  await toSupervisor(id);
  await does.coordinate(id, 'support', { support_engineer: who.support.me.id });
  await does.support(id, 'unsolved');
  await standsAt(id, 'coordinate');
  await does.coordinate(id, 'solved');
  await standsAt(id, 'sum-up');
  await close(id);
});

test('what the interface department solves is summed up by arrangement', async () => {
  const id = await newCall();
  await toSupervisor(id);
  await does.coordinate(id, 'interface');
  await does.interface(id, 'solved');
  await does.arrange(id);
  await close(id);
});

test('the other centre may fail first and solve it the second time', async () => {
  const id = await newCall();
  await toSupervisor(id);
  await does.coordinate(id, 'interface');
  await does.interface(id, 'unsolved');
  await does.centre(id, 'unsolved');
  await standsAt(id, 'coordinate');
  await does.coordinate(id, 'interface');
  await does.interface(id, 'unsolved');
  await does.centre(id, 'solved');
  await standsAt(id, 'arrange-sum-up');
  await does.arrange(id);
  await close(id);
});

test('field work runs as fault maintenance in a child case and comes back', async () => {
  const id = await newCall();
  await toSupervisor(id);
  await does.coordinate(id, 'field', { field_reason: '硬件需要更换' });
  const { links } = await who.supervisor.get(`/cases/${id}`);
  const child = links.find((l) => l.kind === 'child').case.id;
  await complete(who.supervisor, child, 'assign', undefined, { engineers: [who.remote.me.id] });
  await complete(who.remote, child, 'remote', 'solved', { steps_tried: '远程更换端口', solution: '切换到备用端口' });
  await complete(who.remote, child, 'feed-back', undefined, { process_summary: '换端口', result: '恢复', experience: '先查端口' });
  await standsAt(id, 'arrange-sum-up');
  await does.arrange(id);
  await close(id);
});

test('a late answer is warned about, and a customer who disagrees sends the case back to the network engineer', async () => {
  const id = await newCall();
  await does.first(id, 'unsolved');
  await does.network(id, 'solved');
  await does.sumUp(id);
  const one = await standsAt(id, 'feed-back');
  await centre.advanceTo(one.due_at);
  await signIn();
  await standsAt(id, 'feed-back');
  const { items } = await who.acceptance.get(`/cases/${id}/timeline?kind=warned`);
  assert.equal(items.length, 1);
  await does.feedBack(id, 'disputed');
  await standsAt(id, 'handle-network');
  await does.network(id, 'solved');
  await close(id);
});

test('the file has flows, boundary events and gateways to be taken, and the pictures name nothing else', () => {
  assert.ok(flows.length >= 30 && boundaries.length >= 4 && gateways.length >= 5, 'the file was not understood');
  const drawn = new Set([...flows, ...nodes].map((e) => e.id));
  assert.deepEqual([...taken, ...visited].filter((id) => !drawn.has(id)), []);
});

test('every sequence flow was taken', () => {
  assert.deepEqual(flows.map((f) => f.id).filter((id) => !taken.has(id)), []);
});

test('every boundary event was taken, and everything else that is drawn was visited', () => {
  assert.deepEqual(boundaries.map((b) => b.id).filter((id) => !visited.has(id)), []);
  assert.deepEqual(nodes.map((n) => n.id).filter((id) => !visited.has(id)), []);
});

test('every outcome of every gateway was taken', () => {
  const outcomes = gateways.flatMap((g) => flows.filter((f) => f.sourceRef === g.id).map((f) => `${g.id} → ${f.name} (${f.id})`));
  assert.ok(outcomes.length >= 2 * gateways.length);
  assert.deepEqual(outcomes.filter((o) => !taken.has(/\((.*)\)$/.exec(o)[1])), []);
});
