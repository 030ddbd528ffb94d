// Keepword beside Redmine, one after the other on the same machine: creating, reading and listing at 10,000 cases.
// The peer is installed and measured by the scripts of PEERS (../shared/peers, see its README); without them nothing is
// compared. Environment: SECONDS_EACH how long each row is measured, three times (4), CLIENTS ("1 8 32").
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const here = new URL('.', import.meta.url).pathname;
const peers = resolve(process.env.PEERS ?? join(here, '../../../shared/peers'));
const binary = process.env.KEEPWORD_BIN;
const each = Number(process.env.SECONDS_EACH ?? 4);
const clients = (process.env.CLIENTS ?? '1 8 32').split(' ').map(Number);
const scale = 10_000;
const aims = { create: 50, get: 100, list: 50 };
const megabytes = 100;

if (!existsSync(join(peers, 'redmine/bench.sh'))) {
  console.log(`There are no peers to be measured in ${peers}.`);
  process.exit(0);
}

// "redmine_create_c8_rps 31.1 req/s" and the like, by name.
function measureRedmine() {
  execFileSync('bash', [join(peers, 'redmine/install.sh')], { stdio: ['ignore', 'ignore', 'inherit'] });
  const said = execFileSync('bash', [join(peers, 'redmine/bench.sh')], { encoding: 'utf8', env: { ...process.env, D: String(each) }, stdio: ['ignore', 'pipe', 'inherit'] });
  return new Map(said.trim().split('\n').map((line) => line.split(' ')).map(([name, value]) => [name, Number(value)]));
}

const folder = mkdtempSync(join(tmpdir(), 'keepword-peers-'));
const data = join(folder, 'data');
let server, most = 0;

async function startKeepword() {
  execFileSync(binary, ['demo', '--data', data, '--scale', String(scale)], { stdio: 'ignore' });
  const { token } = JSON.parse(execFileSync(binary, ['token', 'create', '--login', 'chenxiaoyan', '--data', data, '--json'], { encoding: 'utf8' }));
  server = spawn(binary, ['serve', '--data', data, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const url = await new Promise((found) => server.stdout.on('data', (chunk) => /keepword (http\S+)\//.exec(chunk) && found(/keepword (http\S+)\//.exec(chunk)[1])));
  return { url, token };
}

async function idsOf(url, token) {
  const ids = [];
  for (let next = ''; next !== null; ) {
    const answer = await fetch(`${url}/api/v1/cases?limit=200${next ? `&cursor=${next}` : ''}`, { headers: { authorization: `Bearer ${token}` } });
    const page = await answer.json();
    ids.push(...page.items.map((c) => c.id));
    next = page.next;
  }
  const file = join(folder, 'ids');
  writeFileSync(file, ids.join('\n'));
  return { file, count: ids.length };
}

const pss = () => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/smaps_rollup`, 'utf8'))[1]) / 1024;

// The middle of three, requests per second.
async function wrk(script, url, count, environment) {
  const seen = [];
  for (let run = 0; run < 3; ++run) {
    const out = await new Promise((done, wrong) => {
      const one = spawn('wrk', ['-t', String(Math.min(2, count)), '-c', String(count), '-d', `${each}s`, '--latency', '-s', join(here, script), url], { env: { ...process.env, ...environment } });
      let text = '';
      one.stdout.on('data', (chunk) => (text += chunk));
      const watch = setInterval(() => (most = Math.max(most, pss())), 500);
      one.on('exit', (code) => (clearInterval(watch), code === 0 ? done(text) : wrong(new Error(text))));
    });
    if (/Non-2xx/.test(out)) throw new Error(out);
    seen.push(Number(/Requests\/sec:\s+([\d.]+)/.exec(out)[1]));
  }
  return seen.sort((a, b) => a - b)[1];
}

try {
  const redmine = measureRedmine();
  const { url, token } = await startKeepword();
  const ids = await idsOf(url, token);
  const environment = { TOKEN: token, IDS: ids.file };
  const rows = [];
  const short = [];
  for (const [what, script, path, more] of [
    ['create', 'create.lua', '/api/v1/cases', {}],
    ['get', 'get.lua', '', {}],
    ['list50', 'get.lua', '', { LIST: '/api/v1/cases?state=open&limit=50' }],
  ]) {
    for (const count of clients) {
      const peer = redmine.get(`redmine_${what}_c${count}_rps`);
      const ours = await wrk(script, url + path, count, { ...environment, ...more });
      const times = peer ? ours / peer : undefined;
      rows.push({ what, clients: count, keepword: Math.round(ours), redmine: peer ?? '', times: times ? Math.round(times) : '' });
      const aim = aims[what.replace(/\d+$/, '')];
      if (times && count > 1 && times < aim) short.push(`${what} at ${count} clients: ${times.toFixed(0)} of ${aim} times`);
    }
  }
  if (most > megabytes) short.push(`memory: ${most.toFixed(0)} of ${megabytes} MB`);
  console.log(`${cpus().length} × ${cpus()[0].model}; ${ids.count} cases, Redmine 10,000 issues; every request on a connection of its own`);
  console.table(rows);
  console.log(`memory at the most (PSS): ${most.toFixed(0)} MB, Redmine with PostgreSQL ${redmine.get('redmine_peak_mem_pss_rss') ?? '?'} MB`);
  console.log(short.length ? `Below the aim: ${short.join('; ')}` : 'All aims are met at every load of more than one client.');
} finally {
  server?.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}
