// A centre outgrows its file: moved to PostgreSQL, killed on the way, and served there as if nothing had been.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { binary, Centre, cast, demoDay } from '../support/centre.mjs';
import { postgres } from '../support/postgres.mjs';

const said = (...words) => spawnSync(binary, words, { encoding: 'utf8', env: { ...process.env, LANG: 'en' } });

// Starts a move and kills it when it says a line that `when` likes; whether it came so far.
async function killedAt(data, to, when) {
  const moving = spawn(binary, ['migrate', '--data', data, '--to', to], { stdio: ['ignore', 'ignore', 'pipe'] });
  let killed = false;
  moving.stderr.on('data', (chunk) => {
    if (killed || !when.test(chunk.toString())) return;
    killed = true;
    moving.kill('SIGKILL');
  });
  await once(moving, 'exit');
  return killed;
}

// In the long run (SOAK) it is a large centre.
const large = Boolean(process.env.SOAK);
async function fill(centre) {
  await centre.rest();
  rmSync(centre.data, { recursive: true });
  execFileSync(binary, ['demo', '--data', centre.data, '--day', demoDay, '--months', '1', '--scale', '100000'], { stdio: 'ignore' });
  await centre.serve();
}

test('a centre is moved to PostgreSQL, killed three times on the way, and everything is there', async () => {
  const centre = await Centre.start({ on: 'sqlite' });
  try {
    if (large) await fill(centre);
    const before = await (await centre.person(cast.supervisor)).get('/cases?limit=200');
    await centre.rest();
    const counted = JSON.parse(centre.run('audit', 'verify', '--json'));
    const name = postgres().create();
    const url = postgres().url(name);
    for (const place of [/copying/, /copying task/, /comparing/]) {
      assert.ok(await killedAt(centre.data, url, place), `it came to ${place}`);
      const half = said('audit', 'verify', '--data', centre.data, '--database', url);
      assert.equal(half.status, 3, 'half a centre is not served');
      assert.match(half.stderr, /has not ended/);
    }
    const moved = said('migrate', '--data', centre.data, '--to', url);
    assert.equal(moved.status, 0, moved.stderr);
    assert.match(moved.stdout, /^\d+ tables, \d+ rows moved and compared\. From now on serve with --database pointing there\.\n$/);

    assert.ok(existsSync(join(centre.data, 'keepword.db.moved')), 'the old database is kept');
    const lost = said('audit', 'verify', '--data', centre.data);
    assert.equal(lost.status, 3, 'the folder does not get an empty database');
    assert.match(lost.stderr, /--database/);

    centre.database = name;
    assert.deepEqual(JSON.parse(centre.run('audit', 'verify', '--json')), counted);
    assert.equal(JSON.parse(centre.run('audit', 'replay', '--json')).different, 0);
    await centre.serve();
    const supervisor = await centre.person(cast.supervisor);
    assert.deepEqual(await supervisor.get('/cases?limit=200'), before);
    const found = await supervisor.get(`/cases?q=${encodeURIComponent(before.items[0].number)}`);
    assert.equal(found.items[0].id, before.items[0].id, 'its words are found');
  } finally {
    await centre.stop();
  }
});

test('a centre is moved only into what is empty', async () => {
  const centre = await Centre.start({ empty: true, on: 'sqlite' });
  try {
    await centre.rest();
    const name = postgres().create();
    postgres().sql('CREATE TABLE somebody_elses (id BIGINT)', name);
    const refused = said('migrate', '--data', centre.data, '--to', postgres().url(name));
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /something else/);
    assert.ok(existsSync(join(centre.data, 'keepword.db')));
    centre.run('audit', 'verify');
  } finally {
    await centre.stop();
  }
});
