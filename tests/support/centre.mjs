// A centre of its own for a test: the real program on a free port over a demo centre, with a clock that the test moves.
import { spawn, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgres } from './postgres.mjs';

export const binary = process.env.KEEPWORD_BIN ?? new URL('../../build/dev/keepword', import.meta.url).pathname;
export const password = 'keepword-demo';
// A Thursday, ten in the morning in China, with Spring Festival still ahead.
export const demoDay = '2026-02-05';
export const demoNow = '2026-02-05T02:00:00.000Z';
// Which database the centres of a test are on: sqlite, or postgresql (KEEPWORD_DATABASE).
export const database = process.env.KEEPWORD_DATABASE ?? 'sqlite';

const demos = new Map();

// The demo centre is made once per test file and copied for every centre that wants one. Where the machine's own clock
// runs, the demo's month ends today. On PostgreSQL it gets there as a grown centre does: it is moved.
function demo(clock, kind) {
  const key = `${clock} ${kind}`;
  if (!demos.has(key)) {
    const folder = mkdtempSync(join(tmpdir(), 'keepword-demo-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    const day = clock === 'manual' ? ['--day', demoDay] : [];
    execFileSync(binary, ['demo', '--data', join(folder, 'data'), '--months', '1', ...day], { stdio: ['ignore', 'ignore', 'inherit'] });
    const name = kind === 'postgresql' ? postgres().create() : undefined;
    if (name) execFileSync(binary, ['migrate', '--data', join(folder, 'data'), '--to', postgres().url(name)], { stdio: ['ignore', 'ignore', 'pipe'] });
    demos.set(key, { folder: join(folder, 'data'), name });
  }
  return demos.get(key);
}

export class Problem extends Error {
  constructor(status, body) {
    super(`${status} ${body?.code} ${JSON.stringify(body?.errors ?? '')} ${body?.detail ?? ''}`);
    this.status = status;
    this.code = body?.code;
    this.body = body;
  }
}

// Somebody signed in, by session cookie as a browser has it.
export class Person {
  constructor(centre, login) {
    this.centre = centre;
    this.login = login;
    this.stepsUp = true;
  }
  async signIn(word = password) {
    const answer = await fetch(`${this.centre.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login: this.login, password: word }),
    });
    const body = await answer.json();
    if (!answer.ok) throw new Problem(answer.status, body);
    this.word = word;
    this.cookie = answer.headers.get('set-cookie').split(';')[0];
    this.csrf = body.csrf;
    this.me = body.me;
    return this;
  }
  // The raw answer, whatever its status.
  fetch(method, path, { body, headers = {}, raw } = {}) {
    return fetch(`${this.centre.url}/api/v1${path}`, {
      method,
      headers: {
        ...(this.cookie ? { cookie: this.cookie, 'x-csrf-token': this.csrf } : {}),
        ...(body !== undefined ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      body: raw ?? (body !== undefined ? JSON.stringify(body) : undefined),
    });
  }
  // Where something sensitive asks who it is, the password is given and the request made once more, as the web does.
  async call(method, path, options, again = this.stepsUp) {
    const answer = await this.fetch(method, path, options);
    const text = await answer.text();
    const body = text ? JSON.parse(text) : undefined;
    if (body?.code === 'session.step-up' && again) {
      await this.fetch('POST', '/session/step-up', { body: { password: this.word } });
      return this.call(method, path, options, false);
    }
    if (!answer.ok) throw new Problem(answer.status, body);
    return body;
  }
  get(path) {
    return this.call('GET', path);
  }
  post(path, body = {}, headers = {}) {
    return this.call('POST', path, { body, headers });
  }
  patch(path, body, version) {
    return this.call('PATCH', path, { body, headers: { 'if-match': `"${version}"` } });
  }
  put(path, body, version) {
    return this.call('PUT', path, { body, headers: version !== undefined ? { 'if-match': `"${version}"` } : {} });
  }
}

export class Centre {
  // `at`: the folder the centre lies in, where it is not a new one of its own. `server`: the PostgreSQL server, where it is
  // not the shared one.
  static async start({ empty = false, clock = 'manual', args = [], on = database, at, server, env } = {}) {
    const centre = new Centre();
    centre.folder = mkdtempSync(join(at ?? tmpdir(), 'keepword-test-'));
    centre.data = join(centre.folder, 'data');
    const filled = empty ? undefined : demo(clock, server ? 'sqlite' : on);
    if (filled) cpSync(filled.folder, centre.data, { recursive: true });
    if (on === 'postgresql') {
      centre.ownServer = server;
      centre.database = centre.server.create(server ? undefined : filled?.name);
      // Another server has no copy of the demo: the centre gets there as a grown one does.
      if (server && filled) execFileSync(binary, ['migrate', '--data', centre.data, '--to', server.url(centre.database)], { stdio: ['ignore', 'ignore', 'pipe'] });
    }
    centre.options = { clock, args, env };
    centre.now = demoNow;
    await centre.serve();
    return centre;
  }
  get server() {
    return this.ownServer ?? postgres();
  }
  // What the command line needs to find this centre.
  where() {
    return ['--data', this.data, ...(this.database ? ['--database', this.server.url(this.database)] : [])];
  }
  serve() {
    const { clock, args, env } = this.options;
    const words = ['serve', ...this.where(), '--listen', '127.0.0.1:0', '--clock', clock, ...args];
    if (clock === 'manual') words.push('--clock-start', this.now);
    this.process = spawn(binary, words, { stdio: ['ignore', 'pipe', process.env.VERBOSE ? 'inherit' : 'pipe'], env: { ...process.env, ...env } });
    this.log = '';
    this.process.stderr?.on('data', (chunk) => (this.log += chunk));
    return new Promise((resolve, reject) => {
      let out = '';
      this.process.stdout.on('data', (chunk) => {
        out += chunk;
        const url = /keepword (http\S+)\//.exec(out);
        this.firstRun = /first-run (\S+)/.exec(out)?.[1] ?? this.firstRun;
        if (url) {
          this.url = url[1];
          resolve(this);
        }
      });
      this.process.once('exit', (code) => reject(new Error(`keepword ended with ${code}: ${this.log}`)));
    });
  }
  ended() {
    return this.process.exitCode !== null || this.process.signalCode !== null
      ? Promise.resolve()
      : new Promise((resolve) => this.process.once('exit', resolve));
  }
  async kill() {
    this.process.kill('SIGKILL');
    await this.ended();
  }
  // Ends serving in good order; the data stays, for the command line or to be served again.
  async rest() {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill('SIGTERM');
    await this.ended();
  }
  async stop() {
    await this.rest();
    rmSync(this.folder, { recursive: true, force: true });
    if (this.database) this.server.drop(this.database);
  }
  async person(login) {
    return new Person(this, login).signIn();
  }
  // Moves the clock; when it answers, the timers that became due have acted.
  advance(length) {
    return this.moveClock({ advance: length });
  }
  // Sets the clock, also back, as the machine's own may jump.
  setClock(instant) {
    return this.moveClock({ set: instant });
  }
  async moveClock(how) {
    const answer = await fetch(`${this.url}/api/v1/test/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(how),
    });
    const body = await answer.json();
    if (!answer.ok) throw new Problem(answer.status, body);
    this.now = body.now;
    return this.now;
  }
  // To a certain instant.
  async advanceTo(instant) {
    const seconds = Math.round((Date.parse(instant) - Date.parse(this.now)) / 1000);
    if (seconds > 0) await this.advance(`PT${seconds}S`);
    return this.now;
  }
  // The command line over this centre's data, while it is not being served.
  run(...words) {
    return execFileSync(binary, [...words, ...this.where()], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }
}

export const cast = {
  acceptance: 'chenxiaoyan',
  otherAcceptance: 'huting',
  network: 'wujianjun',
  supervisor: 'zhongweiping',
  support: 'liaoyong',
  interface: 'ganxuelian',
  otherCentre: 'songchangqing',
  manager: 'raoguoqing',
  owner: 'jiangyifan',
  auditor: 'gongshufen',
  field: 'ouyangping',
  remote: 'yuzhiyong',
  technical: 'tangzhiyuan',
};

// The open task of a case, as somebody sees it.
export async function openTask(person, caseId, element) {
  const one = await person.get(`/cases/${caseId}`);
  const step = one.steps.find((s) => s.element === element);
  if (!step) throw new Error(`no open task ${element}; open are ${one.steps.map((s) => s.element).join(', ') || 'none'} (${one.state})`);
  return step.task;
}

export async function complete(person, caseId, element, outcome, fields = {}) {
  const task = await openTask(person, caseId, element);
  return person.post(`/tasks/${task}/complete`, { ...(outcome ? { outcome } : {}), fields });
}
