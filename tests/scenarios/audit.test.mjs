// The audit as auditors use it: found by who, what, on what and when; handed out so that anybody can follow its hashes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { cast, Centre } from '../support/centre.mjs';

let centre;
let auditor;
let owner;
before(async () => {
  centre = await Centre.start();
  [auditor, owner] = [await centre.person(cast.auditor), await centre.person(cast.owner)];
  const [clock] = (await owner.get('/settings')).items;
  await owner.put(`/settings/${clock.key}`, { value: 'PT45M' }, clock.version);
});
after(() => centre.stop());

const found = async (query) => (await auditor.get(`/audit?limit=200&${new URLSearchParams(query)}`)).items;
async function exported(query = {}, who = auditor) {
  const answer = await who.fetch('GET', `/audit/export?${new URLSearchParams(query)}`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-disposition'), /attachment/);
  const lines = (await answer.text()).split('\n');
  assert.equal(lines.pop(), '', 'every line is ended');
  assert.equal(Number(answer.headers.get('x-entries')), lines.length);
  return lines.map((line) => JSON.parse(line));
}

test('entries are found by who, what, on what and when', async () => {
  const [change] = await found({ action: 'setting.changed' });
  assert.equal(change.actor_name, owner.me.name);
  const same = (entries) => entries.some((entry) => entry.chain === change.chain && entry.seq === change.seq);
  for (const query of [
    { action: 'setting.*' }, { actor: change.actor }, { actor: owner.me.name }, { actor: owner.me.login }, { subject: change.subject },
    { subject: 'setting:*' }, { from: change.at }, { chain: 'system', seq: change.seq },
  ]) {
    const entries = await found(query);
    assert.ok(same(entries), JSON.stringify(query));
  }
  assert.ok((await found({ action: 'setting.*' })).every((entry) => entry.action.startsWith('setting.')));
  assert.ok((await found({ subject: 'setting:*' })).every((entry) => entry.subject.startsWith('setting:')));
  for (const query of [{ until: change.at }, { action: 'setting' }, { actor: 'nobody' }, { subject: 'setting:' }, { chain: 'system', seq: change.seq - 1 }]) {
    assert.ok(!same(await found(query)), JSON.stringify(query));
  }
  for (const query of ['from=yesterday', 'until=1', 'seq=1', 'chain=system&seq=x', 'cursor=x']) {
    await assert.rejects(auditor.get(`/audit?${query}`), { status: 422 }, query);
  }
});

test('an entry says what it is about by the name people know', async () => {
  const organisation = await owner.post('/organisations', { name: '井冈山广播电视台', region: '360881', kind: 'customer' });
  const [made] = await found({ subject: `organisation:${organisation.id}` });
  assert.equal(made.subject_name, organisation.name);
  const [known] = (await (await centre.person(cast.manager)).get('/cases?limit=1')).items;
  const [told] = await found({ chain: known.number });
  assert.equal(told.subject_name, known.number);
  const [setting] = await found({ action: 'setting.changed' });
  assert.equal(setting.subject_name, null);
});

// docs/audit-format.md, byte for byte.
function hashOf(line) {
  const u64 = (n) => { const bytes = Buffer.alloc(8); bytes.writeBigInt64BE(BigInt(n)); return bytes; };
  const text = (s) => Buffer.concat([u64(Buffer.byteLength(s)), Buffer.from(s)]);
  return createHash('sha256').update(Buffer.concat([
    text('keepword audit entry 1'), text(line.chain), u64(line.seq), u64(line.at_ms), text(line.actor), text(line.action), text(line.subject),
    text(line.data), Buffer.from(line.previous, 'hex'),
  ])).digest('hex');
}

test('an export is all that is asked for, and its hashes can be followed by anybody', async (t) => {
  const began = performance.now();
  const lines = await exported();
  t.diagnostic(`${lines.length} entries in ${Math.round(performance.now() - began)} ms`);
  const chains = new Map();
  for (const line of lines) chains.set(line.chain, [...(chains.get(line.chain) ?? []), line]);
  assert.ok(chains.size > 100 && chains.has('system'));
  for (const entries of chains.values()) {
    entries.sort((a, b) => a.seq - b.seq);
    entries.forEach((entry, i) => {
      assert.equal(entry.seq, i + 1);
      assert.equal(entry.hash, hashOf(entry));
      assert.equal(entry.previous, i === 0 ? '0'.repeat(64) : entries[i - 1].hash);
    });
  }
  const filtered = await exported({ action: 'setting.changed' });
  assert.deepEqual(filtered.map((line) => [line.action, line.actor_name]), [['setting.changed', owner.me.name]]);
  const [noted] = await found({ action: 'audit.exported' });
  assert.deepEqual([noted.actor, noted.data], [auditor.me.id, { action: 'setting.changed', entries: 1 }]);
});

test('who may not read the audit gets none of it', async () => {
  assert.equal((await owner.fetch('GET', '/audit/export')).status, 403);
});

test('verifying says how much and how long', async () => {
  const verdict = await auditor.post('/audit/verify');
  assert.equal(verdict.holds, true);
  assert.ok(verdict.took_ms >= 0);
  assert.equal(verdict.entries, (await exported()).length, 'what is handed out is all there is');
});

test('the command line hands out the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keepword-audit-'));
  try {
    const file = join(folder, 'audit.jsonl');
    const count = (await exported()).length;
    // The export itself is the entry that is more.
    assert.match(centre.run('audit', 'export', '-o', file), new RegExp(`^${count + 1} entries`));
    assert.equal(readFileSync(file, 'utf8').trim().split('\n').length, count + 1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
