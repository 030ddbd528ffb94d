// What clients cannot do to the program: ten thousand that only hold a connection, those that send or read a byte a
// second, that never end, that come faster than anything can be written. And a certificate that changes under way.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { cast, Centre, database } from '../support/centre.mjs';
import { until } from '../support/mail.mjs';

let centre, person;
before(async () => {
  centre = await Centre.start();
  person = await centre.person(cast.acceptance);
});
after(() => centre.stop());

// A connection that says what it is told to and keeps what it hears. A program that cuts it off is an end like any other.
function open(from = '127.0.0.1', to = centre) {
  const socket = connect({ port: Number(new URL(to.url).port), host: '127.0.0.1', localAddress: from });
  const one = { socket, heard: '', ended: false };
  socket.setEncoding('latin1');
  socket.on('data', (text) => (one.heard += text));
  socket.on('error', () => {});
  one.closed = new Promise((resolve) => socket.once('close', () => resolve((one.ended = true))));
  return one;
}
const get = (path) => `GET ${path} HTTP/1.1\r\nhost: here\r\n\r\n`;
const status = (one) => Number(/^HTTP\/1\.1 (\d+)/.exec(one.heard)?.[1]);

// Whether the program still holds its end of the connection from this port.
const hex = (port) => Number(port).toString(16).toUpperCase().padStart(4, '0');
const servedTo = (port) => readFileSync('/proc/net/tcp', 'utf8').split('\n').some((line) => {
  const [, local, remote, state] = line.trim().split(/\s+/);
  return state === '01' && local === `0100007F:${hex(new URL(centre.url).port)}` && remote === `0100007F:${hex(port)}`;
});

// How long somebody at a screen waits beside all that: the middle and the longest of so many.
async function served(times, what = () => person.get('/cases?limit=20')) {
  const took = [];
  for (let n = 0; n < times; ++n) {
    const began = performance.now();
    await what();
    took.push(performance.now() - began);
  }
  took.sort((a, b) => a - b);
  return { middle: took[took.length >> 1], longest: took.at(-1) };
}
const mebibytes = (kind) => Number(new RegExp(`^${kind}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${centre.process.pid}/smaps_rollup`, 'utf8'))[1]) / 1024;

test('ten thousand idle connections cost little memory, and beside them requests are answered as ever', { timeout: 120_000 }, async (t) => {
  const many = 10_000;
  const allowed = Number(/Max open files\s+\d+\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))[1]);
  if (allowed < many + 500) return t.skip(`only ${allowed} open files are allowed here`);
  const before = { pss: mebibytes('Pss'), alone: await served(50) };
  const all = [];
  const began = Date.now();
  // Several addresses, since one may have a thousand and a bit; some at a time, as people come.
  for (let n = 0; n < many; ) {
    const some = Array.from({ length: 250 }, () => open(`127.0.0.${2 + (n++ % 12)}`));
    for (const one of some) one.socket.write(get('/healthz'));
    await Promise.all(some.map((one) => until(() => one.heard.endsWith('ok\n'), 30)));
    all.push(...some);
  }
  const opened = Date.now() - began;
  const beside = await served(200);
  const cost = mebibytes('Pss') - before.pss;
  t.diagnostic(`${many} connections opened in ${opened} ms cost ${cost.toFixed(1)} MiB (PSS, ${before.pss.toFixed(1)} before); a list beside them takes ` +
    `${beside.middle.toFixed(1)} ms, at most ${beside.longest.toFixed(1)} (alone ${before.alone.middle.toFixed(1)} and ${before.alone.longest.toFixed(1)})`);
  assert.equal(all.filter((one) => one.ended).length, 0);
  // A sanitizer keeps its own books beside every byte.
  assert.ok(cost < (process.env.KEEPWORD_SANITIZED ? 600 : 150), `${cost} MiB`);
  assert.ok(beside.longest < 2_000, `${beside.longest} ms`);
  // Each of them is still good for a request.
  const sample = all.filter((_, n) => n % 100 === 0);
  for (const one of sample) {
    one.heard = '';
    one.socket.write(get('/healthz'));
  }
  await Promise.all(sample.map((one) => until(() => status(one) === 200, 30)));
  for (const one of all) one.socket.destroy();
  await Promise.all(all.map((one) => one.closed));
});

test('who sends or reads a byte a second, and who never ends, is cut off at the limit while others are served', { timeout: 120_000 }, async (t) => {
  const began = Date.now();
  const since = () => (Date.now() - began) / 1000;
  const ends = {};
  const watch = (name, one) => {
    one.closed.then(() => (ends[name] = since()));
    return one;
  };
  const drip = (one, text) => {
    let at = 0;
    const timer = setInterval(() => (one.ended || at === text.length ? clearInterval(timer) : one.socket.write(text[at++])), 1000);
    one.closed.then(() => clearInterval(timer));
  };
  const head = watch('head', open());
  drip(head, get('/' + 'a'.repeat(100)));
  const body = watch('body', open());
  body.socket.write('POST /api/v1/session HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{');
  drip(body, ' '.repeat(999));
  // Asks for more than the buffers between the two hold, and reads none of it. What is cut off hears of it only when it
  // looks, so that the program's end of it is watched.
  const reader = open();
  await once(reader.socket, 'connect');
  reader.socket.pause();
  reader.socket.write(get('/').repeat(20_000));
  const { localPort } = reader.socket;

  const huge = open();
  huge.socket.write(`GET / HTTP/1.1\r\nhost: here\r\nx-large: ${'x'.repeat(60_000)}\r\n\r\n`);
  const endlessHead = open();
  endlessHead.socket.write('GET / HTTP/1.1\r\nhost: here\r\n');
  const endlessBody = open();
  endlessBody.socket.write('POST /api/v1/session HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n');
  const pour = async (one, piece) => {
    while (!one.ended && !one.heard) {
      if (!one.socket.write(piece)) await Promise.race([once(one.socket, 'drain').catch(() => {}), one.closed]);
      await wait(1);
    }
    await one.closed;
  };
  await Promise.all([huge.closed, pour(endlessHead, `x-more: ${'x'.repeat(500)}\r\n`), pour(endlessBody, `1000\r\n${'x'.repeat(4096)}\r\n`)]);
  assert.deepEqual([status(huge), status(endlessHead), status(endlessBody)], [431, 431, 413]);
  t.diagnostic(`huge and endless ones were cut within ${since().toFixed(1)} s`);
  assert.ok(since() < 8);

  let longest = 0;
  while (!ends.head || !ends.body || !ends.reader) {
    longest = Math.max(longest, (await served(10)).longest);
    if (!ends.reader && !servedTo(localPort)) ends.reader = since();
    assert.ok(since() < 60, `cut off: ${JSON.stringify(ends)}`);
    await wait(100);
  }
  t.diagnostic(`cut off after s: ${JSON.stringify(ends)}; others waited at most ${longest.toFixed(1)} ms`);
  assert.deepEqual([status(head), status(body)], [408, 408]);
  assert.ok(ends.head >= 9 && ends.head < 20, `${ends.head}`);
  assert.ok(ends.body >= 29 && ends.body < 45, `${ends.body}`);
  assert.ok(ends.reader >= 29 && ends.reader < 45, `${ends.reader}`);
  reader.socket.destroy();
  assert.ok(longest < 2_000, `${longest} ms`);
});

// Nobody can write while this is held, as when another process holds the database.
function holdDatabase() {
  const [program, args, words] = database === 'postgresql'
    ? ['psql', ['-X', '-q', '-h', centre.server.folder, '-U', 'keepword', '-d', centre.database], 'BEGIN; LOCK TABLE audit IN EXCLUSIVE MODE;\n\\echo held\n']
    : ['sqlite3', [join(centre.data, 'keepword.db')], 'BEGIN IMMEDIATE;\n.print held\n'];
  const holder = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  holder.stdin.write(words);
  const held = once(holder.stdout, 'data');
  return {
    held,
    release: async () => {
      holder.stdin.end('ROLLBACK;\n');
      await once(holder, 'exit');
    },
  };
}

test('when more comes than can be written everybody beyond the queue is told to come again, and nothing is lost', { timeout: 60_000 }, async (t) => {
  const { id } = await person.post('/hotline/calls', {
    title: '机顶盒无法开机', description: '指示灯不亮。', contact_name: '周老师', contact_phone: '0791-80000021', category: 'terminal', urgency: 'normal', solved: false,
  });
  const holder = holdDatabase();
  await holder.held;
  const began = Date.now();
  const answers = Array.from({ length: 600 }, async (_, n) => {
    const answer = await person.fetch('POST', `/cases/${id}/comments`, { body: { text: `flood ${n}` } });
    const body = await answer.json();
    return { n, status: answer.status, code: body.code, again: answer.headers.get('retry-after'), after: Date.now() - began };
  });
  // What is beyond the queue does not wait for it.
  const refused = new Set();
  for (const [n, answer] of answers.entries()) answer.then((a) => a.status === 503 && refused.add(n));
  await until(() => refused.size >= 600 - 256, 20);
  const told = Date.now() - began;
  await holder.release();
  const all = await Promise.all(answers);
  const taken = all.filter((a) => a.status === 200);
  const turned = all.filter((a) => a.status === 503);
  t.diagnostic(`${turned.length} of 600 were turned away within ${told} ms, ${taken.length} written after the wait`);
  assert.equal(taken.length + turned.length, 600, JSON.stringify(all.find((a) => a.status !== 200 && a.status !== 503)));
  // On PostgreSQL those in hand all want the same case at once, and some give up their place to others.
  const giveWay = database === 'postgresql' ? ['storage.serialization', 'storage.busy'] : [];
  assert.equal(turned.filter((a) => a.code === 'http.busy').length, 600 - 256);
  for (const one of turned) assert.ok(['http.busy', ...giveWay].includes(one.code) && Number(one.again) >= 1, JSON.stringify(one));
  assert.ok(taken.length > 0);
  if (giveWay.length === 0) assert.equal(taken.length, 256);
  const texts = [];
  for (let next = ''; next !== null; ) {
    const page = await person.get(`/cases/${id}/timeline?kind=commented&limit=200${next ? `&cursor=${encodeURIComponent(next)}` : ''}`);
    texts.push(...page.items.map((e) => e.text));
    next = page.next;
  }
  assert.deepEqual(texts.sort(), taken.map((a) => `flood ${a.n}`).sort());
  await person.post(`/cases/${id}/comments`, { text: 'and on it goes' });
});

// ---- TLS ----

function certificate(folder, name) {
  const paths = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
    '-keyout', paths.key, '-out', paths.cert], { stdio: 'ignore' });
  return paths;
}

test('a new certificate is taken up without a restart, and a broken one leaves the old in place', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keepword-tls-'));
  const [one, two] = ['one', 'two'].map((name) => certificate(folder, name));
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => join(folder, name));
  const put = (paths) => (copyFileSync(paths.key, key), copyFileSync(paths.cert, cert));
  put(one);
  const secure = await Centre.start({ args: ['--tls-cert', cert, '--tls-key', key], empty: true, on: 'sqlite' });
  const sockets = [];
  const enter = async () => {
    const socket = connectTls({ port: Number(new URL(secure.url).port), host: '127.0.0.1', rejectUnauthorized: false });
    sockets.push(socket);
    await once(socket, 'secureConnect');
    return { socket, name: socket.getPeerCertificate().subject.CN };
  };
  const ask = async ({ socket }) => {
    socket.write(get('/healthz'));
    return String((await once(socket, 'data'))[0]).slice(0, 15);
  };
  const reload = async (said) => {
    const from = secure.log.length;
    secure.process.kill('SIGHUP');
    await until(() => secure.log.slice(from).includes(said), 20);
  };
  try {
    const old = await enter();
    assert.equal(old.name, 'one');
    assert.equal(await ask(old), 'HTTP/1.1 200 OK');
    put(two);
    await reload('the certificate was read again');
    assert.equal((await enter()).name, 'two');
    assert.equal(await ask(old), 'HTTP/1.1 200 OK');
    writeFileSync(cert, 'no certificate at all');
    await reload('the certificate was not read again');
    // A key that is another's is as bad.
    copyFileSync(one.cert, cert);
    await reload('the certificate was not read again');
    const later = await enter();
    assert.equal(later.name, 'two');
    assert.equal(await ask(later), 'HTTP/1.1 200 OK');
    assert.equal(await ask(old), 'HTTP/1.1 200 OK');
  } finally {
    for (const socket of sockets) socket.destroy();
    await secure.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
