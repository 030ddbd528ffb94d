// Measures a centre with a million cases: search, suggestions, lists by any two filters, and scrolling far down.
// ./run bench, or KEEPWORD_BIN=… node bench/scale.mjs
// Environment: SCALE how many cases (1000000), CENTRE a centre that is there already, SECONDS_EACH (3).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binary, Client, measure, memory, print, running, signIn, start, stop } from './support/served.mjs';

const folder = mkdtempSync(join(tmpdir(), 'keepword-bench-'));
const data = process.env.CENTRE ?? join(folder, 'data');
const callers = 8;
const pick = (list) => list[Math.floor(Math.random() * list.length)];
const asked = (path) => async (client) => client.ask('GET', path());
const words = ['点播', '直播', '南昌', '九江', '机房', '黑屏', '卡顿', '断电', '光猫', '花屏', '密码', '账号', '教育', '学校', '酒店', '服务', '网络', '平台', '升级', '录播', '课堂', '画面', '声音', '频道', '报修', '用户', '无法', '登录', '回放', '缓冲'];
const typed = ['nan', 'nanc', 'nanchang', 'nc', 'jj', 'jiuj', '南昌', '九江', '教育', 'ip', 'ipt', 'iptv', 'epg', '学校', 'vod', '点播', 'gz', 'ganz', '0791', '138'];

// Every value that a case of this centre has of a fact, as the list is filtered by it.
async function filtersOf(client) {
  const { items } = JSON.parse((await client.ask('GET', '/cases?limit=200')).body);
  const values = (of) => [...new Set(items.map(of).filter(Boolean))].slice(0, 8);
  return {
    state: ['open', 'waiting', 'archived', 'cancelled'], urgency: ['normal', 'urgent', 'grave'], channel: ['hotline', 'mail', 'portal', 'api'],
    kind: values((one) => one.kind), category: values((one) => one.category), organisation: values((one) => one.organisation?.id),
    owner: values((one) => one.owner?.id), assignee: values((one) => one.steps[0]?.assignee?.id), overdue: ['true'],
    opened_from: ['2025-11-01', '2026-03-01'], opened_until: ['2025-12-01', '2026-02-01'], q: words.slice(0, 12).map(encodeURIComponent),
  };
}
function pairs(filters) {
  const names = Object.keys(filters);
  return names.flatMap((one, i) => names.slice(i + 1).flatMap((other) => filters[one].flatMap((a) => filters[other].map((b) => `${one}=${a}&${other}=${b}`))));
}

// The slowest pairs by themselves, so that one that is slow cannot hide among many that are not.
async function slowest(client, all) {
  const took = [];
  for (const query of all) {
    const began = performance.now();
    await client.ask('GET', `/cases?limit=50&${query}`);
    took.push([performance.now() - began, query]);
  }
  took.sort((a, b) => b[0] - a[0]);
  return took;
}

async function measureAll(url) {
  const session = await signIn(url, 'chenxiaoyan');
  const client = new Client(url, session);
  await measure('search by two characters', url, session, callers, asked(() => `/search?limit=20&q=${encodeURIComponent(pick(words))}`), Infinity);
  await measure('search by two words', url, session, callers, asked(() => `/search?limit=20&q=${encodeURIComponent(`${pick(words)} ${pick(words)}`)}`), Infinity);
  await measure('suggestion', url, session, callers, asked(() => `/suggest?limit=12&q=${encodeURIComponent(pick(typed))}`), Infinity);
  const all = pairs(await filtersOf(client));
  await measure('list by two filters', url, session, callers, asked(() => `/cases?limit=50&${pick(all)}`), Infinity);
  await measure('counts of a list', url, session, callers, asked(() => `/cases/counts?${pick(all)}`), Infinity);
  let cursor = '';
  await measure('100 rows further down', url, session, 1, async (one) => {
    const { next } = JSON.parse((await one.ask('GET', `/cases?limit=100&state=archived${cursor}`)).body);
    cursor = next ? `&cursor=${next}` : '';
  }, 1000);
  const slow = await slowest(client, all);
  console.log(`${all.length} pairs of filters one after the other, the slowest:`);
  for (const [ms, query] of slow.slice(0, 8)) console.log(`  ${ms.toFixed(1).padStart(7)} ms  ${decodeURIComponent(query)}`);
}

try {
  if (!process.env.CENTRE) execFileSync(binary, ['demo', '--data', data, '--scale', process.env.SCALE ?? '1000000'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const { url } = await start(data);
  await measureAll(url);
  const used = memory();
  await stop();
  print();
  console.log(`memory (PSS)     ${used.toFixed(1)} MB`);
} finally {
  if (running()) await stop();
  rmSync(folder, { recursive: true, force: true });
}
