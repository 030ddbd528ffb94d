// The command line beside a served centre: the verbs reach it through its admin socket, and do the same without it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { binary, cast, Centre } from '../support/centre.mjs';

const drawing = new URL('../../processes/customer-acceptance/process.bpmn', import.meta.url).pathname;

let centre;
let scratch;
before(async () => {
  centre = await Centre.start();
  scratch = mkdtempSync(join(tmpdir(), 'keepword-cli-'));
});
after(async () => {
  await centre.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const said = (...words) => {
  const { status, stdout, stderr } = spawnSync(binary, words, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  return { status, out: stdout, complaint: stderr };
};
const here = (...words) => said(...words, ...centre.where());
const tokens = () => JSON.parse(here('token', 'list', '--json').out);

async function tokenRoundTrip() {
  const made = JSON.parse(here('token', 'create', '--login', cast.acceptance, '--json').out);
  assert.match(made.token, /^kw_/);
  assert.ok(tokens().some((row) => row.id === made.id && row.login === cast.acceptance));
  return made;
}

test('a token made beside the running program opens it at once, and no longer once it is revoked', async () => {
  const made = await tokenRoundTrip();
  const ask = () => fetch(`${centre.url}/api/v1/session`, { headers: { authorization: `Bearer ${made.token}` } });
  assert.equal((await ask()).status, 200);
  assert.equal(here('token', 'revoke', made.id).status, 0);
  assert.equal((await ask()).status, 401);
  const unknown = here('token', 'create', '--login', 'nobody-at-all');
  assert.deepEqual([unknown.status, unknown.out], [2, '']);
});

test('the API is described as it is, and the web client is made from that description', () => {
  const kept = readFileSync(new URL('../../web/openapi.json', import.meta.url), 'utf8');
  assert.deepEqual(JSON.parse(kept), JSON.parse(said('openapi').out), '`npm run contract` in web/ renews it');
});

test('a process deployed beside the running program is in use at once', async () => {
  const folder = mkdtempSync(join(scratch, 'process-'));
  for (const form of ['accept', 'archive', 'arrange-sum-up', 'coordinate', 'feed-back', 'handle-first', 'handle-interface', 'handle-network',
    'handle-other-centre', 'handle-support', 'report-supervisor', 'sum-up']) {
    const name = `${form}.form.json`;
    writeFileSync(join(folder, name), readFileSync(new URL(name, `file://${drawing}`)));
  }
  const file = join(folder, 'process.bpmn');
  writeFileSync(file, readFileSync(drawing, 'utf8').replace('PT30M', 'PT20M'));
  const deployed = here('process', 'deploy', file);
  assert.equal(deployed.status, 0, deployed.complaint);
  const version = deployed.out.trim();
  const owner = await centre.person(cast.owner);
  assert.equal((await owner.get('/processes/customer-acceptance')).version, version);
  assert.match(here('process', 'list').out, new RegExp(`${version.slice(0, 12)}  customer-acceptance`));
  const settings = (await owner.get('/settings')).items;
  assert.equal(settings.find((row) => row.key === 'clock.customer-acceptance.handle-first-limit').value, 'PT20M');

  writeFileSync(file, readFileSync(drawing, 'utf8').replace('kw:role="network-engineer"', ''));
  const refused = here('process', 'deploy', file);
  assert.equal(refused.status, 2);
  assert.match(refused.complaint, /\d+:\d+/);
});

test('a case is exported and the audit verified beside the running program', async () => {
  const zip = join(scratch, 'case.zip');
  const { number } = (await (await centre.person(cast.supervisor)).get('/cases?limit=1')).items[0];
  const exported = here('case', 'export', number, '-o', zip);
  assert.equal(exported.status, 0, exported.complaint);
  assert.equal(said('case', 'verify', zip).status, 0);
  const verdict = JSON.parse(here('audit', 'verify', '--json').out);
  assert.equal(verdict.holds, true);
  assert.ok(verdict.entries > 1_000);
  assert.equal(here('case', 'export', 'nothing', '-o', zip).status, 2);
});

test('a second program is refused the folder, and only the owner of the folder may use the socket', () => {
  const second = said('serve', ...centre.where(), '--listen', '127.0.0.1:0');
  assert.equal(second.status, 3);
  assert.match(second.complaint, /Another keepword/);
  assert.equal(statSync(join(centre.data, 'admin.sock')).mode & 0o777, 0o600);
});

test('the same verbs work while nobody serves, also after the program was killed', async () => {
  await centre.kill();
  const made = await tokenRoundTrip();
  assert.equal(here('token', 'revoke', made.id).status, 0);
  await centre.serve();
  assert.ok(tokens().length >= 0);
  await centre.rest();
  assert.equal(existsSync(join(centre.data, 'admin.sock')), false);
  await centre.serve();
});

test('a folder with a slip in its name is no centre, and none is made of it', () => {
  const nowhere = join(scratch, 'nowhere');
  const verdict = said('audit', 'verify', '--data', nowhere);
  assert.equal(verdict.status, 2);
  assert.match(verdict.complaint, /nowhere/);
  assert.equal(existsSync(nowhere), false);
});

test('a process is simulated: a line for every step, and a complaint about what never happened', () => {
  const events = join(scratch, 'events.jsonl');
  const lines = (...all) => writeFileSync(events, all.map((one) => JSON.stringify(one)).join('\n'));
  lines({ start: null, fields: { solved: false } });
  const begun = said('process', 'simulate', drawing, '--events', events);
  const steps = begun.out.trim().split('\n').map((line) => JSON.parse(line));
  assert.ok(steps.some((step) => step.event === 'enter' && step.element === 'accept'), begun.out);
  lines({ start: null }, { complete: 'nothing-of-this-name' });
  const never = said('process', 'simulate', drawing, '--events', events);
  assert.notEqual(never.status, 0);
  assert.match(never.complaint, /2/);
  assert.equal(said('process', 'simulate', drawing, '--events', join(scratch, 'none.jsonl')).status, 2);
});
