// Rights by generation: every route of the description × everybody × every kind of id, held against a model of its own
// (tests/support/rights/model.mjs). What may not be seen reads exactly as what does not exist.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer } from '../support/rights/ask.mjs';
import { modelled, questions } from '../support/rights/generate.mjs';
import { checks } from '../support/rights/lists.mjs';
import { World } from '../support/rights/world.mjs';

let world, routes;
before(async () => {
  world = await World.start();
  const { paths } = await world.owner.get('/openapi.json');
  routes = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, about]) => ({
    method: method.toUpperCase(), path, right: about['x-right'], about, takesJson: Boolean(about.requestBody?.content['application/json']),
  })));
});
after(() => world?.stop());

// A few of many, so that a fault that shows everywhere can still be read.
function none(wrong) {
  assert.equal(wrong.length, 0, `${wrong.length} wrong:\n${wrong.slice(0, 60).join('\n')}`);
}

test('every route of the description has an entry in the model, and the model knows no other', () => {
  const there = routes.map(({ method, path }) => `${method} ${path}`).sort();
  assert.deepEqual(Object.keys(modelled).sort(), there);
});

let count = 0;
test('every route answers everybody as the model says, whatever id it is given', async (t) => {
  const all = [...questions(world, routes)];
  const wrong = [];
  const state = () => Promise.all(Object.values(world.cases).map(async (of) => {
    const opener = Object.values(world.actors).find((actor) => actor.person === of.opened && !actor.refused).session;
    const [one, { items }] = [await opener.get(`/cases/${of.id}`), await opener.get(`/cases/${of.id}/timeline?limit=200`)];
    return { ...one, overdue: undefined, timeline: items.length };
  }));
  const before = await state();
  // First those who are refused: they leave no trace.
  count += await answer(all.filter((question) => !question.let), wrong);
  none(wrong);
  assert.deepEqual(await state(), before);
  count += await answer(all.filter((question) => question.let), wrong);
  none(wrong);
  t.diagnostic(`rights: ${count} cases, all right`);
});

const present = () => Object.values(world.actors).filter((actor) => !actor.refused);

test('no list, count, search, link, export or audit holds more or less than the model says', async (t) => {
  const wrong = [];
  const rest = present().flatMap((actor) => checks.map((check) => () => check(world, actor)));
  count += rest.length;
  await Promise.all(Array.from({ length: 6 }, async () => {
    for (let check = rest.pop(); check; check = rest.pop()) wrong.push(...(await check()));
  }));
  none(wrong);
  t.diagnostic(`rights: ${count} cases, all right`);
});
