// Clauses ACC-02 to ACC-12 over HTTP: cases walk through every lane of customer-acceptance.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { binary, cast, Centre, complete, openTask } from '../support/centre.mjs';

let centre;
const who = {};

before(async () => {
  centre = await Centre.start();
  for (const [role, login] of Object.entries(cast)) who[role] = await centre.person(login);
});
after(() => centre.stop());

const call = {
  title: '三楼多功能厅点播卡顿',
  description: '今天上午起，点播节目每隔一两分钟卡一次，直播正常。',
  contact_name: '刘老师',
  contact_phone: '0791-80000001',
  category: 'playback-stutter',
  urgency: 'normal',
};

async function newCall(extra = {}) {
  return who.acceptance.post('/hotline/calls', { ...call, solved: false, ...extra });
}
async function toNetwork() {
  const { id } = await newCall();
  await complete(who.acceptance, id, 'handle-first', 'unsolved', { tried: '指导客户重启机顶盒，无改善。' });
  return id;
}
async function toSupervisor() {
  const id = await toNetwork();
  await complete(who.network, id, 'handle-network', 'unsolved', { tried: '查看连接数，接近上限；调低码率后略有好转。' });
  await complete(who.network, id, 'report-supervisor', undefined, { tried: '限流、调码率。', why_failed: '出流能力不足，远程不能根治。' });
  return id;
}
async function finish(id) {
  await complete(who.network, id, 'sum-up', undefined, { process_summary: '排查后调整调度。', result: '点播恢复正常。' });
  await complete(who.acceptance, id, 'feed-back', 'accepted', { channel: 'phone', reply: '已处理，请放心使用。', customer_answer: '好了，谢谢。' });
  await complete(who.acceptance, id, 'archive');
  return who.acceptance.get(`/cases/${id}`);
}

test('a call solved at once is taken, recorded and handled in one act, and told and archived by the same engineer', async () => {
  const taken = await newCall({ solved: true, solution: '更换网线后恢复。' });
  const one = await who.acceptance.get(`/cases/${taken.id}`);
  assert.match(one.number, /^KF20260205-\d{4}$/);
  assert.equal(one.owner.name, who.acceptance.me.name);
  assert.deepEqual(one.steps.map((s) => [s.element, s.assignee.name]), [['feed-back', who.acceptance.me.name]]);
  await complete(who.acceptance, taken.id, 'feed-back', 'accepted', { channel: 'phone', reply: '已好', customer_answer: '谢谢' });
  await complete(who.acceptance, taken.id, 'archive');
  assert.equal((await who.acceptance.get(`/cases/${taken.id}`)).state, 'archived');
});

test('what acceptance cannot solve goes over network and supervisor to support, and back to the customer', async () => {
  const id = await toSupervisor();
  await complete(who.supervisor, id, 'coordinate', 'support', { coordination: '今晚前解决。', support_engineer: who.support.me.id });
  const one = await who.support.get(`/cases/${id}`);
  assert.equal(one.steps[0].assignee.id, who.support.me.id);
  await complete(who.support, id, 'handle-support', 'solved', { tried: '加入邻近节点。', solution: '重设并发上限。' });
  await complete(who.supervisor, id, 'arrange-sum-up');
  assert.equal((await finish(id)).state, 'archived');
  const { items } = await who.acceptance.get(`/cases/${id}/timeline?limit=200`);
  const order = items.map((e) => e.kind).reverse();
  assert.deepEqual([order[0], order.at(-1)], ['opened', 'archived']);
  assert.ok(order.includes('passed-on'));
});

test('what the centre cannot solve goes by its interface department to the other centre, who sees this case only', async () => {
  const id = await toSupervisor();
  const other = await toNetwork();
  await complete(who.supervisor, id, 'coordinate', 'interface', { coordination: '请对外协调。' });
  await complete(who.interface, id, 'handle-interface', 'unsolved', {
    tried: '联系上游平台。', request: '请核查发布记录。', other_centre_contact: who.otherCentre.me.id,
  });
  assert.equal((await who.otherCentre.get(`/cases/${id}`)).id, id);
  await assert.rejects(who.otherCentre.get(`/cases/${other}`), { status: 404 });
  const seen = (await who.otherCentre.get('/cases')).items.map((c) => c.id);
  assert.ok(seen.includes(id) && !seen.includes(other));
  await complete(who.otherCentre, id, 'handle-other-centre', 'solved', { centre_answer: '已重新发布。', solution: '重新发布节目单。' });
  await complete(who.supervisor, id, 'arrange-sum-up');
  assert.equal((await finish(id)).state, 'archived');
});

test('a customer who disagrees is taken back to the network engineer', async () => {
  const id = await toNetwork();
  await complete(who.network, id, 'handle-network', 'solved', { tried: '重启服务。', solution: '重启点播服务。' });
  await complete(who.network, id, 'sum-up', undefined, { process_summary: '重启', result: '恢复' });
  await complete(who.acceptance, id, 'feed-back', 'disputed', {
    channel: 'phone', reply: '已处理', customer_answer: '还是卡', dispute_reason: '晚高峰仍卡顿。',
  });
  const one = await who.acceptance.get(`/cases/${id}`);
  assert.deepEqual(one.steps.map((s) => [s.element, s.assignee?.name]), [['handle-network', who.network.me.name]]);
});

test('half an hour passes an unsolved call on by itself, four hours escalate it to the supervisor', async () => {
  const { id } = await newCall();
  await centre.advance('PT31M');
  let one = await who.acceptance.get(`/cases/${id}`);
  assert.deepEqual(one.steps.map((s) => s.element), ['handle-network']);
  assert.equal(one.owner.name, who.acceptance.me.name);
  // Four hours of working time: from 10:31 over the noon break to 16:01.
  assert.equal(one.due_at, '2026-02-05T08:01:00.000Z');
  await centre.advanceTo(one.due_at);
  one = await who.acceptance.get(`/cases/${id}`);
  assert.equal(one.steps[0].overdue || one.clocks.some((c) => c.state === 'broken'), true);
  const { items } = await who.acceptance.get(`/cases/${id}/timeline?kind=escalated`);
  assert.equal(items.length, 1);
  assert.deepEqual(items[0].data.to, ['technical-supervisor']);
});

test('the customer must be told within one working day of the handling, and Spring Festival does not count', async () => {
  // Friday the 13th of February 2026, in the afternoon; the 14th is a shifted workday, the 15th to 23rd are holidays.
  await centre.advanceTo('2026-02-13T08:00:00.000Z');
  for (const name of Object.keys(who)) await who[name].signIn();
  const taken = await newCall({ solved: true, solution: '远程重启后恢复。' });
  const due = (await who.acceptance.get(`/cases/${taken.id}`)).due_at;
  assert.equal(due, '2026-02-14T09:30:00.000Z');
  await centre.advanceTo('2026-02-14T08:00:00.000Z');
  for (const name of Object.keys(who)) await who[name].signIn();
  const late = await newCall({ solved: true, solution: '远程重启后恢复。' });
  const one = await who.acceptance.get(`/cases/${late.id}`);
  assert.equal(one.due_at, '2026-02-24T09:30:00.000Z');
  const why = await who.acceptance.get(`/clocks/${one.clocks.at(-1).id}/explanation`);
  assert.ok(JSON.stringify(why).includes('春节'));
  await centre.advanceTo('2026-02-24T09:31:00.000Z');
  for (const name of Object.keys(who)) await who[name].signIn();
  const warned = await who.acceptance.get(`/cases/${late.id}/timeline?kind=warned`);
  assert.equal(warned.items.length, 1);
});

test('waiting for the customer stops the clocks, and going on gives back what was left', async () => {
  await centre.advanceTo('2026-02-25T01:00:00.000Z');
  for (const name of Object.keys(who)) await who[name].signIn();
  const { id } = await newCall();
  const before = (await who.acceptance.get(`/cases/${id}`)).due_at;
  await who.acceptance.post(`/cases/${id}/pause`, { reason: '等客户提供账号' });
  const paused = await who.acceptance.get(`/cases/${id}`);
  assert.equal(paused.state, 'waiting');
  assert.equal(paused.due_at, null);
  await centre.advance('PT10M');
  await who.acceptance.post(`/cases/${id}/resume`);
  const resumed = await who.acceptance.get(`/cases/${id}`);
  assert.equal(resumed.state, 'open');
  assert.ok(Date.parse(resumed.due_at) > Date.parse(before));
});

test('only the lane\'s role may do a task, and only one of two who complete it at once wins', async () => {
  const id = await toNetwork();
  await assert.rejects(complete(who.support, id, 'handle-network', 'solved', { tried: 'x', solution: 'x' }), (e) => [403, 404].includes(e.status));
  const task = await openTask(who.network, id, 'handle-network');
  const body = { outcome: 'solved', fields: { tried: '重启', solution: '恢复' } };
  const answers = await Promise.all(Array.from({ length: 8 }, () => who.network.fetch('POST', `/tasks/${task}/complete`, { body })));
  assert.deepEqual(answers.map((a) => a.status).sort(), [200, 409, 409, 409, 409, 409, 409, 409]);
  const lost = await answers.find((a) => a.status === 409).json();
  assert.equal(lost.code, 'task.already-done');
  assert.equal(lost.params.by, who.network.me.name);
});

test('a form refuses what is missing, naming every field', async () => {
  const id = await toNetwork();
  await assert.rejects(complete(who.network, id, 'handle-network', 'solved', { tried: '' }), (e) => {
    assert.equal(e.status, 422);
    assert.deepEqual(e.body.errors.map((x) => [x.field, x.code]), [['tried', 'required'], ['solution', 'required']]);
    return true;
  });
  await assert.rejects(complete(who.network, id, 'handle-network', 'perhaps', { tried: 'x' }), { status: 422 });
});

test('a task can be claimed, released, delegated and returned with a reason', async () => {
  const id = await toNetwork();
  const task = await openTask(who.network, id, 'handle-network');
  await who.network.post(`/tasks/${task}/claim`);
  assert.equal((await who.network.get(`/tasks/${task}`)).assignee.name, who.network.me.name);
  await assert.rejects(who.remote.post(`/tasks/${task}/claim`), { status: 409 });
  await who.network.post(`/tasks/${task}/delegate`, { to: who.remote.me.id, note: '请接手' });
  assert.equal((await who.remote.get(`/tasks/${task}`)).assignee.name, who.remote.me.name);
  await who.remote.post(`/tasks/${task}/return`, { reason: '没有写清影响多少用户，请补充。' });
  const one = await who.acceptance.get(`/cases/${id}`);
  assert.deepEqual(one.steps.map((s) => [s.element, s.assignee.name]), [['handle-first', who.acceptance.me.name]]);
});

test('facts are corrected with the old value kept, and a stale correction is refused', async () => {
  const { id } = await newCall();
  const one = await who.acceptance.get(`/cases/${id}`);
  const changed = await who.acceptance.patch(`/cases/${id}`, { contact_phone: '0791-80000009', reason: '客户更正' }, one.version);
  assert.equal(changed.contact_phone, '0791-80000009');
  await assert.rejects(who.acceptance.patch(`/cases/${id}`, { title: '改' }, one.version), { status: 412 });
  const { items } = await who.acceptance.get(`/cases/${id}/timeline?kind=corrected`);
  assert.deepEqual(items[0].data.changes.contact_phone, { old: '0791-80000001', new: '0791-80000009' });
});

test('the same Idempotency-Key gives the same answer once done, and another body with it is refused', async () => {
  const body = { kind: 'customer-acceptance', title: '重复提交', channel: 'api' };
  const headers = { 'idempotency-key': 'k-1' };
  const first = await who.acceptance.post('/cases', body, headers);
  const second = await who.acceptance.post('/cases', body, headers);
  assert.equal(second.id, first.id);
  await assert.rejects(who.acceptance.post('/cases', { ...body, title: '别的' }, headers), { status: 422, code: 'idempotency.other-body' });
});

test('a file is kept by its content, downloaded whole, and never shown as what it claims to be', async () => {
  const { id } = await newCall();
  const script = Buffer.from('<script>alert(1)</script>'.repeat(1000));
  const answer = await who.acceptance.fetch('POST', `/cases/${id}/attachments`, {
    raw: script, headers: { 'content-type': 'image/png', 'x-file-name': encodeURIComponent('现场照片.png') },
  });
  assert.equal(answer.status, 201);
  const kept = await answer.json();
  assert.equal(kept.name, '现场照片.png');
  assert.notEqual(kept.type, 'image/png');
  const known = await who.acceptance.get(`/hotline/caller?phone=${encodeURIComponent((await who.acceptance.get(`/cases/${id}`)).contact_phone)}`);
  assert.ok(known.cases.some((row) => row.id === id), 'a number that nobody entered is known from its last call');
  const twice = (raw) => who.acceptance.fetch('POST', `/cases/${id}/attachments`, {
    raw, headers: { 'content-type': 'image/png', 'x-file-name': 'a.png', 'idempotency-key': 'file-once' },
  });
  const [once, again] = [await (await twice(script)).json(), await (await twice(script)).json()];
  assert.equal(again.id, once.id, 'the same upload again is the same file');
  assert.equal((await twice(Buffer.from('another'))).status, 422);
  const back = await who.acceptance.fetch('GET', `/cases/${id}/attachments/${kept.id}`);
  assert.match(back.headers.get('content-disposition'), /^attachment/);
  assert.equal(back.headers.get('x-content-type-options'), 'nosniff');
  assert.deepEqual(Buffer.from(await back.arrayBuffer()), script);
  assert.equal((await who.acceptance.fetch('GET', `/cases/${id}/attachments/${kept.id}/preview`)).status, 404);
});

test('an archived case is sealed: its export verifies anywhere, and no longer after any one byte has changed', async () => {
  const taken = await newCall({ solved: true, solution: '恢复' });
  await who.acceptance.fetch('POST', `/cases/${taken.id}/attachments`, {
    raw: Buffer.from('log line\n'.repeat(50)), headers: { 'content-type': 'text/plain', 'x-file-name': 'log.txt' },
  });
  await complete(who.acceptance, taken.id, 'feed-back', 'accepted', { channel: 'phone', reply: '已好', customer_answer: '谢谢' });
  await complete(who.acceptance, taken.id, 'archive');
  const answer = await who.acceptance.fetch('GET', `/cases/${taken.id}/export`);
  const zip = Buffer.from(await answer.arrayBuffer());
  const taking = (await who.auditor.get('/audit?action=case.exported')).items.filter((entry) => entry.subject === taken.id);
  assert.deepEqual(taking.map((entry) => entry.actor), [who.acceptance.me.id], 'who took a copy is on the audit');
  const file = join(centre.folder, 'case.zip');
  const verify = (bytes) => {
    writeFileSync(file, bytes);
    try {
      return { status: 0, ...JSON.parse(execFileSync(binary, ['case', 'verify', file, '--json'], { encoding: 'utf8' })) };
    } catch (error) {
      return { status: error.status, ...JSON.parse(error.stdout) };
    }
  };
  assert.deepEqual([verify(zip).status, verify(zip).holds, verify(zip).number], [0, true, taken.number]);
  const step = Math.max(1, Math.floor(zip.length / 60));
  for (let at = 0; at < zip.length; at += step) {
    const changed = Buffer.from(zip);
    changed[at] ^= 1;
    const verdict = verify(changed);
    assert.deepEqual([verdict.status, verdict.holds], [1, false], `byte ${at} of ${zip.length}`);
  }
  await assert.rejects(who.acceptance.post(`/cases/${taken.id}/cancel`, { reason: 'x' }), { status: 409 });
});

test('a fault that needs work on site runs in a case of its own and comes back to the one that called it', async () => {
  const id = await toSupervisor();
  await complete(who.supervisor, id, 'coordinate', 'field', { coordination: '派人上门。', field_reason: '硬件需要更换。' });
  const parent = await who.supervisor.get(`/cases/${id}`);
  const child = parent.links.find((l) => l.kind === 'child').case.id;
  assert.match((await who.supervisor.get(`/cases/${child}`)).number, /^GZ/);
  const row = (await who.supervisor.get('/cases?state=open&limit=200')).items.find((one) => one.id === parent.id);
  assert.deepEqual(row.steps.map(({ name_zh, task }) => [name_zh, task]), [['故障维护', null]], 'a list says what the caller waits for');
  await complete(who.supervisor, child, 'assign', undefined, { engineers: [who.remote.me.id] });
  await complete(who.remote, child, 'remote', 'solved', { steps_tried: '远程更换端口。', solution: '切换到备用端口。' });
  await complete(who.remote, child, 'feed-back', undefined, { process_summary: '换端口', result: '恢复', experience: '先查端口。' });
  assert.equal((await who.supervisor.get(`/cases/${child}`)).state, 'archived');
  assert.deepEqual((await who.supervisor.get(`/cases/${id}`)).steps.map((s) => s.element), ['arrange-sum-up']);
});

test('the audit holds after all that', async () => {
  const verdict = await who.auditor.post('/audit/verify');
  assert.equal(verdict.holds, true);
  assert.ok(verdict.entries > 100);
});
