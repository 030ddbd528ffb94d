// What the server takes from files: data, migrations, texts for error codes; and the notes on what changed.
import assert from 'node:assert/strict';
import { basename } from 'node:path/posix';
import { test } from 'node:test';
import { cpp, exists, matching, none, read } from './sources.mjs';

test('every JSON file parses', () => {
  const broken = matching(/^(data|processes|web|tests|tools|bench)\/.*\.json$/).filter((path) => !/tsconfig/.test(path)).flatMap((path) => {
    try {
      JSON.parse(read(path));
      return [];
    } catch (error) {
      return [`${path}: ${error.message}`];
    }
  });
  none(broken);
});

// What a security officer looks for must be among the audit's choices, and have a name.
test('every action that is written to the audit is known to its screen', () => {
  const known = read('web/src/domain/audit/actions.ts');
  const writes = /(?:audit_case|record|write_audit|note)\((?:[^;{}"]|\{[^;{}"]*\})*"([a-z-]+\.[a-z-]+)"|\.action = "([a-z.-]+)"/g;
  const sources = cpp.filter((path) => !/_test|_bench|_fixture|testkit|demo/.test(path));
  const actions = sources.flatMap((path) => [...read(path).matchAll(writes)].map((found) => found[1] ?? found[2]));
  assert(actions.length > 30, `${actions.length} actions`);
  none([...new Set(actions)].filter((action) => !known.includes(`'${action}'`)));
});

test('every migration has a number of its own', () => {
  const migrations = matching(/^server\/.*\.sql$/);
  const numbers = new Map();
  for (const path of migrations) {
    const number = /^(\d{3})_[a-z0-9_-]+\.sql$/.exec(basename(path))?.[1];
    assert(number, `${path}: a migration is called NNN_name.sql`);
    assert(!numbers.has(number), `${path} has the number of ${numbers.get(number)}`);
    numbers.set(number, path);
  }
});

// The codes that the server says to callers, with the place where it does: fail(Kind::conflict, "task.already-done").
function errorCodes() {
  return cpp.filter((path) => !/_(test|bench)\.cpp$|_fixture\.hpp$|^server\/testkit\//.test(path)).flatMap((path) =>
    [...read(path).matchAll(/(?<!\b(?!keepword)\w+::)\bKind::(\w+),\s*"([^"]*)"/g)].map(([, kind, code]) => ({ path, kind, code })));
}

test('error codes are words of small letters, dotted', () => {
  const codes = errorCodes();
  assert(codes.length > 0);
  const wrong = codes.filter(({ code }) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/.test(code));
  none(wrong.map(({ path, code }) => `${path}: "${code}"`));
});

const textsFile = 'data/texts.json';
test('every error code has its text in both languages', { skip: !exists(textsFile) && `${textsFile} is not there yet` }, () => {
  const texts = JSON.parse(read(textsFile));
  // An internal error is told to callers by its incident number alone; its code is for the log.
  const codes = new Set(errorCodes().filter(({ kind }) => kind !== 'internal').map(({ code }) => code));
  none([...codes].filter((code) => !texts[code]?.zh || !texts[code]?.en).sort());
});

test('texts say the same things in both languages', { skip: !exists(textsFile) && `${textsFile} is not there yet` }, () => {
  const placeholders = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
  const wrong = Object.entries(JSON.parse(read(textsFile))).filter(([, text]) =>
    !text.zh || !text.en || placeholders(text.zh).join() !== placeholders(text.en).join());
  none(wrong.map(([code]) => code));
});

test('SQL is never put together from texts', () => {
  const glued = /\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b[^"]*"\s*\+|\+\s*"[^"]*\b(WHERE|ORDER BY|FROM)\b/;
  const wrong = cpp.filter((path) => !path.endsWith('_test.cpp')).filter((path) => glued.test(read(path)));
  none(wrong);
});

test('notes on what changed are named and written as changelog/README.md says', () => {
  const notes = matching(/^changelog\//).filter((path) => path !== 'changelog/README.md');
  for (const path of notes) {
    assert.match(basename(path), /^[a-z0-9-]+\.(added|changed|fixed|removed|security)\.md$/, path);
    const text = read(path).trim();
    assert(text.length >= 20 && text.length <= 600 && !text.includes('\n\n'), `${path}: one paragraph`);
    assert.match(text, /^[A-Z`].*[.)]$/s, `${path}: whole sentences`);
  }
});

test('docs/dependencies.md names every package that is used', () => {
  const debian = read('tools/debian-packages.txt').split('\n').map((line) => /^[a-z]+ +(\S+)/.exec(line)?.[1]).filter(Boolean);
  const npm = ['web', 'tests', 'tools/node'].map((folder) => `${folder}/package.json`).filter(exists).flatMap((path) => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read(path));
    return Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
  });
  const named = new Set(read('docs/dependencies.md').split('\n').filter((line) => line.startsWith('|')).flatMap((line) => line.split(/[|,\s]+/)));
  none([...debian, ...npm].filter((name) => !named.has(name)));
});
