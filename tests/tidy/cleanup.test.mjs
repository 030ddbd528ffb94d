// TRY behind a comma within braces: when it returns, g++ does not destroy what the braces had made before it (a member
// of an aggregate, an element of a list). Each failed read would leave its memory behind.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bare, matching, none, read } from './sources.mjs';

// What stands before the brace of a block, and never before that of a value.
const BLOCK = /(?:\)|\b(?:const|else|do|try|mutable|noexcept|override)|[;}:]|->\s*[\w:]+(?:<[^(){};]*>)?[\s*&]*)$/;

// Whether the word at `at` stands behind a comma directly within the braces of a value.
function leaks(code, at) {
  let depth = 0, comma = false;
  for (let i = at - 1; i >= 0; --i) {
    const c = code[i];
    if (')}]'.includes(c)) ++depth;
    else if ('([{'.includes(c) && depth > 0) --depth;
    else if (c === '{' && BLOCK.test(code.slice(Math.max(0, i - 60), i).trimEnd())) return false;
    else if (c === '{' && comma) return true;
    else if (c === ';' && depth === 0) return false;
    else if (c === ',' && depth === 0) comma = true;
  }
  return false;
}
const found = (code) => [...code.matchAll(/\bTRY\(/g)].filter(({ index }) => leaks(code, index)).map(({ index }) => code.slice(0, index).split('\n').length);

test('no early return leaves half a value behind', () => {
  none(matching(/^server\/.*\.(cpp|hpp)$/).flatMap((path) => found(bare(read(path))).map((line) => `${path}:${line}`)));
});

test('the scan sees what would be left behind, and nothing else', () => {
  for (const code of ['return Seen{task, TRY(run())};', 'out.push_back({a(b, c),\n TRY(d())});', 'Case out{.id = id, .steps = f(TRY(steps()))};',
    'out.emplace(call->id, Seen{task, TRY(run())});', 'return Outer{made, Inner{TRY(run())}};', 'rows.push_back({a, {TRY(b())}});']) {
    assert.equal(found(code).length, 1, code);
  }
  for (const code of ['return Seen{TRY(run())};', 'f(a, TRY(b()));', 'if (a) { f(b, c); TRY(d()); }', 'auto f = [a, b]() -> Result<> { TRY(c()); }', 'case a: { b, TRY(c()); }']) {
    assert.equal(found(code).length, 0, code);
  }
});
