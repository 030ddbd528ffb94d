// Measures a served centre as its callers see it: ./run bench, or KEEPWORD_BIN=… node bench/load.mjs
// Environment: SECONDS_EACH how long each row is measured (3), CLIENTS ("1 8 32").
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binary, clients, installed, measure, memory, print, running, signIn, start, stop, wrk } from './support/served.mjs';

const folder = mkdtempSync(join(tmpdir(), 'keepword-bench-'));
const data = join(folder, 'data');

const newCase = { kind: 'customer-acceptance', title: '压测：点播节目卡顿', description: '每隔一两分钟卡一次，直播正常。', channel: 'api', contact_name: '刘老师', contact_phone: '0791-80000001', category: 'playback-stutter', urgency: 'normal' };
const accepted = { fields: { 'case.title': newCase.title, 'case.description': newCase.description, 'case.contact_name': '刘老师', 'case.category': 'playback-stutter', 'case.urgency': 'normal' } };

async function measureAll(url) {
  const session = await signIn(url, 'chenxiaoyan');
  const waiting = [];  // first tasks of the cases created, to be completed
  let last;
  for (const count of clients) {
    await measure('case created', url, session, count, async (client) => {
      last = JSON.parse((await client.ask('POST', '/cases', newCase)).body);
      waiting.push(last.steps[0].task);
    });
  }
  const share = Math.floor(waiting.length / clients.length);
  for (const count of clients) {
    await measure('task completed', url, session, count, (client) => client.ask('POST', `/tasks/${waiting.pop()}/complete`, accepted), share);
  }
  const full = memory();
  const fast = installed('wrk');
  for (const [what, path] of [['one case read', `/cases/${last.id}`], ['list page (50)', '/cases?limit=50'], ['tasks to claim', '/tasks?view=claimable&limit=50']]) {
    for (const count of clients) {
      if (fast) wrk(what, url, session, count, path);
      else await measure(what, url, session, count, (client) => client.ask('GET', path), Infinity);
    }
  }
  return { full };
}

try {
  execFileSync(binary, ['demo', '--data', data], { stdio: 'ignore' });
  const starts = [];
  let url;
  for (let i = 0; i < 5; ++i) {
    if (i > 0) await stop();
    const begun = await start(data);
    starts.push(begun.took);
    url = begun.url;
  }
  starts.sort((a, b) => a - b);
  const fresh = memory();
  const { full } = await measureAll(url);
  const last = memory();
  await stop();
  print();
  console.log(`start to ready   ${starts[2].toFixed(0)} ms (middle of five, ${starts[0].toFixed(0)} to ${starts[4].toFixed(0)})`);
  console.log(`memory (PSS)     ${fresh.toFixed(1)} MB after start, ${full.toFixed(1)} MB after the writes, ${last.toFixed(1)} MB after the reads`);
} finally {
  if (running()) await stop();
  rmSync(folder, { recursive: true, force: true });
}
