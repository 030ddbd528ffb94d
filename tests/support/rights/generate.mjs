// Every route × every actor × every kind of id, with what the model expects.
import { may, maySee } from './model.mjs';
import { absent, caseRoutes, clockRoutes, malformed, noRight, nowhere, ok, plainRoutes, rightRoutes, taskRoutes, wrong } from './routes.mjs';

export const modelled = { ...caseRoutes, ...taskRoutes, ...clockRoutes, ...rightRoutes, ...plainRoutes };

const unknown = (actor) => ({ status: [401], code: actor.refused });
const fill = (path, ...values) => values.reduce((out, value) => out.replace(/\{\w+\}/, value), path);
const value = (given, ...about) => (typeof given === 'function' ? given(...about) : given);

// One question: {name, actor, method, path, body?, raw?, match?, expect, like?}. `like`: the path whose answer must read
// exactly the same.
function* aboutCases(world, actor, route, rule) {
  const see = rule.see ?? maySee;
  const nested = rule.case;
  const ask = (of, below, expect, more = {}) => ({ actor, route, path: fill(route.path, of, ...(nested ? [below] : [])), expect, ...more });
  const hidden = nested ? fill(route.path, nowhere, nowhere) : fill(route.path, nowhere);
  for (const of of Object.values(world.cases)) {
    const own = nested && (nested === 'instance' ? '1' : of[nested]);
    const deed = sent(rule.deed, world, of, rule.deedMatch);
    if (actor.refused) yield ask(of.id, own ?? '1', unknown(actor), deed);
    else if (!see(actor, of)) yield ask(of.id, own ?? nowhere, absent, { ...deed, like: hidden });
    else if (rule.act && !rule.act(actor, of)) yield ask(of.id, own ?? nowhere, rule.refused, deed);
    else {
      if (!nested || own) yield ask(of.id, own, rule.done ?? (rule.act ? wrong : ok), { ...sent(rule.harmless, world, of, rule.harmlessMatch), let: true });
      if (!nested) continue;
      // Below a case that is seen, what belongs to another one is as little there as what does not exist.
      const gone = rule.gone ?? absent;
      const like = fill(route.path, of.id, nowhere);
      for (const other of Object.values(world.cases)) {
        if (other !== of && other[nested]) yield ask(of.id, other[nested], gone, { ...deed, like });
      }
      for (const bad of nested === 'instance' ? [] : malformed) yield ask(of.id, bad, absent, { ...deed, like });
    }
  }
  for (const bad of [nowhere, ...malformed]) yield ask(bad, nowhere, actor.refused ? unknown(actor) : absent, sent(rule.deed, world, { id: nowhere }, rule.deedMatch));
}

function sent(body, world, of, match) {
  const given = value(body, world, of);
  const headers = match ? { match } : {};
  if (given && 'raw' in given) return { raw: given.raw, ...headers };
  return given === undefined ? headers : { body: given, ...headers };
}

function* belowCases(world, actor, route, rule, idOf) {
  const hidden = fill(route.path, nowhere);
  for (const of of Object.values(world.cases)) {
    const id = idOf(of);
    if (!id) continue;
    let expect = rule.expect(actor, of);
    if (actor.refused) expect = unknown(actor);
    else if (!maySee(actor, of)) expect = absent;
    // A deed that would be done is left to the throw-away cases.
    if (!expect) continue;
    yield { actor, route, path: fill(route.path, id), expect, ...sent(rule.body && rule.body(world, of, expect)), ...(expect === absent ? { like: hidden } : {}), let: expect === ok || expect === wrong };
  }
  for (const bad of [nowhere, ...malformed])
    yield { actor, route, path: fill(route.path, bad), expect: actor.refused ? unknown(actor) : absent, ...sent(rule.body && rule.body(world, {}, absent)) };
}

function* byRight(world, actor, route, rule) {
  const let_in = may(actor, route.right);
  const refused = actor.refused ? unknown(actor) : noRight;
  const more = sent(rule.body, world, {}, rule.match);
  const done = value(rule.done, actor) ?? ok;
  if (!rule.ids) {
    yield { actor, route, path: route.path + (rule.query ?? ''), expect: let_in ? done : refused, ...more, let: let_in };
    return;
  }
  const nested = /\}.*\{/.test(route.path);
  const bad = nested ? [[nowhere, nowhere], [malformed[2], malformed[2]], ...rule.ids(world).map((id) => [id, nowhere])] : [nowhere, ...malformed].map((id) => [id]);
  const good = nested ? rule.ids(world).flatMap((id) => rule.nested(world).map((below) => [id, below])) : rule.ids(world).map((id) => [id]);
  // Whoever has not the right hears the same of what is there and of what is not.
  const like = let_in && done !== absent ? undefined : fill(route.path, nowhere, nowhere);
  for (const ids of good) yield { actor, route, path: fill(route.path, ...ids), expect: let_in ? done : refused, ...more, like, let: let_in };
  for (const ids of bad) yield { actor, route, path: fill(route.path, ...ids), expect: let_in ? rule.absent ?? absent : refused, ...more };
}

export function* questions(world, routes) {
  for (const actor of Object.values(world.actors)) {
    for (const route of routes) {
      const key = `${route.method} ${route.path}`;
      if (caseRoutes[key]) yield* aboutCases(world, actor, route, caseRoutes[key]);
      else if (taskRoutes[key]) yield* belowCases(world, actor, route, taskRoutes[key], (of) => of.task?.id);
      else if (clockRoutes[key]) yield* belowCases(world, actor, route, clockRoutes[key], (of) => of.clock);
      else if (rightRoutes[key]) yield* byRight(world, actor, route, rightRoutes[key]);
      else if (!plainRoutes[key].last) yield* byRight(world, actor, route, plainRoutes[key]);
    }
  }
}
