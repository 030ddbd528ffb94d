// docs/clauses.md says of every clause which test proves it, or that none does yet. docs/clauses.ids is the plain list of
// the clauses there are. That the named tests ran and passed is seen at the end of a whole run (tests/clauses).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clauses, pageFile } from '../clauses/clauses.mjs';
import { cpp, exists, matching, none, read } from './sources.mjs';

const skip = !exists(pageFile) && `${pageFile} is not there yet`;

test('every clause is on the page, once', { skip }, () => {
  const ids = read('docs/clauses.ids').split('\n').filter(Boolean);
  assert(ids.length > 50);
  assert.deepEqual(clauses().map(({ id }) => id).sort(), ids.sort());
});

test('every clause names its tests, or says "not yet"', { skip }, () => {
  const silent = clauses().filter(({ tests, notYet }) => tests.length === 0 && !notYet);
  none(silent.map(({ id }) => id));
});

test('every test that the page names exists', { skip }, () => {
  const units = new Set(cpp.flatMap((path) => [...read(path).matchAll(/\bTEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\s*\)/g)]
    .map(([, suite, name]) => `${suite}.${name}`)));
  const others = matching(/^(tests|web)\/.*\.(test|spec)\.(mjs|ts)$/).map(read).join('\n');
  const missing = clauses().flatMap(({ id, tests }) =>
    tests.filter((name) => !units.has(name) && !others.includes(name)).map((name) => `${id}: ${name}`));
  none(missing);
});
