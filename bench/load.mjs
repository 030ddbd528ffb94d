// Measures a served centre as its callers see it: ./run bench, or KEEPWORD_BIN=… node bench/load.mjs
// Environment: SECONDS_EACH how long each row is measured (3), CLIENTS ("1 8 32").
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const built = ['bench', 'release'].map((preset) => new URL(`../build/${preset}/keepword`, import.meta.url).pathname);
const binary = process.env.KEEPWORD_BIN ?? built.find(existsSync);
if (!binary) {
  console.error('There is no program to measure: ./run bench builds it, or set KEEPWORD_BIN.');
  process.exit(3);
}
const seconds = Math.ceil(Number(process.env.SECONDS_EACH ?? 3));  // whole ones, as wrk takes no others
const clients = (process.env.CLIENTS ?? '1 8 32').split(' ').map(Number);
const most = 5000;  // writes per row at most, so that a fast machine does not fill the disk

const folder = mkdtempSync(join(tmpdir(), 'keepword-bench-'));
const data = join(folder, 'data');
let server;

// Milliseconds from starting the process to the first good answer of /readyz, and the address.
async function start() {
  const began = performance.now();
  server = spawn(binary, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--clock', 'system'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const url = await new Promise((resolve, reject) => {
    let out = '';
    server.stdout.on('data', (chunk) => {
      out += chunk;
      const found = /keepword (http\S+)\//.exec(out);
      if (found) resolve(found[1]);
    });
    server.once('exit', (code) => reject(new Error(`keepword ended with ${code}`)));
  });
  const ready = await fetch(`${url}/readyz`);
  if (!ready.ok) throw new Error(`/readyz answered ${ready.status}`);
  await ready.arrayBuffer();
  return { url, took: performance.now() - began };
}
const stop = () => new Promise((resolve) => (server.once('exit', resolve), server.kill('SIGTERM')));

// Proportional memory of the server in MB: its own pages, and its share of what it has in common with others.
const memory = () => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/smaps_rollup`, 'utf8'))[1]) / 1024;

// One caller with a connection that it keeps.
class Client {
  constructor(url, session) {
    this.url = new URL(url);
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    this.session = session;
  }
  ask(method, path, body) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const request = http.request(
        {
          host: this.url.hostname, port: this.url.port, agent: this.agent, method, path: `/api/v1${path}`,
          headers: { ...this.session, ...(text ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } : {}) },
        },
        (answer) => {
          const parts = [];
          answer.on('data', (part) => parts.push(part));
          answer.on('error', reject);
          answer.on('end', () => {
            const whole = Buffer.concat(parts).toString();
            if (answer.statusCode >= 300) reject(new Error(`${method} ${path}: ${answer.statusCode} ${whole}`));
            else resolve({ headers: answer.headers, body: whole });
          });
        },
      );
      request.on('error', reject);
      request.end(text);
    });
  }
}

async function signIn(url, login) {
  const { headers, body } = await new Client(url, {}).ask('POST', '/session', { login, password: 'keepword-demo' });
  return { cookie: headers['set-cookie'][0].split(';')[0], 'x-csrf-token': JSON.parse(body).csrf };
}

const rows = [];
function row(what, count, took, each) {
  each.sort((a, b) => a - b);
  const at = (share) => each[Math.min(each.length - 1, Math.floor(each.length * share))];
  rows.push({ what, clients: count, '1/s': Math.round(each.length / took), 'p50 ms': at(0.5).toFixed(2), 'p99 ms': at(0.99).toFixed(2), requests: each.length });
}

// `count` clients do `act` again and again, until the time or `limit` is over.
async function measure(what, url, session, count, act, limit = most) {
  const each = [];
  let left = limit;
  const began = performance.now();
  await Promise.all(Array.from({ length: count }, async () => {
    const client = new Client(url, session);
    while (left-- > 0 && performance.now() - began < seconds * 1000) {
      const before = performance.now();
      await act(client);
      each.push(performance.now() - before);
    }
    client.agent.destroy();
  }));
  row(what, count, (performance.now() - began) / 1000, each);
}

// Reads are quicker than Node can ask, so wrk asks where it is installed.
function wrk(what, url, session, count, path) {
  const out = execFileSync('wrk', ['-t', String(Math.min(2, count)), '-c', String(count), '-d', `${seconds}s`, '--latency',
    '-H', `Cookie: ${session.cookie}`, `${url}/api/v1${path}`], { encoding: 'utf8' });
  if (/Non-2xx/.test(out)) throw new Error(`${what}: ${out}`);
  const ms = (share) => {
    const [, number, unit] = new RegExp(`^\\s+${share}%\\s+([\\d.]+)(us|ms|s)`, 'm').exec(out);
    return (Number(number) * { us: 0.001, ms: 1, s: 1000 }[unit]).toFixed(2);
  };
  rows.push({ what, clients: count, '1/s': Math.round(Number(/Requests\/sec:\s+([\d.]+)/.exec(out)[1])), 'p50 ms': ms(50), 'p99 ms': ms(99), requests: Number(/(\d+) requests in/.exec(out)[1]) });
}
function installed(program) {
  try {
    execFileSync(program, ['-v'], { stdio: 'ignore' });
  } catch (error) {
    return error.code !== 'ENOENT';
  }
  return true;
}

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
    const begun = await start();
    starts.push(begun.took);
    url = begun.url;
  }
  starts.sort((a, b) => a - b);
  const fresh = memory();
  const { full } = await measureAll(url);
  const last = memory();
  await stop();
  console.log(`${binary}, ${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}, Node ${process.version}`);
  console.table(rows);
  console.log(`start to ready   ${starts[2].toFixed(0)} ms (middle of five, ${starts[0].toFixed(0)} to ${starts[4].toFixed(0)})`);
  console.log(`memory (PSS)     ${fresh.toFixed(1)} MB after start, ${full.toFixed(1)} MB after the writes, ${last.toFixed(1)} MB after the reads`);
} finally {
  if (server && server.exitCode === null && server.signalCode === null) await stop();
  rmSync(folder, { recursive: true, force: true });
}
