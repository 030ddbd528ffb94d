// A demo of any size is a centre like any other: its cases are found, its audit holds, its events lead to its states.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { binary, cast, Centre, database, demoDay } from '../support/centre.mjs';
import { postgres } from '../support/postgres.mjs';

test('a demo can be filled to any size', async () => {
  const centre = await Centre.start({ empty: true });
  await centre.rest();
  rmSync(centre.data, { recursive: true });
  if (database === 'postgresql') centre.database = postgres().create();
  try {
    const made = spawnSync(binary, ['demo', ...centre.where(), '--day', demoDay, '--months', '1', '--scale', '700'], { encoding: 'utf8' });
    assert.equal(made.status, 0, made.stderr);
    // The last ones may be a case and the one it called.
    assert.match(made.stderr, /70[01] of 700 cases/);
    assert.match(centre.run('audit', 'verify'), /holds/);
    const replayed = JSON.parse(centre.run('audit', 'replay', '--json'));
    assert.ok(replayed.cases > 900, `${replayed.cases} cases`);
    assert.equal(replayed.different, 0);
    await centre.serve();
    const manager = await centre.person(cast.manager);
    const early = await manager.get('/cases?opened_until=2025-12-01&limit=200');
    assert.ok(early.items.length > 100, `${early.items.length} cases of the months before`);
    assert.equal(new Set(early.items.map((c) => c.number)).size, early.items.length);
    const one = early.items.find((c) => c.state === 'archived');
    const days = (a, b) => Math.abs(Date.parse(a) - Date.parse(b)) / 86_400_000;
    assert.ok(days(one.opened_at, one.closed_at) < 30, 'its times have moved together');
    assert.equal(one.number.slice(2, 10), new Date(Date.parse(one.opened_at) + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', ''));
    assert.deepEqual((await manager.get(`/cases?q=${one.number}`)).items.map((c) => c.id), [one.id], 'it is found by its number');
    const exported = await manager.fetch('GET', `/cases/${one.id}/export`);
    assert.equal(exported.status, 200, await exported.clone().text().then((t) => t.slice(0, 200)));
  } finally {
    await centre.stop();
  }
});
