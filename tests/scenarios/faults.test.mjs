// What the program promises while the machine under it fails: a full disk, a disk that breaks, a clock that jumps, a mail
// server that hangs, a database that is away. Nothing is half done, what can go on goes on, and nobody has to restart it.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { binary, cast, Centre, database, demoNow, password, Person } from '../support/centre.mjs';
import { Disk, noDisks } from '../support/disk.mjs';
import { until } from '../support/mail.mjs';
import { newServer } from '../support/postgres.mjs';

const skip = noDisks() ?? false;
const onPostgres = database === 'postgresql';
const later = (instant, minutes) => new Date(Date.parse(instant) + minutes * 60_000).toISOString();
const refused = (status, code) => (error) => error.status === status && error.code === code;

const call = { title: '机顶盒无法开机', description: '指示灯不亮。', contact_name: '周老师', contact_phone: '0791-80000021', category: 'terminal', urgency: 'normal', solved: false };
const newCall = (person, extra = {}) => person.post('/hotline/calls', { ...call, ...extra });
const entries = async (person, id, kind) => (await person.get(`/cases/${id}/timeline?kind=${kind}&limit=200`)).items;
const upload = (person, id, bytes) => person.fetch('POST', `/cases/${id}/attachments`, {
  raw: bytes, headers: { 'content-type': 'text/plain', 'x-file-name': 'log.txt' },
});
const holds = async (centre) => {
  const auditor = await centre.person(cast.auditor);
  const verdict = await auditor.post('/audit/verify');
  assert.equal(verdict.holds, true, JSON.stringify(verdict));
  return verdict;
};
const filesBelow = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((f) => f.isFile()).map((f) => f.name).sort();
const halves = (centre) => [...filesBelow(join(centre.data, 'spool')), ...filesBelow(join(centre.data, 'blobs', 'incoming'))];

// What the command line says of a centre that cannot be served.
function serving(...where) {
  const words = ['serve', '--listen', '127.0.0.1:0', ...where];
  const { status, stdout, stderr } = spawnSync(binary, words, { encoding: 'utf8', timeout: 60_000, env: { ...process.env, LC_ALL: 'C' } });
  return { status, out: stdout, complaint: stderr };
}

// ---- disks ----

// Comments on a case until one is refused; the texts of those that were acknowledged.
async function commentUntilRefused(person, id) {
  const taken = [];
  for (let n = 0; n < 5000; ++n) {
    const text = `comment ${n} ${'满'.repeat(1000)}`;
    const answer = await person.fetch('POST', `/cases/${id}/comments`, { body: { text } });
    const body = await answer.json();
    if (!answer.ok) return { taken, answer, body };
    taken.push(text);
  }
  throw new Error('the disk is full, and everything was taken');
}
async function comments(person, id) {
  const texts = [];
  for (let next = ''; next !== null; ) {
    const page = await person.get(`/cases/${id}/timeline?kind=commented&limit=200${next ? `&cursor=${encodeURIComponent(next)}` : ''}`);
    texts.push(...page.items.map((e) => e.text));
    next = page.next;
  }
  return texts.sort();
}

// The whole centre, and with PostgreSQL that server too, on one small disk.
async function onDisk(work, mebibytes) {
  const disk = new Disk(mebibytes);
  let server;
  try {
    if (onPostgres) {
      server = newServer(disk.folder);
    }
    const centre = await Centre.start({ at: disk.folder, server });
    try {
      await work(disk, centre, await centre.person(cast.acceptance));
    } finally {
      await centre.rest();
    }
  } finally {
    server?.remove();
    disk.remove();
  }
}

test('on a full disk writes are refused whole and reads go on, and with room again so do the writes', { skip, timeout: 180_000 }, async (t) => {
  await onDisk(async (disk, centre, person) => {
    const { id } = await newCall(person);
    assert.equal((await upload(person, id, 'small')).status, 201);
    const keptBefore = filesBelow(join(centre.data, 'blobs'));
    disk.fill();
    const { taken, answer, body } = await commentUntilRefused(person, id);
    t.diagnostic(`${taken.length} comments went into the room that the database had`);
    assert.deepEqual([answer.status, body.code], [503, 'storage.disk']);
    assert.ok(Number(answer.headers.get('retry-after')) >= 1);
    // Nothing half done: exactly the acknowledged ones, before and after.
    assert.deepEqual(await comments(person, id), [...taken].sort());
    assert.ok((await person.get('/cases?limit=50')).items.length > 0);

    const large = await upload(person, id, Buffer.alloc(3_000_000, 'x'));
    assert.equal(large.status, 503, await large.text());
    assert.deepEqual(halves(centre), []);
    assert.deepEqual(filesBelow(join(centre.data, 'blobs')), keptBefore);
    assert.equal((await person.get(`/cases/${id}`)).attachments?.length ?? 1, 1);

    disk.makeRoom();
    const text = 'there is room again';
    await person.post(`/cases/${id}/comments`, { text });
    assert.equal((await upload(person, id, Buffer.alloc(3_000_000, 'x'))).status, 201);
    assert.deepEqual(await comments(person, id), [...taken, text].sort());
    await holds(centre);
  }, onPostgres ? 400 : 96);
});

test('a disk that breaks while the centre is served refuses writes and still reads', { skip, timeout: 120_000 }, async () => {
  const disk = new Disk(96);
  const centre = await Centre.start({ at: disk.folder });
  try {
    const person = await centre.person(cast.acceptance);
    const { id } = await newCall(person);
    disk.break();
    const answer = await person.fetch('POST', `/cases/${id}/comments`, { body: { text: 'too late' } });
    const body = await answer.json();
    if (onPostgres) {
      // The database lies elsewhere; only files have no place any more.
      assert.equal(answer.status, 200, JSON.stringify(body));
    } else {
      assert.deepEqual([answer.status, body.code], [503, 'storage.disk']);
      assert.deepEqual(await comments(person, id), []);
    }
    const sent = await upload(person, id, 'nowhere to put it');
    assert.equal(sent.status, 503, await sent.text());
    assert.equal((await person.get(`/cases/${id}`)).title, call.title);
    assert.ok((await person.get('/cases?limit=50')).items.length > 0);
    assert.equal((await fetch(`${centre.url}/healthz`)).status, 200);
  } finally {
    await centre.rest();
    disk.remove();
  }
});

test('on a disk that is read-only no centre is served, and the reason is said', { skip }, () => {
  const disk = new Disk(16);
  try {
    mkdirSync(join(disk.folder, 'data'));
    disk.remount('ro');
    for (const folder of ['data', 'new']) {
      const { status, out, complaint } = serving('--data', join(disk.folder, folder));
      assert.equal(status, 3, complaint);
      assert.equal(out, '');
      assert.match(complaint, /cannot be used.*read-only/s);
      assert.ok(complaint.includes(join(disk.folder, folder)), complaint);
    }
  } finally {
    disk.remove();
  }
});

// ---- the clock ----

// What an authenticator shows at an instant (RFC 6238).
function shown(secret, instant) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigInt64BE(BigInt(Math.floor(Date.parse(instant) / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('a clock that jumps ahead and back fires nothing twice, keeps ids apart, and makes no session immortal', { timeout: 180_000 }, async () => {
  const centre = await Centre.start();
  try {
    const years = later(demoNow, 3 * 365 * 24 * 60);
    const anybody = new Person(centre, 'anybody');
    const signIn = (login, totp, word = password) => anybody.post('/session', { login, password: word, ...(totp ? { totp } : {}) });
    let person = await centre.person(cast.acceptance);
    const factored = await centre.person(cast.network);
    const { secret } = await factored.post('/me/totp');
    await factored.post('/me/totp/confirm', { code: shown(secret, centre.now) });
    const ids = [];
    const open = async (who) => {
      const { id } = await newCall(who);
      ids.push(id);
      return id;
    };
    const first = await open(person);
    const { checkpoints } = await holds(centre);

    await centre.setClock(years);
    await assert.rejects(person.get('/session'), refused(401, 'session.ended'));
    assert.equal((await entries(await centre.person(cast.acceptance), first, 'passed-on')).length, 1);
    const ahead = await centre.person(cast.acceptance);
    const inFuture = await open(ahead);
    await signIn(cast.network, shown(secret, centre.now));
    for (let tries = 0; tries < 5; ++tries) await assert.rejects(signIn(cast.support, undefined, 'wrong'), refused(401, 'session.wrong'));
    await assert.rejects(signIn(cast.support), refused(429, 'session.too-many'));

    // Back to where it was: what the future saw binds nobody.
    await centre.setClock(later(demoNow, 10));
    await assert.rejects(ahead.get('/session'), refused(401, 'session.ended'));
    person = await centre.person(cast.acceptance);
    await signIn(cast.support);
    await signIn(cast.network, shown(secret, centre.now));
    await assert.rejects(signIn(cast.network, shown(secret, centre.now)), refused(401, 'totp.wrong'));
    for (let n = 0; n < 3; ++n) await open(person);
    assert.equal(new Set(ids).size, ids.length);
    assert.equal((await person.get(`/cases/${inFuture}`)).id, inFuture);

    // Its checkpoints go on within the hour and a tick, and what had fired stays fired, however often the clock goes.
    await centre.advance('PT61M');
    const after = await holds(centre);
    assert.ok(after.checkpoints >= checkpoints + 2, `${after.checkpoints} checkpoints after ${checkpoints}`);
    const farther = later(years, 14 * 24 * 60);
    for (const instant of [farther, later(demoNow, 100), farther]) await centre.setClock(instant);
    const reader = await centre.person(cast.acceptance);
    for (const id of ids) assert.equal((await entries(reader, id, 'passed-on')).length, 1, id);
    await centre.rest();
    // And over a restart in the past.
    centre.now = later(demoNow, 200);
    await centre.serve();
    await assert.rejects(reader.get('/session'), refused(401, 'session.ended'));
    const again = await centre.person(cast.acceptance);
    ids.push((await newCall(again)).id);
    assert.equal(new Set(ids).size, ids.length);
    const restarted = await holds(centre);
    await centre.advance('PT61M');
    assert.ok((await holds(centre)).checkpoints > restarted.checkpoints);
  } finally {
    await centre.stop();
  }
});

// ---- mail ----

// An SMTP server whose first `hanging` connections hear nothing; the others give their mails away.
async function slowSmtp(hanging) {
  const state = { connections: 0, mails: [], sockets: new Set() };
  const server = createServer((socket) => {
    state.sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => state.sockets.delete(socket));
    if (++state.connections <= hanging) return;
    let text = '';
    let inMail = false;
    socket.write('220 here\r\n');
    socket.on('data', (chunk) => {
      text += chunk;
      for (let end; (end = text.indexOf(inMail ? '\r\n.\r\n' : '\r\n')) >= 0; ) {
        const line = text.slice(0, end);
        text = text.slice(end + (inMail ? 5 : 2));
        if (inMail) state.mails.push(line);
        const data = !inMail && line.toUpperCase() === 'DATA';
        socket.write(inMail ? '250 taken\r\n' : data ? '354 go on\r\n' : /^QUIT/i.test(line) ? '221 bye\r\n' : /^AUTH/i.test(line) ? '235 in\r\n' : '250 ok\r\n');
        inMail = data;
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(state, {
    port: server.address().port,
    close: () => {
      for (const socket of state.sockets) socket.destroy();
      server.close();
    },
  });
}

async function withMailServer(hanging, work) {
  const smtp = await slowSmtp(hanging);
  const centre = await Centre.start({ clock: 'system' });
  try {
    const owner = await centre.person(cast.owner);
    const host = { host: '127.0.0.1', port: smtp.port, security: 'none', login: '' };
    const nowhere = { ...host, port: 9 };
    await owner.post('/mailboxes', { name: '客服邮箱', address: 'service@keepword.test', imap: nowhere, imap_password: 'x', smtp: host, smtp_password: '' });
    const ask = async (login) => {
      const { items: [one] } = await owner.get(`/people?q=${login}`);
      await owner.patch(`/people/${one.id}`, { email: `${login}@example.test` }, one.version);
      await new Person(centre, login).post('/password-resets', { login });
    };
    await work(centre, smtp, ask);
  } finally {
    await centre.stop();
    smtp.close();
  }
}

test('a mail server that hangs holds up no other mail, no alarm, and not the end of the program', { timeout: 120_000 }, async (t) => {
  await withMailServer(1, async (centre, smtp, ask) => {
    await ask(cast.network);
    await until(() => smtp.connections === 1, 20);
    await ask(cast.support);
    const [mail] = await until(() => smtp.mails.length > 0 && smtp.mails, 20);
    assert.match(mail, /service@keepword\.test/);
  });
  await withMailServer(1000, async (centre, smtp, ask) => {
    for (const login of [cast.network, cast.support, cast.field]) await ask(login);
    await until(() => smtp.connections >= 2, 20);
    const person = await centre.person(cast.acceptance);
    const { id } = await newCall(person);
    const began = Date.now();
    await person.post(`/cases/${id}/pause`, { reason: '等客户回电', until: new Date(began + 1500).toISOString() });
    await until(async () => (await person.get(`/cases/${id}`)).state === 'open', 20);
    t.diagnostic(`the alarm acted ${Date.now() - began - 1500} ms after it was due`);
    const stopping = Date.now();
    await centre.rest();
    t.diagnostic(`the program ended within ${Date.now() - stopping} ms`);
    assert.ok(Date.now() - stopping < 8_000);
    assert.equal(centre.process.exitCode, 0);
  });
});

// ---- PostgreSQL away ----

test('without its PostgreSQL no centre is served, and the reason is said', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keepword-test-'));
  try {
    const { status, out, complaint } = serving('--data', join(folder, 'data'), '--database', `postgresql:///none?host=${folder}&user=keepword`);
    assert.equal(status, 3, complaint);
    assert.equal(out, '');
    assert.match(complaint, /database cannot be reached/);
    assert.ok(complaint.includes('storage.connection'), complaint);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const away = Number(process.env.AWAY ?? (process.env.SOAK ? 60 : 8)) * 1000;

test('while PostgreSQL is away everybody is told to come again, and it goes on by itself', { timeout: 120_000 + away }, async (t) => {
  const server = newServer();
  const centre = await Centre.start({ on: 'postgresql', server, clock: 'system' });
  try {
    const person = await centre.person(cast.acceptance);
    const { id } = await newCall(person);
    await server.stop('SIGINT');
    const stopped = Date.now();
    let asked = 0;
    let slowest = 0;
    while (Date.now() - stopped < away) {
      for (const [method, path, body] of [['GET', `/cases/${id}`], ['POST', `/cases/${id}/comments`, { text: 'nobody hears' }]]) {
        const began = Date.now();
        const answer = await person.fetch(method, path, { body });
        const told = await answer.json();
        assert.deepEqual([answer.status, told.code], [503, 'storage.connection']);
        assert.ok(Number(answer.headers.get('retry-after')) >= 1);
        slowest = Math.max(slowest, Date.now() - began);
        ++asked;
      }
      assert.equal((await fetch(`${centre.url}/healthz`)).status, 200);
      const ready = await fetch(`${centre.url}/readyz`);
      assert.equal(ready.status, 503);
      const { checks } = await ready.json();
      assert.deepEqual(checks.map((c) => [c.name, c.code]), [['database', 'storage.connection'], ['schema', 'storage.connection'], ['disk', undefined]]);
    }
    server.start(['-c', 'fsync=off']);
    const back = Date.now();
    await until(async () => (await fetch(`${centre.url}/readyz`)).status === 200, 30);
    t.diagnostic(`${asked} requests refused in ${away / 1000} s, the slowest after ${slowest} ms; ready ${Date.now() - back} ms after PostgreSQL was`);
    assert.ok(Date.now() - back < 10_000);
    await person.post(`/cases/${id}/comments`, { text: 'it is back' });
    assert.deepEqual(await comments(person, id), ['it is back']);
    await holds(centre);
  } finally {
    await centre.stop();
    server.remove();
  }
});
