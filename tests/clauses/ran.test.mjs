// At the end of a whole test run: the tests that docs/clauses.md names ran and passed in it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { clauses, pageFile } from './clauses.mjs';

const page = new URL(`../../${pageFile}`, import.meta.url);
const results = new URL('../../build/results/passed.txt', import.meta.url);

const skip = !existsSync(page) && `${pageFile} is not there yet`;
test('the tests that the clauses name ran and passed', { skip }, () => {
  const passed = new Set(readFileSync(results, 'utf8').split('\n'));
  const missing = clauses().flatMap(({ id, tests }) => tests.filter((name) => !passed.has(name)).map((name) => `${id}: ${name}`));
  assert.deepEqual(missing, []);
});
