// The settings of a centre: in a file, on the command line, and what keeps a folder and its database together.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { binary, Centre } from '../support/centre.mjs';

let folder;
before(() => (folder = mkdtempSync(join(tmpdir(), 'keepword-settings-'))));
after(() => rmSync(folder, { recursive: true, force: true }));

const said = (...words) => spawnSync(binary, words, { encoding: 'utf8', env: { ...process.env, LANG: 'en' } });
const fileOf = (text) => {
  const file = join(folder, 'keepword.toml');
  writeFileSync(file, text);
  return file;
};

test('what is shown is a file that says the same', () => {
  const file = fileOf('listen = "127.0.0.1:9090"\ntrusted_proxies = ["10.0.0.0/8", "::1"]\nthreads = 4\n');
  const shown = said('config', 'show', '--config', file, '--listen', '[::1]:7070');
  assert.equal(shown.status, 0, shown.stderr);
  assert.match(shown.stdout, /^listen = ['"]\[::1\]:7070['"]$/m, 'the command line wins');
  assert.match(shown.stdout, /^threads = 4$/m);
  assert.match(shown.stdout, /^trusted_proxies = \[['"]10\.0\.0\.0\/8['"], ['"]::1['"]\]$/m);
  const again = fileOf(shown.stdout);
  assert.equal(said('config', 'check', again).status, 0);
  const third = said('config', 'show', '--config', again);
  assert.equal(third.stdout.replace(/^data = .*$/m, ''), shown.stdout.replace(/^data = .*$/m, ''));
});

test('what is wrong in a file is named with its line and column', () => {
  const file = fileOf('listen = "127.0.0.1:9090"\nlisten_on = 5\n\nthreads = "many"\n');
  const checked = said('config', 'check', file);
  assert.equal(checked.status, 1);
  assert.match(checked.stdout, /keepword\.toml:2:\d+ config\.unknown listen_on/);
  assert.match(checked.stdout, /keepword\.toml:4:\d+ config\.type threads/);
  const used = said('audit', 'verify', '--config', file);
  assert.equal(used.status, 2);
  assert.match(used.stderr, /listen_on/);
  assert.match(said('config', 'check', fileOf('listen = \n')).stdout, /:1:\d+ config\.syntax/);
  assert.equal(said('config', 'check', join(folder, 'none.toml')).status, 2);
});

test('paths in a file are meant from where it stands', () => {
  const shown = said('config', 'show', '--config', fileOf('data = "centre"\ntls_cert = "cert.pem"\ntls_key = "/etc/key.pem"\n'));
  assert.ok(shown.stdout.includes(join(folder, 'centre')), shown.stdout);
  assert.ok(shown.stdout.includes(join(folder, 'cert.pem')));
  assert.ok(shown.stdout.includes('"/etc/key.pem"') || shown.stdout.includes("'/etc/key.pem'"));
});

test("a folder is not served with another centre's database, nor with a new one", async () => {
  const [one, other] = [await Centre.start({ empty: true, on: 'sqlite' }), await Centre.start({ empty: true, on: 'sqlite' })];
  try {
    await one.rest();
    await other.rest();
    assert.match(readFileSync(join(one.data, 'centre'), 'utf8'), /^[0-9a-f]{32}$/);
    cpSync(join(one.data, 'keepword.db'), join(folder, 'kept.db'));
    cpSync(join(other.data, 'keepword.db'), join(one.data, 'keepword.db'));
    const swapped = said('audit', 'verify', ...one.where());
    assert.equal(swapped.status, 3);
    assert.match(swapped.stderr, /do not belong to the same centre/);
    rmSync(join(one.data, 'keepword.db'));
    const lost = said('audit', 'verify', ...one.where());
    assert.equal(lost.status, 3);
    assert.match(lost.stderr, /do not belong to the same centre/);
    cpSync(join(folder, 'kept.db'), join(one.data, 'keepword.db'));
    one.run('audit', 'verify');
    // Killed between the two: the mark stands in the database and, begun, in the folder.
    renameSync(join(one.data, 'centre'), join(one.data, 'centre.begun'));
    one.run('audit', 'verify');
    assert.match(readFileSync(join(one.data, 'centre'), 'utf8'), /^[0-9a-f]{32}$/);
  } finally {
    await one.stop();
    await other.stop();
  }
});
