// Finding: what was just written is found at once, wherever on a case it stands, by whoever may see it; names by their
// sounds; and lists by any filters.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cast, Centre } from '../support/centre.mjs';

let centre;
const who = {};
before(async () => {
  centre = await Centre.start();
  for (const role of ['acceptance', 'network', 'field', 'owner', 'supervisor']) who[role] = await centre.person(cast[role]);
});
after(() => centre.stop());

const take = (facts) => who.acceptance.post('/cases', { kind: 'customer-acceptance', channel: 'hotline', contact_name: '聂先生', contact_phone: '13800138000', ...facts });
const search = async (person, q, rest = '') => (await person.get(`/search?q=${encodeURIComponent(q)}${rest}`)).items;
const idsOf = (items) => items.map((item) => item.id);
const told = (pieces) => pieces.map(({ text, hit }) => (hit ? `[${text}]` : text)).join('');

test('a case is found by what was said on it, and the place is shown', async () => {
  const one = await take({ title: '琴湖小区点播黑屏', description: '机顶盒指示灯正常，鏡像端口有告警' });
  await who.acceptance.post(`/cases/${one.id}/comments`, { text: '已请用户更换光猫尾纤' });
  const answer = await who.acceptance.fetch('POST', `/cases/${one.id}/attachments`, {
    raw: 'x', headers: { 'content-type': 'application/octet-stream', 'x-file-name': encodeURIComponent('琴湖拓扑图.txt') },
  });
  assert.equal(answer.status, 201);
  for (const [q, place, text] of [
    ['琴湖 黑屏', 'file', '[琴湖]拓扑图.txt  '],
    ['黑屏', 'description', '机顶盒指示灯正常，鏡像端口有告警'],
    ['镜像端口', 'description', '机顶盒指示灯正常，[鏡像端口]有告警'],
    ['尾纤', 'commented', '已请用户更换光猫[尾纤]'],
    ['拓扑图', 'file', '琴湖[拓扑图].txt  '],
    [one.number, 'description', '机顶盒指示灯正常，鏡像端口有告警'],
    ['13800138000', 'description', '机顶盒指示灯正常，鏡像端口有告警'],
  ]) {
    const [first] = (await search(who.network, q)).filter((item) => item.id === one.id);
    if (q === '琴湖 黑屏') {
      // Both words stand in the title; the newest entry of the case that has them is its own.
      assert.equal(told(first.marked), '[琴湖]小区点播[黑屏]');
      continue;
    }
    assert.equal(first?.place, place, q);
    assert.equal(told(first.text), text, q);
  }
  assert.equal((await search(who.network, '尾纤 没有的词')).length, 0);
});

test('names and places are found by their sounds, people as well as cases', async () => {
  const customer = await who.owner.post('/customers', { name: '铅山县鹅湖书院', kind: 'customer' });
  const one = await take({ title: '鹅湖书院无信号', organisation: customer.id, description: '' });
  for (const q of ['yanshan', 'ehu', 'ehsy', 'yansh']) {
    const ids = idsOf(await search(who.network, q));
    assert.ok(ids.includes(customer.id), `${q} finds the customer`);
    assert.ok(ids.includes(one.id), `${q} finds its case`);
  }
  assert.deepEqual((await search(who.network, 'ehsy', '&in=organisation')).map((item) => item.title), ['铅山县鹅湖书院']);
  const [suggested] = (await who.network.get('/suggest?q=ehsy&limit=8')).items;
  assert.equal(told(suggested.marked), '铅山县[鹅湖书院]');
});

test('an article is found once it is published, by the centre\'s own people', async () => {
  const draft = await who.network.post('/knowledge', { title: '鹅卵石路由器复位办法', category: 'network', audience: 'both', symptom: '路由器指示灯不亮', solution: '长按复位键十秒', answer: '请长按复位键十秒。' });
  assert.deepEqual(await search(who.acceptance, '鹅卵石路由'), []);
  await who.network.post(`/knowledge/${draft.id}/submit`);
  await who.supervisor.post(`/knowledge/${draft.id}/approve`, {});
  const [found] = await search(who.acceptance, '复位键十秒');
  assert.deepEqual([found.kind, found.id, told(found.marked)], ['knowledge', draft.id, '鹅卵石路由器复位办法']);
});

test('what changes is found by what it is now, at once', async () => {
  const one = await take({ title: '甲字头测试', description: '' });
  assert.deepEqual(idsOf(await search(who.network, '甲字头测')), [one.id]);
  const { version } = await who.acceptance.get(`/cases/${one.id}`);
  await who.acceptance.patch(`/cases/${one.id}`, { title: '乙字头测试' }, version);
  assert.deepEqual(idsOf(await search(who.network, '甲字头测')), []);
  assert.deepEqual(idsOf(await search(who.network, '乙字头测')), [one.id]);
});

test('the filters of a search are those of cases, and pages go on where the last one ended', async () => {
  const made = [];
  for (let i = 0; i < 7; ++i) made.push((await take({ title: `丙字第${i}号`, category: i % 2 ? 'network' : 'consulting', description: '' })).id);
  const seen = [];
  for (let cursor = ''; cursor !== null;) {
    const page = await who.network.get(`/search?q=${encodeURIComponent('丙字第')}&limit=3${cursor && `&cursor=${cursor}`}`);
    seen.push(...idsOf(page.items));
    cursor = page.next ?? null;
  }
  assert.deepEqual(seen, made.reverse());
  const some = await search(who.network, '丙字第', '&category=network&state=open');
  assert.equal(some.length, 3);
  assert.equal((await search(who.network, '丙字第', '&state=archived')).length, 0);
  assert.equal((await search(who.network, '丙字第', '&in=person')).length, 0);
  assert.equal((await search(who.network, '丙字第', '&opened_from=2026-02-06')).length, 0);
  assert.equal((await search(who.network, '丙字第', '&opened_until=2026-02-06&opened_from=2026-02-05')).length, 7);
});

test('a list by two filters and words has exactly what all of them fit, and the counts say the same', async () => {
  const every = async (query) => {
    const out = [];
    for (let cursor = ''; cursor !== null;) {
      const page = await who.supervisor.get(`/cases?${query}&limit=50${cursor && `&cursor=${cursor}`}`);
      out.push(...page.items);
      cursor = page.next ?? null;
    }
    return out;
  };
  const all = await every('');
  assert.ok(all.length > 60, `${all.length} cases`);
  assert.deepEqual(idsOf(all), idsOf(all).sort((a, b) => Number(BigInt(b) - BigInt(a))), 'newest first');
  const { organisation, owner } = all.find((one) => one.organisation && one.owner && one.state === 'archived');
  const filters = {
    state: ['archived', 'open'], urgency: ['urgent'], channel: ['mail', 'hotline'], organisation: [organisation.id], owner: [owner.id],
    category: [all.find((one) => one.category).category], kind: ['customer-acceptance'], q: ['无法'],
  };
  const fits = { organisation: (one, v) => one.organisation?.id === v, owner: (one, v) => one.owner?.id === v };
  const withWords = new Set(idsOf(await every(`q=${encodeURIComponent('无法')}`)));
  const names = Object.keys(filters);
  let compared = 0;
  for (const [i, one] of names.entries()) {
    for (const other of names.slice(i + 1)) {
      for (const a of filters[one]) {
        for (const b of filters[other]) {
          const fit = (row, name, value) => (name === 'q' ? withWords.has(row.id) : (fits[name] ?? ((r, v) => r[name] === v))(row, value));
          const query = `${one}=${encodeURIComponent(a)}&${other}=${encodeURIComponent(b)}`;
          const expected = all.filter((row) => fit(row, one, a) && fit(row, other, b));
          assert.deepEqual(idsOf(await every(query)), idsOf(expected), query);
          const counts = await who.supervisor.get(`/cases/counts?${query.replace(/state=\w+/, '')}`);
          const rest = all.filter((row) => (one === 'state' || fit(row, one, a)) && (other === 'state' || fit(row, other, b)));
          for (const state of ['open', 'waiting', 'archived', 'cancelled']) {
            assert.equal(counts[state], rest.filter((row) => row.state === state).length, `${query}: ${state}`);
          }
          ++compared;
        }
      }
    }
  }
  console.log(`${compared} pairs of filters compared over ${all.length} cases`);
});
