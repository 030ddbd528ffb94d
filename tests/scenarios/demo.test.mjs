// The demo centre has three months behind it, and at its present something of everything: who tries it meets every screen
// with work on it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { binary, database, demoDay, demoNow } from '../support/centre.mjs';

const processes = ['customer-acceptance', 'fault-maintenance'];
const day = 86_400_000;

// Every user task of a flowchart, by its element.
function stepsOf(process) {
  const drawn = readFileSync(new URL(`../../processes/${process}/process.bpmn`, import.meta.url), 'utf8');
  return [...drawn.matchAll(/<(?:bpmn:)?userTask [^>]*?\bid="([^"]+)"/g)].map((found) => `${process}/${found[1]}`);
}

// The files of this demo are SQLite's; on PostgreSQL the other scenarios' demo shows that it can be filled.
test('a demo has three months and every state', { skip: database !== 'sqlite' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'keepword-demo-'));
  try {
    const data = join(folder, 'data');
    execFileSync(binary, ['demo', '--data', data, '--day', demoDay], { stdio: 'ignore' });
    const rows = (sql) => execFileSync('sqlite3', [join(data, 'keepword.db'), sql], { encoding: 'utf8' }).trim().split('\n');
    const number = (sql) => Number(rows(sql)[0]);

    const oldest = Date.parse(demoNow) - number('SELECT min(opened_at) FROM cases');
    assert.ok(oldest > 88 * day && oldest < 93 * day, `the oldest case is ${oldest / day} days old`);
    assert.equal(number('SELECT count(DISTINCT opened_at / 604800000) FROM cases') >= 13, true, 'no week without cases');

    assert.deepEqual(rows('SELECT DISTINCT state FROM cases ORDER BY 1'), ['archived', 'cancelled', 'open', 'waiting']);
    assert.deepEqual(rows('SELECT DISTINCT channel FROM cases ORDER BY 1'), ['api', 'hotline', 'mail', 'portal']);
    assert.deepEqual(rows('SELECT DISTINCT urgency FROM cases ORDER BY 1'), ['grave', 'normal', 'urgent']);
    assert.deepEqual(rows('SELECT DISTINCT state FROM task ORDER BY 1'), ['cancelled', 'claimed', 'done', 'open']);
    const steps = processes.flatMap(stepsOf).sort();
    assert.deepEqual(rows("SELECT DISTINCT c.kind || '/' || t.element FROM task t JOIN cases c ON c.id = t.case_id ORDER BY 1"), steps, 'every step was taken');
    assert.deepEqual(
      rows("SELECT DISTINCT c.kind || '/' || t.element FROM task t JOIN cases c ON c.id = t.case_id WHERE t.state IN ('open','claimed') ORDER BY 1"),
      steps,
      'a case stands before every step',
    );
    assert.deepEqual(rows('SELECT DISTINCT state FROM clock ORDER BY 1'), ['broken', 'kept', 'paused', 'running']);
    const open = number("SELECT count(*) FROM cases WHERE state IN ('open','waiting')");
    const late = number(`SELECT count(*) FROM cases WHERE state = 'open' AND due_at < ${Date.parse(demoNow)}`);
    assert.ok(late > 0 && late * 2 < open, `${late} of ${open} open cases are late`);
    assert.match(execFileSync(binary, ['audit', 'verify', '--data', data], { encoding: 'utf8' }), /holds/);
    assert.equal(JSON.parse(execFileSync(binary, ['audit', 'replay', '--json', '--data', data], { encoding: 'utf8' })).different, 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
