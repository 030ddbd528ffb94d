// A PostgreSQL server of its own for a test process: on a socket in a temporary folder, gone with the process.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, chmodSync, chownSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const programs = '/usr/lib/postgresql/15/bin';
// The server refuses to be started by root.
const root = process.getuid() === 0;
const as = (program, args) => (root ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', program, ...args]] : [program, args]);
const idOf = (what) => Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' }));

class Server {
  constructor(at = tmpdir()) {
    this.folder = mkdtempSync(join(at, 'kw-pg-'));
    chmodSync(this.folder, 0o755);
    if (root) chownSync(this.folder, idOf('-u'), idOf('-g'));
    this.data = join(this.folder, 'data');
    const [program, args] = as(join(programs, 'initdb'), ['-D', this.data, '-E', 'UTF8', '--locale=C.UTF-8', '-A', 'trust', '-U', 'keepword', '--no-sync']);
    execFileSync(program, args, { stdio: 'ignore', cwd: this.folder });
    // What is not written through is lost in a power cut only; the tests of that ask for it.
    this.start(['-c', 'fsync=off']);
    process.on('exit', () => this.remove());
  }
  // `settings` go to the server as they are: ['-c', 'fsync=on'].
  start(settings = []) {
    const [program, args] = as(join(programs, 'postgres'), ['-D', this.data, '-k', this.folder, '-c', 'listen_addresses=', '-c', 'max_connections=200', ...settings]);
    this.process = spawn(program, args, { stdio: 'ignore', cwd: this.folder });
    this.process.unref();  // a test need not wait for it
    // The server is waited for without leaving this turn, so that a centre is ready when its constructor is.
    for (let tries = 0; ; ++tries) {
      try {
        execFileSync(join(programs, 'pg_isready'), ['-q', '-h', this.folder], { stdio: 'ignore' });
        return;
      } catch (error) {
        if (tries > 200) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
      }
    }
  }
  // Ends the server as a power cut would ('SIGQUIT': at once, without writing anything more) or in good order.
  stop(signal = 'SIGQUIT') {
    this.process.ref();
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.tell(signal);
    return ended;
  }
  tell(signal) {
    process.kill(Number(readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n')[0]), signal);
  }
  remove() {
    try {
      this.tell('SIGQUIT');
    } catch {
      // It was stopped already.
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
  url(database) {
    return `postgresql:///${database}?host=${this.folder}&user=keepword`;
  }
  sql(text, database = 'postgres') {
    return execFileSync('psql', ['-X', '-q', '-A', '-t', '-h', this.folder, '-U', 'keepword', '-d', database, '-c', text], { encoding: 'utf8' }).trim();
  }
  // A new database, empty or like another that nobody is connected to.
  create(template = 'template0') {
    this.made = (this.made ?? 0) + 1;
    const name = `centre_${this.made}`;
    this.sql(`CREATE DATABASE ${name} TEMPLATE ${template} ENCODING 'UTF8'`);
    return name;
  }
  drop(name) {
    this.sql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
}

let shared;
export const postgres = () => (shared ??= new Server());
export const newServer = (at) => new Server(at);
