// Counts what a test runner wrote: results.mjs PASSED-FILE FORMAT PATH… prints "passed failed skipped" and appends the
// names of the passed tests to PASSED-FILE, one a line (docs/clauses.md is held against them).
import { appendFileSync, existsSync, readFileSync, readdirSync } from 'node:fs';

// [{name, outcome: 'passed' | 'failed' | 'skipped'}] of the <testcase> elements of a JUnit or GoogleTest file.
function junitCases(text) {
  const cases = [];
  for (const [, attributes, , body = ''] of text.matchAll(/<testcase\b((?:[^>"]|"[^"]*")*?)(\/>|>([\s\S]*?)<\/testcase>)/g)) {
    const get = (key) => unescape(new RegExp(`\\b${key}="([^"]*)"`).exec(attributes)?.[1] ?? '');
    const skipped = /<skipped\b/.test(body) || /^(notrun|disabled)$/.test(get('status')) || get('result') === 'skipped';
    const failed = /<(failure|error)\b/.test(body) || get('status') === 'fail';
    cases.push({
      name: get('name'),
      classname: get('classname'),
      outcome: failed ? 'failed' : skipped ? 'skipped' : 'passed',
    });
  }
  return cases;
}

function unescape(text) {
  const named = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(?:#(\d+)|(\w+));/g, (all, code, word) => (code ? String.fromCodePoint(code) : named[word] ?? all));
}

// "Prefix/Suite.Name/0" of a parameterised test is the test "Suite.Name".
const gtestName = (test) => `${test.classname.replace(/^.*?\/(?=\w+(\/|$))/, '').replace(/\/.*$/, '')}.${test.name.replace(/\/.*$/, '')}`;

// ctest says which programs failed, GoogleTest's own files say which tests. A program that died wrote no file, or one
// without a failure in it: the program itself is the failure then.
function gtest(ctestFile, folder) {
  const all = [];
  for (const program of existsSync(ctestFile) ? junitCases(readFileSync(ctestFile, 'utf8')) : []) {
    const file = `${folder}/${program.name}_test.xml`;
    const cases = existsSync(file) ? junitCases(readFileSync(file, 'utf8')) : [];
    all.push(...cases.map((test) => ({ name: gtestName(test), outcome: test.outcome })));
    if (program.outcome === 'failed' && !cases.some((test) => test.outcome === 'failed')) {
      all.push({ name: program.name, outcome: 'failed' });
    }
  }
  return all;
}

function vitest(file) {
  const outcomes = { passed: 'passed', failed: 'failed' };
  return JSON.parse(readFileSync(file, 'utf8')).testResults.flatMap((one) => {
    const cases = one.assertionResults.map((test) => ({ name: test.title, outcome: outcomes[test.status] ?? 'skipped' }));
    // A file that could not be loaded has no tests.
    return one.status === 'failed' && !cases.some((test) => test.outcome === 'failed')
      ? [...cases, { name: one.name, outcome: 'failed' }] : cases;
  });
}

// A test that passed only when tried again is a failure: it would fail on somebody some day.
function playwright(file) {
  const outcomes = { expected: 'passed', skipped: 'skipped' };
  const walk = (suite) => [
    ...(suite.specs ?? []).flatMap((spec) =>
      spec.tests.map((test) => ({ name: spec.title, outcome: outcomes[test.status] ?? 'failed' }))),
    ...(suite.suites ?? []).flatMap(walk),
  ];
  return JSON.parse(readFileSync(file, 'utf8')).suites.flatMap(walk);
}

const readers = { gtest, vitest, playwright, node: (file) => junitCases(readFileSync(file, 'utf8')) };
const [passedFile, format, ...paths] = process.argv.slice(2);
const cases = format === 'gtest' || existsSync(paths[0]) ? readers[format](...paths) : [];
const count = (outcome) => cases.filter((test) => test.outcome === outcome).length;
appendFileSync(passedFile, cases.filter((test) => test.outcome === 'passed').map((test) => `${test.name}\n`).join(''));
console.log(`${count('passed')} ${count('failed')} ${count('skipped')}`);
