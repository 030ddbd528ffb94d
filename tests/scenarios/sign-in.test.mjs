// Getting in over HTTP: a forgotten password by real mail, a second factor with its recovery codes, and proving once
// more who one is for what is sensitive.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { cast, Centre, password, Person } from '../support/centre.mjs';
import { customer, Mail } from '../support/mail.mjs';

let centre, mail, owner;
before(async () => {
  mail = await Mail.start();
  centre = await Centre.start();
  owner = await centre.person(cast.owner);
  await mail.connect(owner);
});
after(async () => {
  await centre?.stop();
  mail?.stop();
});

const refused = (status, code) => (error) => error.status === status && error.code === code;
const anybody = () => new Person(centre, 'nobody');
const signIn = (login, totp, word = password) => anybody().post('/session', { login, password: word, ...(totp ? { totp } : {}) });

// What an authenticator shows at the centre's time (RFC 6238).
function shown(secret, away = 0) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigInt64BE(BigInt(Math.floor(Date.parse(centre.now) / 30_000) + away));
  const mac = createHmac('sha1', key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('a forgotten password is set anew with the code that came by mail, once', async () => {
  const { items: [person] } = await owner.get(`/people?q=${cast.otherAcceptance}`);
  await owner.patch(`/people/${person.id}`, { email: customer }, person.version);
  const before = await centre.person(cast.otherAcceptance);
  const asked = async (login) => {
    const answer = await anybody().fetch('POST', '/password-resets', { body: { login } });
    return [answer.status, await answer.text(), [...answer.headers].filter(([name]) => name !== 'date').join()];
  };
  const there = await asked(customer);
  assert.deepEqual(await asked('nobody-of-that-name'), there);
  assert.equal(there[0], 204);
  const [letter] = await mail.received(customer, '重设您的登录密码');
  const [code] = letter.text.match(/[A-Z2-9]{4}(-[A-Z2-9]{4}){3}/);
  assert.match(letter.subject, /验证码/);
  await assert.rejects(anybody().post('/password-resets/complete', { code, password: 'short' }), refused(422, 'input.invalid'));
  await anybody().post('/password-resets/complete', { code, password: '守诺守诺守诺守诺2026' });
  await assert.rejects(before.get('/session'), refused(401, 'session.ended'));
  await assert.rejects(signIn(cast.otherAcceptance), refused(401, 'session.wrong'));
  await signIn(cast.otherAcceptance, undefined, '守诺守诺守诺守诺2026');
  await assert.rejects(anybody().post('/password-resets/complete', { code, password: 'another password' }), refused(403, 'reset.code'));
});

test('with a second factor a password alone lets nobody in, and no code does so twice', async () => {
  const person = await centre.person(cast.network);
  const { secret, uri, qr } = await person.post('/me/totp');
  assert.ok(uri.startsWith('otpauth://totp/') && uri.includes(secret));
  assert.match(qr, /^<svg .*viewBox/);
  const { codes } = await person.post('/me/totp/confirm', { code: shown(secret) });
  assert.equal(new Set(codes).size, 10);
  await assert.rejects(signIn(cast.network), refused(401, 'totp-required'));
  await assert.rejects(signIn(cast.network, shown(secret)), refused(401, 'totp.wrong'));
  await centre.advance('PT30S');
  const code = shown(secret);
  await signIn(cast.network, code);
  await assert.rejects(signIn(cast.network, code), refused(401, 'totp.wrong'));
  await signIn(cast.network, codes[3]);
  await assert.rejects(signIn(cast.network, codes[3]), refused(401, 'totp.wrong'));
  assert.equal((await person.get('/me/totp')).codes_left, 9);
});

test('what is sensitive asks once more after ten minutes, by password or by code', async () => {
  const person = await centre.person(cast.support);
  person.stepsUp = false;
  const { secret } = await person.post('/me/totp');
  await person.post('/me/totp/confirm', { code: shown(secret) });
  await centre.advance('PT11M');
  await assert.rejects(person.post('/tokens', { name: '脚本' }), refused(403, 'session.step-up'));
  await assert.rejects(person.post('/session/step-up', { password: 'not the password' }), refused(403, 'password.wrong'));
  await person.post('/session/step-up', { code: shown(secret) });
  await person.post('/tokens', { name: '脚本' });
  await centre.advance('PT11M');
  await assert.rejects(person.call('DELETE', '/me/totp'), refused(403, 'session.step-up'));
  await person.post('/session/step-up', { password });
  await person.call('DELETE', '/me/totp');
  await signIn(cast.support);
});

test('an administrator takes away a second factor that was lost, and the audit says so', async () => {
  owner.stepsUp = false;
  const { items: [person] } = await owner.get(`/people?q=${cast.network}`);
  await assert.rejects(owner.call('DELETE', `/people/${person.id}/totp`), refused(403, 'session.step-up'));
  await owner.post('/session/step-up', { password });
  await owner.call('DELETE', `/people/${person.id}/totp`);
  await signIn(cast.network);
  const { items } = await (await centre.person(cast.auditor)).get('/audit?action=person.second-factor-removed');
  assert.equal(items[0].subject, `person:${person.id}`);
  assert.equal(items[0].actor_name, owner.me.name);
});

test('a token that leaked does not take over its person', async () => {
  const token = JSON.parse(centre.run('token', 'create', '--login', cast.owner, '--json')).token;
  const byToken = (method, path, body, more = {}) => fetch(`${centre.url}/api/v1${path}`, {
    method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...more }, body: JSON.stringify(body),
  });
  const own = await owner.get(`/people/${owner.me.id}`);
  const mailed = await byToken('PATCH', `/people/${owner.me.id}`, { email: 'thief@example.test' }, { 'if-match': `"${own.version}"` });
  assert.deepEqual([mailed.status, (await mailed.json()).code], [403, 'session.browser-only']);
  const factor = await byToken('DELETE', `/people/${owner.me.id}/totp`);
  assert.deepEqual([factor.status, (await factor.json()).code], [403, 'session.browser-only']);
});

test('whoever guesses at an open browser is on the audit', async () => {
  const person = await centre.person(cast.field);
  await assert.rejects(person.post('/session/step-up', { password: 'not it' }), refused(403, 'password.wrong'));
  const { items: [entry] } = await (await centre.person(cast.auditor)).get('/audit?action=session.step-up-refused');
  assert.equal(entry.actor_name, person.me.name);
});

test('whoever manages people sees where somebody is signed in, and signs a lost telephone out', async () => {
  const [kept, lost] = [await centre.person(cast.remote), await centre.person(cast.remote)];
  const id = kept.me.id;
  const { items } = await owner.get(`/people/${id}/sessions`);
  assert.equal(items.length, 2);
  assert.ok(items.every((session) => session.remote && !session.current));
  const own = (await lost.get('/me/sessions')).items.find((session) => session.current).id;
  await owner.call('DELETE', `/people/${id}/sessions/${own}`);
  await assert.rejects(lost.get('/session'), refused(401, 'session.ended'));
  assert.equal((await kept.get('/session')).me.id, id, 'the other one goes on');
  await assert.rejects(kept.get(`/people/${owner.me.id}/sessions`), refused(403, 'right.missing'));
  await owner.call('DELETE', `/people/${id}/sessions`);
  await assert.rejects(kept.get('/session'), refused(401, 'session.ended'));
  assert.deepEqual((await owner.get(`/people/${id}/sessions`)).items, []);
  const audit = (await (await centre.person(cast.auditor)).get(`/audit?subject=person:${id}&limit=20`)).items;
  for (const action of ['session.ended', 'session.all-ended']) assert.ok(audit.some((entry) => entry.action === action && entry.actor_name === owner.me.name), action);
});

test('everywhere else is signed out at once', async () => {
  const [here, there] = [await centre.person(cast.field), await centre.person(cast.field)];
  await here.call('DELETE', '/me/sessions');
  await assert.rejects(there.get('/session'), refused(401, 'session.ended'));
  assert.deepEqual((await here.get('/me/sessions')).items.map((session) => session.current), [true]);
});
