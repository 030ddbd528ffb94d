// The restore drill: a backup taken while people work, proven, restored elsewhere, and served from there.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { binary, cast, Centre, database } from '../support/centre.mjs';
import { postgres } from '../support/postgres.mjs';

let centre, folder, file;
const empty = () => (database === 'postgresql' ? ['--database', postgres().url(postgres().create())] : []);
const said = (...words) => spawnSync(binary, words, { encoding: 'utf8', env: { ...process.env, LANG: 'en' } });

before(async () => {
  centre = await Centre.start({ clock: 'system' });
  folder = mkdtempSync(join(tmpdir(), 'keepword-backups-'));
  file = join(folder, 'centre.backup');
});
after(async () => {
  await centre.stop();
  rmSync(folder, { recursive: true, force: true });
});

// Opens a case with a file on it; its number and what the file held.
async function openCase(person, n) {
  const made = await person.post('/cases', { kind: 'customer-acceptance', title: `备份演练 ${n}`, channel: 'api' });
  const bytes = `现场记录 ${n}\n`;
  const answer = await person.fetch('POST', `/cases/${made.id}/attachments`, { raw: bytes, headers: { 'content-type': 'text/plain', 'content-disposition': `attachment; filename="${n}.txt"` } });
  assert.equal(answer.status, 201, await answer.clone().text());
  return { id: made.id, number: made.number, bytes };
}

test('a backup made while people work holds all that was acknowledged before', async () => {
  const person = await centre.person(cast.acceptance);
  const server = { host: '127.0.0.1', port: 1, security: 'none', login: 'service@keepword.test' };
  await (await centre.person(cast.owner)).post('/mailboxes', {
    name: '客服邮箱', address: 'service@keepword.test', imap: server, imap_password: 'service-pass', smtp: server, smtp_password: 'service-pass',
  });
  const before = [];
  for (let n = 0; n < 5; ++n) before.push(await openCase(person, n));
  let stop = false;
  const working = (async () => {
    let count = 0;
    for (; !stop; ++count) await openCase(person, `meanwhile ${count}`);
    return count;
  })();
  const made = await new Promise((resolve) => execFile(binary, ['backup', 'create', file, ...centre.where()], (error, stdout, stderr) => resolve({ error, stderr })));
  stop = true;
  assert.ok((await working) > 0, 'somebody worked meanwhile');
  assert.equal(made.error, null, made.stderr);
  assert.equal(statSync(file).mode & 0o777, 0o600, 'it holds the keys');
  assert.deepEqual(readdirSync(join(centre.data, 'spool')), [], 'nothing is left in the spool');

  const proof = said('backup', 'verify', file, '--json', ...empty());
  assert.equal(proof.status, 0, proof.stderr);
  const told = JSON.parse(proof.stdout);
  assert.equal(told.holds, true);
  assert.deepEqual(told.missing, []);
  assert.ok(told.cases > 250 && told.files >= 10, proof.stdout);

  const other = new Centre();
  other.folder = mkdtempSync(join(tmpdir(), 'keepword-restored-'));
  other.data = join(other.folder, 'data');
  other.options = { clock: 'system', args: [] };
  if (database === 'postgresql') other.database = postgres().create();
  // With a slash at its end, as a shell completes a folder's name.
  const restored = said('backup', 'restore', file, ...other.where().map((word) => (word === other.data ? `${word}/` : word)));
  assert.equal(restored.status, 0, restored.stderr);
  assert.match(restored.stdout, /1 mailboxes are switched off/);
  await other.serve();
  try {
    const [box] = (await (await other.person(cast.owner)).get('/mailboxes')).items;
    assert.equal(box.active, false, 'a drill takes no mails from the real centre');
    const again = await other.person(cast.acceptance);
    for (const one of before) {
      const shown = await again.get(`/cases/${one.id}`);
      assert.equal(shown.number, one.number);
      const got = await again.fetch('GET', `/cases/${one.id}/attachments/${shown.attachments[0].id}`);
      assert.equal(await got.text(), one.bytes);
    }
    await openCase(again, 'after the restore');
  } finally {
    await other.stop();
  }
});

test('a damaged backup is found out, wherever it is damaged', () => {
  const whole = readFileSync(file);
  const broken = join(folder, 'broken.backup');
  const cases = [
    ['cut short', whole.subarray(0, whole.length - 200)],
    ['half', whole.subarray(0, whole.length >> 1)],
    ['empty', Buffer.alloc(0)],
    ['something else', Buffer.from('not a backup at all')],
  ];
  for (const share of [0.1, 0.5, 0.9]) {
    const bytes = Buffer.from(whole);
    bytes[Math.floor(bytes.length * share)] ^= 0xff;
    cases.push([`a byte at ${share}`, bytes]);
  }
  for (const [what, bytes] of cases) {
    writeFileSync(broken, bytes);
    const proof = said('backup', 'verify', broken, ...empty());
    assert.equal(proof.status, 1, `${what}: ${proof.stdout}${proof.stderr}`);
    assert.match(proof.stderr, /not whole, or damaged/, what);
    const nowhere = join(folder, 'nowhere');
    assert.notEqual(said('backup', 'restore', broken, '--data', nowhere, ...empty()).status, 0, what);
    assert.equal(existsSync(nowhere), false, `${what}: half a centre is left`);
  }
  assert.equal(said('backup', 'verify', join(folder, 'missing')).status, 2);
});

test('nothing that is there is written over', () => {
  const again = said('backup', 'create', file, ...centre.where());
  assert.equal(again.status, 2);
  assert.match(again.stderr, /not overwritten/);
  const over = said('backup', 'restore', file, '--data', centre.data, ...empty());
  assert.equal(over.status, 2);
  assert.match(over.stderr, /not overwritten/);
});

test('a backup goes back only into the kind of database it is from', () => {
  const words = database === 'postgresql' ? [] : ['--database', postgres().url(postgres().create())];
  const wrong = said('backup', 'restore', file, '--data', join(folder, 'wrong'), ...words);
  assert.equal(wrong.status, 2, wrong.stderr);
  assert.match(wrong.stderr, /other kind of database/);
});
