// The knowledge base: an article's life, who may review it, when it is offered and what first, and how a call is answered
// with it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cast, Centre, complete, password } from '../support/centre.mjs';

let centre;
const who = {};
before(async () => {
  centre = await Centre.start();
  for (const role of ['acceptance', 'network', 'supervisor', 'support', 'owner', 'auditor', 'otherCentre']) who[role] = await centre.person(cast[role]);
  who.manager = await centre.person('xiongliping');
  who.visitor = await centre.person('luowenjuan');
});
after(() => centre?.stop());

const category = 'other';
const words = (title, more = {}) => ({
  title, category, audience: 'both', symptom: `${title}，指示灯红色闪烁。`, solution: '1. 查看电源。\n2. 更换保险丝。', answer: '您好，请检查电源插头，我们马上安排工程师。', ...more,
});
const refused = (status, code) => (error) => error.status === status && error.code === code;
async function published(title, more, by = who.network) {
  const { id } = await by.post('/knowledge', words(title, more));
  await by.post(`/knowledge/${id}/submit`);
  return who.supervisor.post(`/knowledge/${id}/approve`);
}
const suggest = (person, query) => person.get(`/knowledge/suggest?${new URLSearchParams(query)}`).then(({ items }) => items);
const titles = (items) => items.map(({ title }) => title);
const call = (more = {}) => who.acceptance.post('/hotline/calls', {
  title: '机柜指示灯闪烁', description: '早上发现机柜指示灯红色闪烁。', contact_name: '王老师', contact_phone: '0791-80000011', category, urgency: 'normal', solved: false, ...more,
});

test('an article is written, returned, reviewed by somebody else, revised beside the published version, restored and retired', async () => {
  const draft = await who.network.post('/knowledge', words('机柜告警灯闪烁', { solution: '' }));
  assert.equal(draft.state, 'draft');
  await assert.rejects(who.visitor.get(`/knowledge/${draft.id}`), { status: 404 });
  await assert.rejects(who.network.post(`/knowledge/${draft.id}/submit`), (error) => error.status === 422 && error.body.errors[0].field === 'solution');
  const whole = await who.support.patch(`/knowledge/${draft.id}`, words('机柜告警灯闪烁'), draft.version);
  await assert.rejects(who.network.patch(`/knowledge/${draft.id}`, words('别的'), draft.version), { status: 412 });
  await who.network.post(`/knowledge/${draft.id}/submit`);
  const returned = await who.supervisor.post(`/knowledge/${draft.id}/return`, { reason: '请写明保险丝规格。' });
  assert.equal(returned.versions[0].returned, '请写明保险丝规格。');
  assert.ok(returned.version > whole.version);
  await who.network.post(`/knowledge/${draft.id}/submit`);
  const first = await who.manager.post(`/knowledge/${draft.id}/approve`);
  assert.equal(first.number, 1);
  assert.equal(first.review_due, '2026-08-05');
  assert.equal(first.expires, null);
  assert.equal((await who.visitor.get(`/knowledge/${draft.id}`)).versions[0].solution, words('').solution);

  await who.support.post(`/knowledge/${draft.id}/versions`, words('机柜告警灯闪烁', { solution: '1. 更换电源模块。', why: '保险丝已取消' }));
  await assert.rejects(who.network.post(`/knowledge/${draft.id}/versions`, words('x')), refused(409, 'knowledge.draft-exists'));
  const seen = await who.visitor.get(`/knowledge/${draft.id}`);
  assert.deepEqual([seen.number, seen.pending, seen.versions.length], [1, null, 1]);
  await who.support.post(`/knowledge/${draft.id}/submit`);
  const second = await who.supervisor.post(`/knowledge/${draft.id}/approve`, { review_due: '2026-03-05', expires: '2026-04-30' });
  assert.deepEqual([second.number, second.versions.length, second.review_due, second.expires], [2, 2, '2026-03-05', '2026-04-30']);

  const restored = await who.network.post(`/knowledge/${draft.id}/restore`, { number: 1 });
  assert.equal(restored.versions[0].solution, words('').solution);
  assert.equal(restored.number, 2);
  await who.network.post(`/knowledge/${draft.id}/discard`);
  await assert.rejects(who.network.post(`/knowledge/${draft.id}/retire`, { reason: '不要了' }), refused(403, 'right.missing'));
  assert.equal((await who.manager.post(`/knowledge/${draft.id}/retire`, { reason: '设备已全部更换。' })).state, 'retired');
  assert.deepEqual(titles(await suggest(who.acceptance, { q: '机柜告警灯闪烁' })).filter((title) => title === '机柜告警灯闪烁'), []);

  const { items } = await who.auditor.get(`/audit?subject=article:${draft.id}`);
  assert.deepEqual(items.map(({ action }) => action).reverse(), [
    'article.created', 'article.changed', 'article.submitted', 'article.returned', 'article.submitted', 'article.published', 'article.revised',
    'article.submitted', 'article.published', 'article.restored', 'article.draft-dropped', 'article.retired',
  ]);
  assert.equal(items[0].subject_name, '机柜告警灯闪烁');
});

test('nobody publishes what they wrote in, however little', async () => {
  const own = await who.supervisor.post('/knowledge', words('主管自己写的方案'));
  await who.supervisor.post(`/knowledge/${own.id}/submit`);
  await assert.rejects(who.supervisor.post(`/knowledge/${own.id}/approve`), refused(403, 'knowledge.own-version'));
  await assert.rejects(who.network.post(`/knowledge/${own.id}/approve`), refused(403, 'right.missing'));
  assert.equal((await who.manager.post(`/knowledge/${own.id}/approve`)).state, 'published');
  const others = await who.network.post('/knowledge', words('主管改过一笔的方案'));
  const touched = await who.supervisor.patch(`/knowledge/${others.id}`, words('主管改过一笔的方案', { symptom: '又一种现象' }), others.version);
  await who.network.patch(`/knowledge/${others.id}`, words('主管改过一笔的方案'), touched.version);
  await who.network.post(`/knowledge/${others.id}/submit`);
  await assert.rejects(who.supervisor.post(`/knowledge/${others.id}/approve`), refused(403, 'knowledge.own-version'));
  await who.manager.post(`/knowledge/${others.id}/approve`);
  await assert.rejects(who.supervisor.post(`/knowledge/${others.id}/confirm`), refused(403, 'knowledge.own-version'));
});

test('while a call is typed, what solved such cases is offered first, and says how many', async () => {
  await published('蓄电池鼓包怎么办');
  const solver = await published('蓄电池鼓包的更换');
  await published('蓄电池房漏水', { category: 'network', symptom: '蓄电池房地面有水。' });
  const asked = { q: '客户说机房蓄电池鼓包了', category };
  assert.deepEqual(titles(await suggest(who.acceptance, asked)).slice(0, 3), ['蓄电池鼓包的更换', '蓄电池鼓包怎么办', '蓄电池房漏水']);
  const { id: twin } = (await suggest(who.acceptance, asked))[1];
  for (let i = 0; i < 2; ++i) await call({ title: '蓄电池鼓包', solved: true, solution: '已安排更换。', article: twin });
  const [first, second] = await suggest(who.acceptance, asked);
  assert.deepEqual([first.title, first.solved, first.alike, second.solved], ['蓄电池鼓包怎么办', 2, true, 0]);
  assert.equal(first.same_category, true);
  assert.ok(first.words >= 3);
  // What solved cases of another category says nothing of this one.
  assert.equal((await suggest(who.acceptance, { ...asked, category: 'billing' }))[0].solved, 0);
  assert.ok((await suggest(who.acceptance, { q: '点播卡顿' })).length <= 6);
  assert.deepEqual(await suggest(who.acceptance, {}), []);
  const { solved, used } = await who.network.get(`/knowledge/${twin}`);
  assert.deepEqual([solved, used], [2, 2]);
  assert.equal(solver.state, 'published');
});

test('a call answered from the knowledge base is solved in one act, and the case says by what', async () => {
  const article = await published('机柜指示灯红色闪烁');
  const [offer] = await suggest(who.acceptance, { q: '早上发现机柜指示灯红色闪烁', category });
  assert.equal(offer.id, article.id);
  const { id } = await call({ solved: true, solution: offer.answer, article: offer.id });
  const { items } = await who.acceptance.get(`/cases/${id}/timeline?limit=200`);
  const entry = items.find(({ kind }) => kind === 'knowledge');
  assert.deepEqual(entry.data, { article: article.id, title: '机柜指示灯红色闪烁', version: 1, solved: true });
  assert.equal((await who.acceptance.get(`/cases/${id}`)).variables.solution, offer.answer);
  const shown = await who.network.get(`/knowledge/${article.id}`);
  assert.deepEqual(shown.uses.map((use) => [use.case.id, use.solved, use.person.name]), [[id, true, '陈晓燕']]);
  assert.deepEqual((await who.visitor.get(`/knowledge/${article.id}`)).uses, [], 'whoever does not see the case does not hear of it');
  await assert.rejects(call({ solved: true, solution: '好', article: '9000000000000001' }), (error) => error.status === 422 && error.body.errors[0].field === 'article');

  // On a case that is passed on, it is noted as read first, and as what solved it later.
  const other = await call();
  const note = (solved) => who.network.post(`/cases/${other.id}/knowledge`, { article: article.id, solved });
  await note(false);
  await note(false);
  await note(true);
  const told = (await who.network.get(`/cases/${other.id}/timeline?limit=200`)).items.filter(({ kind }) => kind === 'knowledge');
  assert.deepEqual(told.map(({ data }) => data.solved).sort(), [false, true]);
  await assert.rejects(who.visitor.post(`/cases/${other.id}/knowledge`, { article: article.id, solved: true }), { status: 404 });
});

test('an archived case becomes a draft in one act, without the customer in it', async () => {
  const { id } = await call({ description: '王老师来电：机柜有焦味，请回电 0791-80000011。', solved: true, solution: '已断电并更换插座，王老师确认恢复。' });
  const make = (person) => person.post('/knowledge/from-case', { case: id });
  await assert.rejects(make(who.acceptance), refused(409, 'knowledge.case-open'));
  await complete(who.acceptance, id, 'feed-back', 'accepted', { channel: 'phone', reply: '王老师您好，已更换插座。', customer_answer: '好了。' });
  await complete(who.acceptance, id, 'archive');
  await assert.rejects(make(who.visitor), refused(403, 'right.missing'));
  const made = await make(who.acceptance);
  assert.deepEqual([made.state, made.title, made.from_case.id], ['draft', '机柜指示灯闪烁', id]);
  const [version] = made.versions;
  assert.equal(version.symptom, '客户来电：机柜有焦味，请回电 客户电话。');
  assert.match(version.solution, /解决办法\n已断电并更换插座，客户确认恢复。/);
  assert.equal(version.answer, '已断电并更换插座，客户确认恢复。');
  assert.deepEqual((await who.network.get(`/knowledge?case=${id}`)).items.map((row) => row.id), [made.id]);
  assert.deepEqual((await who.visitor.get(`/knowledge?case=${id}`)).items, []);
  await assert.rejects(who.manager.get(`/knowledge/${made.id}`), { status: 404 }, 'until it is handed in, it says what stands in a case');
  await who.acceptance.post(`/knowledge/${made.id}/submit`);
  assert.equal((await who.manager.get(`/knowledge/${made.id}`)).from_case, null);
});

test('people from outside read the answers meant for customers, and nothing else', async () => {
  const { items: [customer] } = await who.owner.get('/customers?limit=1');
  await who.owner.post('/people', { name: '李主任', kind: 'staff', login: 'kehu-li', password, organisation: customer.id });
  const outside = await centre.person('kehu-li');
  const open = await published('门禁卡失效', { solution: '内部步骤不外传' });
  const inside = await published('门禁卡后台重置', { audience: 'staff' });
  // On their own case they do not hear by what it was solved.
  const { id: own } = await call({ organisation: customer.id, solved: true, solution: '已重置。', article: inside.id });
  const kinds = async (person) => (await person.get(`/cases/${own}/timeline?limit=200`)).items.map(({ kind }) => kind);
  assert.ok((await kinds(who.acceptance)).includes('knowledge'));
  assert.ok((await kinds(outside)).includes('completed') && !(await kinds(outside)).includes('knowledge'));
  for (const person of [outside, who.otherCentre]) {
    const one = await person.get(`/knowledge/${open.id}`);
    assert.equal(one.versions[0].answer, words('').answer);
    assert.ok(!JSON.stringify(one).includes('内部步骤'));
    assert.deepEqual([one.owner, one.versions[0].symptom, one.versions[0].written_by, one.uses, one.may], [null, null, null, [], []]);
    const all = (await person.get('/knowledge?limit=200')).items;
    assert.ok(all.some(({ id }) => id === open.id) && !all.some(({ id }) => id === inside.id));
    assert.ok(all.every(({ audience, state }) => audience !== 'staff' && state === 'published'));
    assert.deepEqual((await person.get(`/knowledge?q=${encodeURIComponent('内部步骤')}`)).items, []);
    await assert.rejects(person.get(`/knowledge/${inside.id}`), { status: 404 });
    for (const path of ['/knowledge/counts', '/knowledge/suggest?q=a']) await assert.rejects(person.get(path), refused(403, 'right.missing'));
    await assert.rejects(person.post('/knowledge', words('外面写的')), refused(403, 'right.missing'));
  }
});

// Last, since it moves the clock far ahead; sessions do not last so long.
async function later(instant) {
  await centre.setClock(instant);
  for (const role of ['acceptance', 'network', 'supervisor', 'otherCentre']) who[role] = await centre.person(cast[role]);
  who.visitor = await centre.person('luowenjuan');
}
test('a review comes due and is ranked behind, and what has expired is offered no longer', async () => {
  const due = await published('空调滴水处理办法');
  await published('空调滴水的临时措施');
  await who.supervisor.post(`/knowledge/${due.id}/confirm`, { review_due: '2026-02-20', expires: '2026-03-31' });
  const asked = { q: '机房空调滴水' };
  await later('2026-02-19T02:00:00Z');
  assert.deepEqual((await suggest(who.acceptance, asked)).slice(0, 2).map((one) => one.due), [false, false]);
  await later('2026-02-20T02:00:00Z');
  const offers = await suggest(who.acceptance, asked);
  assert.deepEqual(offers.slice(0, 2).map(({ title, due: late }) => [title, late]), [['空调滴水的临时措施', false], ['空调滴水处理办法', true]]);
  assert.ok(titles((await who.visitor.get('/knowledge?due=true')).items).includes('空调滴水处理办法'));
  const counts = await who.network.get('/knowledge/counts');
  assert.ok(counts.due > 0 && counts.published > counts.due);
  await later('2026-03-31T02:00:00Z');
  assert.ok(titles(await suggest(who.acceptance, asked)).includes('空调滴水处理办法'), 'on its last day');
  await later('2026-04-01T02:00:00Z');
  assert.ok(!titles(await suggest(who.acceptance, asked)).includes('空调滴水处理办法'));
  assert.equal((await who.visitor.get(`/knowledge/${due.id}`)).expired, true);
  await assert.rejects(who.otherCentre.get(`/knowledge/${due.id}`), { status: 404 });
  const confirmed = await who.supervisor.post(`/knowledge/${due.id}/confirm`);
  assert.deepEqual([confirmed.review_due, confirmed.expires, confirmed.due, confirmed.expired], ['2026-10-01', null, false, false]);
  assert.ok(titles(await suggest(who.acceptance, asked)).includes('空调滴水处理办法'));
});
