// Asks ours (the program feel_lines) and npm's feelin for values, and finds where in an expression they begin to differ.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { evaluate } from 'feelin';
import { write } from './write.mjs';

// Ours: ask(expression, context) → {value} or {refused: {column, what}}; stop() ends the program.
export function start(program) {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift().resolve(JSON.parse(line)));
  child.on('close', () => waiting.splice(0).forEach(({ reject }) => reject(new Error(`${program} ended`))));
  const ask = (expression, context) => new Promise((resolve, reject) => {
    waiting.push({ resolve, reject });
    child.stdin.write(`${JSON.stringify({ expression, context })}\n`);
  });
  return { ask, stop: () => child.stdin.end() };
}

// What feelin gives that is no JSON: its own name for it, which is equal to no value of ours.
class Strange {
  constructor(what) {
    this.what = what;
  }
}

function plain(value, outer = []) {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : new Strange('no number');
  if (typeof value !== 'object') return typeof value === 'function' ? new Strange('function') : value;
  if (outer.includes(value)) return new Strange('contains itself');
  if (Array.isArray(value)) return value.map((item) => plain(item, [...outer, value]));
  if (Object.getPrototypeOf(value) !== Object.prototype) return new Strange(value.constructor.name);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, [...outer, value])]));
}

// feelin's value, or what it threw.
export function theirs(expression, context) {
  try {
    return plain(evaluate(expression, context).value);
  } catch (error) {
    return new Strange(`throws: ${error.message}`);
  }
}

const isObject = (value) => typeof value === 'object' && value !== null;

// Equal, numbers to nine digits.
export function same(a, b) {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
  if (!isObject(a) || !isObject(b)) return a === b;
  if (Array.isArray(a) !== Array.isArray(b) || b instanceof Strange) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}

export class Comparison {
  #ask;

  constructor(ask) {
    this.#ask = ask;
  }

  async of(node, context) {
    const expression = write(node);
    const answer = await this.#ask(expression, context);
    if (answer.refused) return { expression, same: false, ours: new Strange(`refused: ${answer.refused.what}`) };
    const other = theirs(expression, context);
    return { expression, ours: answer.value, theirs: other, same: same(answer.value, other) };
  }

  // The innermost operation that the two do differently: its operands they agree on, in every scope that it gives them.
  async culprit(node, context) {
    const kids = [];
    for await (const [kid, value, inner] of this.#parts(node, context)) {
      if (!value.same) return this.culprit(kid, inner);
      kids.push({ kid, value: value.ours });
    }
    return { node, context, operands: kids, ...await this.of(node, context) };
  }

  // The operands with their values and scopes, those of `in` without its own kinds of tests around them.
  async* #parts(node, context) {
    const kids = node.kids ?? [];
    if (['for', 'some', 'every'].includes(node.op)) {
      yield* this.#iterated(node, 0, context, []);
    } else if (node.op === 'filter') {
      yield* this.#each(kids, context);
      const { ours: list } = await this.of(kids[0], context);
      for (const item of Array.isArray(list) ? list : [list]) {
        const inner = { ...context, item, ...(isObject(item) && !Array.isArray(item) ? item : {}) };
        yield* this.#each([kids[1]], inner);
      }
    } else if (node.op === 'context') {
      const inner = { ...context };
      for (const [i, kid] of kids.entries()) {
        const value = await this.of(kid, inner);
        yield [kid, value, { ...inner }];
        inner[node.keys[i]] = value.ours;
      }
    } else {
      yield* this.#each(kids, context);
    }
  }

  async* #each(kids, context) {
    for (const kid of kids) {
      if (['tests', 'test', 'range'].includes(kid.op)) yield* this.#each(kid.kids, context);
      else yield [kid, await this.of(kid, context), context];
    }
  }

  async* #iterated(node, which, context, partial) {
    const kid = node.kids[which];
    if (which === node.names.length) {
      const inner = node.op === 'for' ? { ...context, partial: [...partial] } : context;
      const value = await this.of(kid, inner);
      yield [kid, value, inner];
      partial.push(value.ours);
      return;
    }
    yield* this.#each([kid], context);
    const domain = kid.op === 'range' ? { op: 'for', names: ['i'], kids: [kid, { op: 'name', name: 'i' }] } : kid;
    const { ours: list } = await this.of(domain, context);
    if (!Array.isArray(list)) return;
    for (const item of list) yield* this.#iterated(node, which + 1, { ...context, [node.names[which]]: item }, partial);
  }
}
