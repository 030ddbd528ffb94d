// Where npm's feelin and the standard part. Each difference says at which operation, why ours is as it is, which operands
// it is about, and what the standard gives for them; a value of ours that is not this is no difference by design.
import { asList, both, compare, contains, distinct, either, equal, inserted, kind, number, order, part, removed } from './standard.mjs';

const bodies = ({ node, operands }) => operands.filter(({ kid }) => kid === node.kids.at(-1)).map(({ value }) => value);
const values = ({ operands }) => operands.map(({ value }) => value);
const within = (v, low, high, open = '[', close = ']') =>
  both(compare(open === '[' ? '>=' : '>', v, low), compare(close === ']' ? '<=' : '<', v, high));

// The tests of an `in` with the values of their operands.
function tests({ node, operands }) {
  const left = values({ operands }).slice(1);
  const list = node.kids[1].op === 'tests' ? node.kids[1].kids : [node.kids[1]];
  return list.map((test) => ({ test, given: left.splice(0, test.op === 'range' ? 2 : 1) }));
}
function passes(v, { test, given }) {
  if (test.op === 'test') return compare(test.sign, v, given[0]);
  if (test.op === 'range') return within(v, ...given, test.open, test.close);
  if (Array.isArray(given[0]) && (!Array.isArray(v) || contains(given[0], v))) return contains(given[0], v);
  return equal(v, given[0]);
}
const isIn = (one) => tests(one).reduce((any, test) => either(any, passes(values(one)[0], test)), false);
const ranges = (one) => tests(one).filter(({ test }) => test.op === 'range').map(({ given }) => given);
const unordered = (v, bounds) => bounds.some((bound) => order(v, bound) === null);

// What a filter gives: its list or item, its condition outside of the items' scope, and for every item.
function filtered(one) {
  const [target, outside, ...each] = values(one);
  if (target === null || typeof outside === 'number') return undefined;
  return asList(target).filter((_, i) => each[i] === true);
}
const decides = ['=', '!=', '<', '<=', '>', '>=', 'and', 'or', 'in', 'between', 'some', 'every'];

const quantified = (one) => (one.node.op === 'some' ? bodies(one).reduce(either, false) : bodies(one).reduce(both, true));
const upToZero = ({ node, operands }) => node.kids.some((kid) => kid.op === 'range'
  && operands.find((one) => one.kid === kid.kids[1])?.value === 0);

const calls = (...names) => ({ node }) => node.op === 'call' && names.includes(node.name);
const ops = (...names) => ({ node }) => names.includes(node.op);
// Whether an `in` stands before an operator whose left operand this is.
const leads = (node) => node.op === 'in' || (['and', 'or'].includes(node.op) && node.kids.some(leads));
const hasList = (v) => typeof v === 'object' && v !== null;

export const differences = [
  { name: 'a range that is upside down', why: 'Table 55: e1 between e2 and e3 is e1 >= e2 and e1 <= e3; feelin turns it round',
    at: ops('between'), if: (one) => order(values(one)[1], values(one)[2]) === 1, is: (one) => within(...values(one)) },
  { name: 'a range that is upside down, in `in`', why: 'Table 55: e1 in [e2..e3] is e1 >= e2 and e1 <= e3',
    at: ops('in'), if: (one) => ranges(one).some(([low, high]) => order(low, high) === 1), is: isIn },
  { name: 'between what has no order', why: 'Table 52: < is defined for two of a kind; else it is null, and false and null is false',
    at: ops('between'), if: (one) => unordered(values(one)[0], values(one).slice(1)), is: (one) => within(...values(one)) },
  { name: 'comparing what has no order', why: 'Table 54 has numbers and texts only; the rest is null, where feelin compares or throws',
    at: ops('<', '<=', '>', '>='), if: (one) => order(...values(one)) === null, is: () => null },
  { name: '`in` with what cannot be compared', why: 'Table 55: e1 in e2 is e1 = e2, or e1 < e2 and the like, and null where these are',
    at: ops('in'), if: (one) => tests(one).some(({ given }) => unordered(values(one)[0], given)), is: isIn },
  { name: 'a list of one item against the item', why: 'DMN 1.2 dropped [a] = a; table 53: lists are equal item by item',
    at: ops('=', '!=', 'in'), if: (one) => values(one).some(hasList),
    is: (one) => (one.node.op === 'in' ? isIn(one) : compare(one.node.op, ...values(one))) },
  { name: '`in` before `and`, `or`', why: '10.3.1.2: a comparison binds closer; feelin reads `a in (b or c)`',
    at: ops('and', 'or'), if: ({ node }) => leads(node.kids[0]),
    is: (one) => (one.node.op === 'and' ? both : either)(...values(one)) },
  { name: 'a choice by what is no truth', why: 'Table 50: if a then b else c is b if a is true, and c otherwise',
    at: ops('if'), if: (one) => kind(values(one)[0]) !== 'boolean', is: (one) => values(one)[2] },
  { name: 'a filter whose condition is no comparison', why: 'Table 68: it is evaluated for each item, in its scope; feelin does so once, outside',
    at: ops('filter'), if: ({ node }) => !decides.includes(node.kids[1].op), is: filtered },
  { name: 'a filter that finds null or false', why: 'Table 68: an item is in the result if the condition is true, whatever it is',
    at: ops('filter'), if: (one) => asList(values(one)[0]).some((item) => item === null || item === false), is: filtered },
  { name: 'a range that goes to 0', why: '10.3.2.14: from one whole number to another; feelin takes 0 for no end',
    at: ops('for', 'some', 'every'), if: upToZero, is: (one) => (one.node.op === 'for' ? bodies(one) : quantified(one)) },
  { name: 'some and every over what is neither true nor false', why: 'Table 49: false or e or e …, true and e and e …',
    at: ops('some', 'every'), if: (one) => bodies(one).some((v) => kind(v) !== 'boolean'), is: quantified },
  { name: 'a number that is too large', why: 'Tables 57 to 60: null where it is out of range; feelin has infinity',
    at: ops('+', '-', '*', '/', '**'),
    if: (one) => !Number.isFinite({ '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b, '/': (a, b) => a / b,
      '**': (a, b) => a ** b }[one.node.op](...values(one))), is: () => null },
  { name: 'a position or length that is not there, or counts from the end', why: 'Tables 74 and 75, notes: from -L to L and not 0, no further than the end; else null',
    at: calls('substring', 'sublist', 'insert before', 'remove'), if: () => true,
    is: ({ node, operands }) => {
      const [of, ...rest] = values({ operands });
      if (node.name === 'substring') return part([...(Array.isArray(of) ? of[0] : of)], ...rest)?.join('') ?? null;
      return { sublist: part, 'insert before': inserted, remove: removed }[node.name](asList(of), ...rest);
    } },
  { name: 'null among the lists', why: 'Table 75: the arguments of concatenate are lists',
    at: calls('concatenate'), if: (one) => values(one).includes(null), is: () => null },
  { name: 'a union of one list, or of what is no list', why: 'Table 75: union(list...) is concatenate with duplicate removal; feelin takes the one apart',
    at: calls('union'), if: () => true,
    is: (one) => (values(one).includes(null) ? null : distinct(values(one).flatMap(asList))) },
  { name: 'equal lists and contexts in a list', why: 'Table 75: duplicates, matches and elements are what = says; feelin asks for the same object',
    at: calls('distinct values', 'list contains', 'index of'), if: (one) => values(one).flat().some(hasList),
    is: ({ node, operands }) => {
      const [list, wanted] = [asList(operands[0].value), operands[1]?.value];
      if (node.name === 'distinct values') return distinct(list);
      return node.name === 'list contains' ? contains(list, wanted) : list.flatMap((item, i) => (equal(item, wanted) ? [i + 1] : []));
    } },
  { name: 'the least and the greatest text', why: 'Table 75: min and max are of comparable items; feelin has numbers only',
    at: calls('min', 'max'), if: (one) => values(one).flat().every((v) => kind(v) === 'string'),
    is: (one) => values(one).flat().reduce((a, b) => (compare(one.node.name === 'min' ? '<' : '>', b, a) ? b : a)) },
  { name: 'lists among the numbers or contexts', why: 'Table 75: a list of numbers, or numbers; feelin puts the list’s text in',
    at: calls('sum', 'mean', 'min', 'max', 'all', 'any', 'context merge'), if: (one) => values(one).flat(values(one).length === 1 ? 1 : 0).some(Array.isArray),
    is: () => null },
  { name: 'a list of one item for abs and not', why: '10.3.2.9.4: an argument that is a list of one item is converted to the item',
    at: calls('abs', 'not'), if: (one) => kind(values(one)[0]) === 'list',
    is: (one) => ({ abs: Math.abs, not: (v) => !v })[one.node.name](...values(one)[0]) },
  { name: 'what is no number in FEEL', why: 'Table 72, note 1: grammar rule 37 after the separators are taken away, which are one of a few signs',
    at: calls('number'), if: () => true, is: (one) => number(...values(one)) },
  { name: 'a way through what is no context', why: '10.3.2.16: outside of the domain is null; feelin puts text and number into contexts',
    at: calls('context put'), if: (one) => Array.isArray(values(one)[1]), is: () => null },
];

// The difference that explains a culprit (peers.mjs), if ours is what the standard says.
export function explained(culprit, same) {
  return differences.find((one) => one.at(culprit) && one.if(culprit) && same(culprit.ours, one.is(culprit)));
}
