// Mail for real: Dovecot and an SMTP server take what a customer writes, and the answer arrives in the customer's mailbox.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cast, Centre, complete } from '../support/centre.mjs';
import { customer, Mail, until } from '../support/mail.mjs';

let centre;
let mail;
const who = {};

before(async () => {
  mail = await Mail.start();
  centre = await Centre.start({ clock: 'system' });
  for (const [role, login] of Object.entries(cast)) who[role] = await centre.person(login);
  await mail.connect(who.owner);
});
after(async () => {
  await centre?.stop();
  mail?.stop();
});

test('a mail becomes a case, is worked on, and its sender gets the answer by mail', async () => {
  mail.write('点播老是转圈圈', '我们这边晚上看点播老是转圈圈，麻烦看一下。');
  const found = await until(async () => (await who.acceptance.get('/cases?channel=mail&state=open&limit=5')).items.find((c) => c.title === '点播老是转圈圈'));
  const id = found.id;
  assert.equal((await who.acceptance.get(`/cases/${id}`)).contact_email, customer);
  await complete(who.acceptance, id, 'accept', undefined, {
    'case.contact_name': '刘老师', 'case.category': 'playback-stutter', 'case.urgency': 'normal',
  });
  await complete(who.acceptance, id, 'handle-first', 'unsolved', { tried: '重启。' });
  await complete(who.network, id, 'handle-network', 'unsolved', { tried: '查看连接数。' });
  await complete(who.network, id, 'report-supervisor', undefined, { tried: '限流。', why_failed: '出流不足。' });
  await complete(who.supervisor, id, 'coordinate', 'support', { coordination: '今晚前解决。' });
  await complete(who.support, id, 'handle-support', 'solved', { tried: '加节点。', solution: '重设并发。' });
  await complete(who.supervisor, id, 'arrange-sum-up');
  await complete(who.network, id, 'sum-up', undefined, { process_summary: '调整调度。', result: '恢复。' });
  await complete(who.acceptance, id, 'feed-back', 'accepted', { channel: 'mail', reply: '您反映的点播卡顿已处理完毕。' });
  await complete(who.acceptance, id, 'archive');
  assert.equal((await who.acceptance.get(`/cases/${id}`)).state, 'archived');
  const [answer] = await mail.received(customer, '您反映的点播卡顿已处理完毕');
  assert.match(answer.id, /^<case\./);
});
