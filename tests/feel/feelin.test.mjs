// Our FEEL against npm's `feelin` on generated expressions of the subset, and what is outside of it. Where the two part
// by design is in differences.mjs; docs/feel.md tells of it.
// Run with: node --test tests/feel/ (after ./run build)
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { differences, explained } from './differences.mjs';
import { Generator, contextOf } from './generate.mjs';
import { outside } from './outside.mjs';
import { Comparison, same, start } from './peers.mjs';
import { write } from './write.mjs';

const COUNT = process.env.SOAK ? 200_000 : 10_000;
const SEED = 20260101;
const program = fileURLToPath(new URL(`../../build/${process.env.KEEPWORD_SANITIZED ?? 'dev'}/tests/feel_lines`, import.meta.url));

let ours;
before(() => (ours = start(program)));
after(() => ours.stop());

test(`${COUNT} expressions have the value that feelin gives them, but for the differences by design`, async (t) => {
  const comparison = new Comparison(ours.ask);
  const nodes = new Generator(SEED).some(COUNT);
  const compared = await Promise.all(nodes.map((node) => comparison.of(node, contextOf(write(node)))));
  const counted = new Map(differences.map(({ name }) => [name, 0]));
  const wrong = [];
  for (const [i, one] of compared.entries()) {
    if (one.same) continue;
    const culprit = await comparison.culprit(nodes[i], contextOf(one.expression));
    const difference = explained(culprit, same);
    if (difference) counted.set(difference.name, counted.get(difference.name) + 1);
    else wrong.push(`${one.expression}\n    at ${culprit.expression}: ${JSON.stringify(culprit.ours)}, feelin ${JSON.stringify(culprit.theirs)}`);
  }
  const byDesign = [...counted.values()].reduce((sum, n) => sum + n);
  const agreeing = compared.filter((one) => one.same).length;
  t.diagnostic(`${COUNT} compared, ${agreeing} agree (${compared.filter((one) => one.ours === null).length} are null), ${byDesign} differ by design:`);
  for (const [name, n] of counted) t.diagnostic(`  ${n} ${name}`);
  assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} of ${COUNT} differ without a reason`);
  assert.equal(agreeing + byDesign, COUNT);
  assert.deepEqual([...counted].filter(([, n]) => n === 0), [], 'differences that were never met are none');
});

test('what is outside of the subset is refused with a column inside of the text', async (t) => {
  const texts = outside(new Generator(SEED + 1), COUNT / 10);
  const answers = await Promise.all(texts.map((text) => ours.ask(text, {})));
  // The column after the last character is where something is missing.
  const wrong = texts.filter((text, i) => !(answers[i].refused?.column >= 1 && answers[i].refused.column <= [...text].length + 1));
  assert.deepEqual(wrong, []);
  assert(answers.every(({ refused }) => refused.what !== ''));
  t.diagnostic(`${texts.length} refused`);
});
