// What the measurements share: a served centre, callers with a connection of their own, and rows of a table.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { cpus, loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';

const built = ['bench', 'release'].map((preset) => new URL(`../../build/${preset}/keepword`, import.meta.url).pathname);
export const binary = process.env.KEEPWORD_BIN ?? built.find(existsSync);
if (!binary) {
  console.error('There is no program to measure: ./run bench builds it, or set KEEPWORD_BIN.');
  process.exit(3);
}
export const seconds = Math.ceil(Number(process.env.SECONDS_EACH ?? 3));  // whole ones, as wrk takes no others
export const clients = (process.env.CLIENTS ?? '1 8 32').split(' ').map(Number);
export const most = 5000;  // writes per row at most, so that a fast machine does not fill the disk

let server;

// Milliseconds from starting the process to the first good answer of /readyz, and the address.
export async function start(data) {
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
export const stop = () => new Promise((resolve) => (server.once('exit', resolve), server.kill('SIGTERM')));

export const running = () => server && server.exitCode === null && server.signalCode === null;

// Proportional memory of the server in MB: its own pages, and its share of what it has in common with others.
export const memory = () => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/smaps_rollup`, 'utf8'))[1]) / 1024;

// One caller with a connection that it keeps.
export class Client {
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

export async function signIn(url, login) {
  const { headers, body } = await new Client(url, {}).ask('POST', '/session', { login, password: 'keepword-demo' });
  return { cookie: headers['set-cookie'][0].split(';')[0], 'x-csrf-token': JSON.parse(body).csrf };
}

export const rows = [];
export function row(what, count, took, each) {
  each.sort((a, b) => a - b);
  const at = (share) => each[Math.min(each.length - 1, Math.floor(each.length * share))];
  rows.push({ what, clients: count, '1/s': Math.round(each.length / took), 'p50 ms': at(0.5).toFixed(2), 'p99 ms': at(0.99).toFixed(2), requests: each.length });
}

// `count` clients do `act` again and again, until the time or `limit` is over.
export async function measure(what, url, session, count, act, limit = most) {
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
export function wrk(what, url, session, count, path) {
  const out = execFileSync('wrk', ['-t', String(Math.min(2, count)), '-c', String(count), '-d', `${seconds}s`, '--latency',
    '-H', `Cookie: ${session.cookie}`, `${url}/api/v1${path}`], { encoding: 'utf8' });
  if (/Non-2xx/.test(out)) throw new Error(`${what}: ${out}`);
  const ms = (share) => {
    const [, number, unit] = new RegExp(`^\\s+${share}%\\s+([\\d.]+)(us|ms|s)`, 'm').exec(out);
    return (Number(number) * { us: 0.001, ms: 1, s: 1000 }[unit]).toFixed(2);
  };
  rows.push({ what, clients: count, '1/s': Math.round(Number(/Requests\/sec:\s+([\d.]+)/.exec(out)[1])), 'p50 ms': ms(50), 'p99 ms': ms(99), requests: Number(/(\d+) requests in/.exec(out)[1]) });
}
export function installed(program) {
  try {
    execFileSync(program, ['-v'], { stdio: 'ignore' });
  } catch (error) {
    return error.code !== 'ENOENT';
  }
  return true;
}

// The machine, and all rows so far.
export function print() {
  console.log(`${binary}, ${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}, Node ${process.version}`);
  console.table(rows);
}
