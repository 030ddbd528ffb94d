// What can be seen of the program from outside: how it is (/healthz, /readyz), how much there is to do (/metrics), what it
// says (the log); and that none of it tells a secret or anything about a person.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { binary, cast, Centre, database, openTask, Person } from '../support/centre.mjs';
import { Disk, noDisks } from '../support/disk.mjs';
import { Mail, until } from '../support/mail.mjs';
import { listen } from '../support/rights/live.mjs';

const call = { title: '机顶盒无法开机', description: '指示灯不亮。', contact_name: '周老师', contact_phone: '0791-80000021', category: 'terminal', urgency: 'normal', solved: false };
const lines = (centre) => centre.log.split('\n').filter(Boolean).map((line) => JSON.parse(line));
const metricsOf = async (centre, headers = {}) => {
  const answer = await fetch(`${centre.url}/metrics`, { headers });
  return { status: answer.status, text: await answer.text() };
};
const value = (text, name) => Number(new RegExp(`^${name.replace(/[{}+.]/g, '\\$&')} (\\S+)$`, 'm').exec(text)?.[1]);

test('it says whether it is ready and why not, in words and for programs, and lives on meanwhile', { skip: noDisks() ?? false }, async () => {
  const disk = new Disk(128);
  const centre = await Centre.start({ at: disk.folder });
  const ready = async (accept) => {
    const answer = await fetch(`${centre.url}/readyz`, { headers: { accept } });
    return { status: answer.status, text: await answer.text() };
  };
  try {
    assert.deepEqual(await ready('text/plain'), { status: 200, text: 'ready\n' });
    for (const page of ['/readyz', '/healthz', '/']) {
      const posted = await fetch(`${centre.url}${page}`, { method: 'POST' });
      assert.deepEqual([posted.status, posted.headers.get('allow')], [405, 'GET, HEAD'], page);
    }
    const told = JSON.parse((await ready('application/json')).text);
    assert.deepEqual(told, { ready: true, checks: ['database', 'schema', 'disk'].map((name) => ({ name, holds: true })) });
    disk.fill(20 * 1024 * 1024);
    const low = await ready('application/json');
    assert.equal(low.status, 503);
    assert.equal(JSON.parse(low.text).checks.find((c) => c.name === 'disk').code, 'disk.low');
    assert.match((await ready('text/plain')).text, /^not ready\ndisk: disk\.low: .*nearly full/);
    disk.makeRoom();
    assert.equal((await ready('text/plain')).status, 200);
    disk.break();
    const broken = await ready('text/plain');
    assert.equal(broken.status, 503);
    assert.match(broken.text, /disk: storage\.disk: /);
    assert.equal(await (await fetch(`${centre.url}/healthz`)).text(), 'ok\n');
  } finally {
    await centre.rest();
    disk.remove();
  }
});

test('a stream that the server ended is counted no more', async () => {
  const centre = await Centre.start();
  try {
    const [owner, other] = [await centre.person(cast.owner), await centre.person(cast.acceptance)];
    const streams = async () => value((await metricsOf(centre)).text, 'keepword_live_streams');
    const before = await streams();
    const opened = await Promise.all([1, 2, 3].map(() => listen(other)));
    assert.equal(await streams(), before + 3);
    const { grants } = await owner.post(`/people/${other.me.id}/grants`, { role: 'support-engineer', scope_kind: 'all' });
    await Promise.all(opened.map((stream) => stream.text()));
    await until(async () => (await streams()) === before, 10);
    await owner.call('DELETE', `/people/${other.me.id}/grants/${grants.at(-1).id}`);
  } finally {
    await centre.stop();
  }
});

test('the metrics count requests by route and status in a bounded number of series, and only this machine reads them', async () => {
  const centre = await Centre.start();
  try {
    const person = await centre.person(cast.acceptance);
    const { id } = await person.post('/hotline/calls', call);
    for (let n = 0; n < 3; ++n) await person.get(`/cases/${id}`);
    const first = (await metricsOf(centre)).text;
    assert.equal(value(first, 'keepword_http_requests_total{route="/cases/{id}",method="GET",status="200"}'), 3);
    assert.equal(value(first, 'keepword_http_request_duration_seconds_count{route="/cases/{id}",method="GET"}'), 3);
    assert.equal(value(first, 'keepword_http_request_duration_seconds_bucket{route="/cases/{id}",method="GET",le="+Inf"}'), 3);
    for (const name of ['process_resident_memory_bytes', 'keepword_proportional_memory_bytes', 'keepword_http_connections', 'keepword_cases_open',
      'keepword_database_commit_group_size_count', 'keepword_jobs{state="dead"}', 'keepword_alarms']) assert.ok(value(first, name) >= 0, name);
    assert.ok(value(first, 'keepword_database_commit_group_size_sum') >= value(first, 'keepword_database_commit_group_size_count'));
    assert.equal(value(first, 'keepword_database_up'), 1);
    assert.ok(Math.abs(value(first, 'process_start_time_seconds') - Date.now() / 1000) < 120, first);
    assert.match(first, /^keepword_build_info\{version="[^"]+"\} 1$/m);
    // Every sample belongs to a metric that is explained and typed.
    const typed = new Set([...first.matchAll(/^# TYPE (\S+) (?:gauge|counter|histogram|summary)$/gm)].map((m) => m[1]));
    for (const [, name] of first.matchAll(/^([a-z_]+)/gm)) assert.ok(typed.has(name) || typed.has(name.replace(/_(bucket|sum|count)$/, '')), name);
    // Whatever is asked from outside makes no new series.
    const series = (text) => text.split('\n').filter((line) => line && !line.startsWith('#')).length;
    const strange = async (tag) => {
      for (let n = 0; n < 20; ++n) {
        await fetch(`${centre.url}/strange-${tag}-${n}`);
        await fetch(`${centre.url}/strange-${tag}-${n}.png`);
        await person.fetch('GET', `/strange-${tag}-${n}`);
        await person.fetch('GET', `/cases/${tag}-${n}`);
        await person.fetch('POST', `/cases/${tag}-${n}/comments`, { body: { [`x${n}`]: n } });
      }
      return (await metricsOf(centre)).text;
    };
    const once = series(await strange('a'));
    const twice = await strange('b');
    assert.equal(series(twice), once);
    assert.ok(!twice.includes('strange'));
    for (const name of ['x-forwarded-for', 'forwarded']) assert.equal((await metricsOf(centre, { [name]: '192.0.2.7' })).status, 404);
  } finally {
    await centre.stop();
  }
});

test('a log line is one JSON object with its request and its case, and as text one line', async () => {
  const centre = await Centre.start({ args: ['--log', 'json', '--access-log'] });
  try {
    const person = await centre.person(cast.acceptance);
    const { id } = await person.post('/hotline/calls', call);
    await person.get(`/cases/${id}`);
    const line = await until(() => lines(centre).find((one) => one.message.startsWith('GET /cases/{id} 200')), 20);
    assert.match(line.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.equal(line.level, 'info');
    assert.equal(line.case, id);
    assert.match(line.request, /^[0-9a-f]+-\d+-\w+$/);
    await centre.rest();
    centre.options.args = ['--log', 'text', '--log-level', 'debug'];
    await centre.serve();
    await person.get(`/cases/${id}`);
    await until(() => new RegExp(`^\\S+Z debug GET /cases/\\{id\\} 200 .* ms request=\\S+ case=${id}$`, 'm').test(centre.log), 20);
  } finally {
    await centre.stop();
  }
});

// ---- the canary ----

// Each is planted somewhere, and none may come out where people who run machines look.
const canary = {
  name: '金丝雀甲乙', phone: '0791-87654321', mail: 'canary.person@example.test', login: 'canary-login-5d', password: 'canary-password-7f3a',
  wrong: 'canary-wrong-9b1c', newPassword: 'canary-renewed-2e8d', mailboxPassword: 'canary-mailbox-4c6e', title: '金丝雀案名', text: '金丝雀案情',
  comment: '金丝雀留言', subject: '金丝雀信题', letter: '金丝雀信文', file: 'canary-file-8a2b.txt', bytes: 'canary-bytes-1f9e', search: 'canary-search-3d7c',
  path: 'canary-path-6b4a', query: 'canary-query-0e5f', header: 'canary-header-a81d', cookie: 'canary-cookie-c20b', bearer: 'kw_canary-bearer-b37e',
  body: 'canary-body-e94c', key: 'canary-key-d15a', smtp: 'canary-smtp-words-f608', imap: 'canary-imap-words-977c', customer: '金丝雀客户',
};

// A mail server that says no to everything, in words that hold a canary.
async function refusing() {
  const heard = { smtp: 0, imap: 0 };
  const server = (kind, greeting, answer) => createServer((socket) => {
    socket.on('error', () => {});
    socket.write(greeting);
    socket.on('data', (chunk) => {
      ++heard[kind];
      for (const line of String(chunk).split('\r\n').filter(Boolean)) socket.write(answer(line));
    });
  }).listen(0, '127.0.0.1');
  const smtp = server('smtp', '220 here\r\n', (line) => (/^(EHLO|MAIL|QUIT)/i.test(line) ? '250 ok\r\n' : `550 ${canary.smtp} <${canary.mail}> ${canary.letter}\r\n`));
  const imap = server('imap', '* OK here\r\n', (line) => (/CAPABILITY/i.test(line) ? `* CAPABILITY IMAP4rev1\r\n${line.split(' ')[0]} OK\r\n` : `${line.split(' ')[0]} NO ${canary.imap}\r\n`));
  await Promise.all([once(smtp, 'listening'), once(imap, 'listening')]);
  return { smtp: smtp.address().port, imap: imap.address().port, heard, close: () => (smtp.close(), imap.close()) };
}

function sql(centre, text) {
  if (database === 'postgresql') return centre.server.sql(text, centre.database);
  return execFileSync('sqlite3', ['-cmd', '.timeout 10000', join(centre.data, 'keepword.db'), text], { encoding: 'utf8' });
}

// A code as an authenticator shows it now.
function shown(secret, centre) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const counter = Buffer.alloc(8);
  counter.writeBigInt64BE(BigInt(Math.floor(Date.parse(centre.now) / 30_000)));
  const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

// Signs in rightly and wrongly, and gives what was secret in it.
async function signIns(centre, owner) {
  await owner.post('/people', { name: canary.name, kind: 'staff', login: canary.login, password: canary.password, email: canary.mail, phone: canary.phone });
  const anybody = new Person(centre, 'anybody');
  await anybody.fetch('POST', '/session', { body: { login: canary.login, password: canary.wrong } });
  await anybody.fetch('POST', '/session', { body: { login: canary.search, password: canary.wrong } });
  const person = await new Person(centre, canary.login).signIn(canary.password);
  const { secret } = await person.post('/me/totp');
  const { codes } = await person.post('/me/totp/confirm', { code: shown(secret, centre) });
  await anybody.fetch('POST', '/session', { body: { login: canary.login, password: canary.password, totp: '000000' } });
  await anybody.fetch('POST', '/session', { body: { login: canary.login, password: canary.password, totp: codes[0] } });
  const { token } = await person.post('/tokens', { name: canary.search });
  await fetch(`${centre.url}/api/v1/session`, { headers: { authorization: `Bearer ${token}` } });
  await fetch(`${centre.url}/api/v1/session`, { headers: { authorization: `Bearer ${canary.bearer}` } });
  await fetch(`${centre.url}/api/v1/session`, { headers: { cookie: `${person.cookie.split('=')[0]}=${canary.cookie}` } });
  await anybody.fetch('POST', '/password-resets', { body: { login: canary.login } });
  await anybody.fetch('POST', '/password-resets/complete', { body: { code: 'AAAA-BBBB-CCCC-DDDD', password: canary.newPassword } });
  return [secret, ...codes, token, person.cookie.split('=')[1], person.csrf];
}

// Requests that are refused, each with a canary in what was wrong.
async function errors(centre, person, id) {
  const api = (method, path, options) => person.fetch(method, path, options);
  const statuses = [];
  const note = async (answer) => statuses.push((await answer).status);
  await note(api('POST', `/cases/${id}/comments`, { raw: `{"text": "${canary.body}`, headers: { 'content-type': 'application/json' } }));
  await note(api('POST', `/cases/${id}/comments`, { body: { text: canary.comment.repeat(20_000) } }));
  await note(api('POST', `/cases/${id}/comments`, { body: { [canary.body]: canary.comment } }));
  await note(api('GET', `/cases/${canary.path}`));
  await note(api('GET', `/cases?q=${canary.search}&cursor=${canary.query}`));
  await note(api('DELETE', `/cases/${id}?x=${canary.query}`));
  const keyed = (text) => api('POST', `/cases/${id}/comments`, { body: { text }, headers: { 'idempotency-key': canary.key } });
  await keyed(canary.comment);
  await note(keyed(`${canary.comment} other`));
  await note(api('PATCH', `/cases/${id}`, { body: { title: canary.title }, headers: { 'if-match': '"999"' } }));
  const task = await openTask(person, id, 'handle-first');
  await api('POST', `/tasks/${task}/complete`, { body: { outcome: 'unsolved', fields: { tried: canary.text } } });
  await note(api('POST', `/tasks/${task}/complete`, { body: { outcome: 'unsolved', fields: { tried: canary.text } } }));
  await note(fetch(`${centre.url}/${canary.path}.html?${canary.query}`));
  for (const raw of [`GET /${canary.path} HTTP/1.1\r\nhost: x\r\nx-canary: ${canary.header.repeat(4000)}\r\n\r\n`, `${canary.path}\r\n${canary.header}\r\n\r\n`,
    `GET /${'y'.repeat(9000)}${canary.path} HTTP/1.1\r\n\r\n`]) {
    const socket = connect(Number(new URL(centre.url).port), '127.0.0.1');
    socket.on('error', () => {}).on('data', () => {});
    socket.write(raw);
    await once(socket, 'close');
  }
  return statuses;
}

// The database refuses what the program thought it could write: the program's own fault, in all its words.
async function failures(centre, person, id) {
  if (database === 'postgresql') sql(centre, `ALTER TABLE timeline ADD CONSTRAINT no_canary CHECK (text <> '${canary.comment} 500') NOT VALID`);
  else sql(centre, "CREATE TRIGGER no_canary BEFORE INSERT ON timeline WHEN NEW.text LIKE '% 500' BEGIN SELECT no_such_function(NEW.text); END");
  const answer = await person.fetch('POST', `/cases/${id}/comments`, { body: { text: `${canary.comment} 500` } });
  sql(centre, database === 'postgresql' ? 'ALTER TABLE timeline DROP CONSTRAINT no_canary' : 'DROP TRIGGER no_canary');
  return answer.status;
}

test('no secret and nothing about a person is found in the log, the metrics or what the command line prints', { timeout: 120_000 }, async (t) => {
  const mail = await refusing();
  const post = await Mail.start();
  const centre = await Centre.start({ args: ['--log', 'json', '--log-level', 'debug', '--access-log'] });
  try {
    const owner = await centre.person(cast.owner);
    const host = (port) => ({ host: '127.0.0.1', port, security: 'none', login: canary.login });
    await owner.post('/mailboxes', { name: canary.name, address: 'refused@keepword.test', imap: host(mail.imap), imap_password: canary.mailboxPassword, smtp: { ...host(mail.smtp), login: '' }, smtp_password: '' });
    const secrets = await signIns(centre, owner);
    await post.connect(owner);
    post.write(canary.subject, canary.letter);
    const person = await centre.person(cast.acceptance);
    const { id } = await person.post('/hotline/calls', { ...call, title: canary.title, description: canary.text, contact_name: canary.customer, contact_phone: canary.phone });
    await person.post(`/cases/${id}/comments`, { text: canary.comment });
    await person.get(`/cases?q=${encodeURIComponent(canary.title)}`);
    await person.get(`/hotline/caller?phone=${encodeURIComponent(canary.phone)}`);
    assert.equal((await person.fetch('POST', `/cases/${id}/attachments`, { raw: canary.bytes, headers: { 'content-type': 'text/plain', 'x-file-name': canary.file } })).status, 201);
    await until(async () => (await person.get('/cases?channel=mail&state=open&limit=5')).items.some((one) => one.title === canary.subject), 40);
    const statuses = await errors(centre, person, id);
    assert.deepEqual([...new Set(statuses)].filter((status) => status < 400), []);
    assert.ok([404, 405, 409, 412, 422].every((status) => statuses.includes(status)), `${statuses}`);
    assert.equal(await failures(centre, person, id), 500);
    await until(() => mail.heard.smtp > 2 && mail.heard.imap > 1 && lines(centre).some((l) => /^Job password-reset/.test(l.message)) && lines(centre).some((l) => /^mailbox \d/.test(l.message)), 40);
    const metrics = (await metricsOf(centre)).text;
    const printed = [['audit', 'verify'], ['audit', 'replay'], ['process', 'list'], ['token', 'list'], ['migrate', '--check'], ['case', 'export', canary.path, '-o', join(centre.folder, 'x.zip')],
      ['backup', 'create', join(centre.folder, 'all.kwb')]].map((words) => {
      const { stdout, stderr } = spawnSync(binary, [...words, ...centre.where()], { encoding: 'utf8' });
      return `${words.join(' ')}: ${stdout}${stderr}`;
    });
    await centre.rest();
    const log = centre.log;
    const all = lines(centre);
    t.diagnostic(`${all.length} lines of log, ${metrics.split('\n').length} of metrics, ${printed.length} verbs; answers ${statuses.join(' ')}`);
    assert.ok(all.some((line) => line.level === 'error' && line.request && /^failed/.test(line.message)), 'the 500 is logged with its request');
    // The verbs say what they were asked about; a token's name is shown to whoever lists tokens.
    const shownBack = new Set([canary.path, canary.search, canary.login]);
    const found = [];
    for (const word of [...Object.values(canary), ...secrets]) {
      if (log.includes(word)) found.push(['log', word, log.split('\n').find((line) => line.includes(word))]);
      if (metrics.includes(word)) found.push(['metrics', word]);
      if (!shownBack.has(word)) for (const text of printed) if (text.includes(word)) found.push(['command line', word, text.slice(0, 200)]);
    }
    assert.deepEqual(found, []);
    // It would be found: what was logged is there in the same form.
    assert.ok(log.includes(id));
  } finally {
    await centre.stop();
    mail.close();
    post.stop();
  }
});
