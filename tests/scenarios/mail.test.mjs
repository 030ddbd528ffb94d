// Mail for real: Dovecot and an SMTP server take what a customer writes, and the answer arrives in the customer's mailbox.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { cast, Centre, complete } from '../support/centre.mjs';

let centre;
let mail;
let mailProcess;
const who = {};

before(async () => {
  mailProcess = spawn(new URL('../../tools/mail-server', import.meta.url).pathname, ['--while-stdin'], { stdio: ['pipe', 'pipe', 'inherit'] });
  mail = JSON.parse(await new Promise((resolve) => mailProcess.stdout.once('data', (line) => resolve(String(line)))));
  centre = await Centre.start({ clock: 'system' });
  for (const [role, login] of Object.entries(cast)) who[role] = await centre.person(login);
  const server = (port) => ({ host: '127.0.0.1', port, security: 'none', login: 'service@keepword.test' });
  await who.owner.post('/mailboxes', {
    name: '客服邮箱', address: 'service@keepword.test', imap: server(mail.imap), imap_password: 'service-pass',
    smtp: server(mail.smtp), smtp_password: 'service-pass',
  });
});
after(async () => {
  await centre?.stop();
  mailProcess.stdin.end();
});

// Looks again and again, bounded, until something is there.
async function until(what, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const found = await what();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('it did not happen in time');
}

// The newest mail that came for somebody with this text in it, read as a mail program reads it.
function arrived(address, text) {
  const program = `
import email, email.policy, pathlib, sys
for path in pathlib.Path(sys.argv[1]).rglob('*'):
    if path.is_file() and path.parent.name in ('new', 'cur'):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = mail.get_body(('plain',))
        if sys.argv[2] in str(mail['to']) and body and sys.argv[3] in body.get_content():
            print(mail['message-id'])
`;
  return execFileSync('/usr/bin/python3', ['-c', program, mail.folder, address, text], { encoding: 'utf8' }).trim();
}

test('a mail becomes a case, is worked on, and its sender gets the answer by mail', async () => {
  execFileSync('swaks', ['--server', `127.0.0.1:${mail.smtp}`, '--from', 'customer@example.test', '--to', 'service@keepword.test',
    '--h-Subject', '=?UTF-8?B?' + Buffer.from('点播老是转圈圈').toString('base64') + '?=', '--h-Content-Type', 'text/plain; charset=utf-8',
    '--body', '我们这边晚上看点播老是转圈圈，麻烦看一下。', '--silent', '2']);
  const found = await until(async () => (await who.acceptance.get('/cases?channel=mail&state=open&limit=5')).items.find((c) => c.title === '点播老是转圈圈'));
  const id = found.id;
  assert.equal((await who.acceptance.get(`/cases/${id}`)).contact_email, 'customer@example.test');
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
  const answer = await until(() => arrived('customer@example.test', '您反映的点播卡顿已处理完毕'));
  assert.match(answer, /^<case\./);
});
