// Expressions that are FEEL, or nearly, but not of our subset, with pieces of it inside.
import { write } from './write.mjs';

const FORMS = [
  (a) => `date("2026-01-01") < ${a}`, (a) => `duration("P1D") = ${a}`, (a) => `[${a}, time("12:00:00")]`, (a) => `${a} = now()`,
  (a) => `if today() = ${a} then 1 else 2`, (a) => `@"2026-01-01" = ${a}`, (a) => `date and time("2026-01-01T00:00:00Z") = ${a}`,
  (a) => `matches(${a}, "a.*")`, (a) => `replace(${a}, "a", "b")`, (a) => `split(${a}, ",")[1]`, (a) => `sqrt(${a})`, (a) => `odd(${a})`,
  (a) => `median([${a}])`, (a) => `stddev(${a})`, (a) => `is defined(${a})`, (a) => `is(${a}, 1)`, (a) => `context([${a}])`,
  (a) => `sort([${a}], function(x, y) x < y)`, (a) => `function(x) ${a}`, (a) => `(${a}) instance of number`, (a) => `{f: function(x) x, y: ${a}}`,
  (a) => `[1..3] = ${a}`, (a) => `count([1..3]) + (${a})`, (a) => `for x in [1..3] return ${a}`, (a) => `list[> 1][${a}]`, (a) => `list[1..2] = ${a}`,
  (a) => `(${a}) ^ 2`, (a) => `(${a}) == 1`, (a) => `(${a}) % 2`, (a) => `1 < (${a}) < 3`, (a) => `(${a}) = 1 = true`, (a) => `first name = ${a}`,
  (a) => `substring(string: ${a}, start position: 1)`, (a) => `abs(n: ${a})`, (a) => `abs(${a}, 1)`, (a) => `sum()[${a}]`, (a) => `unknown(${a})`,
  (a) => `{a b: ${a}}`, (a) => `{a: 1, a: ${a}}`, (a) => `{1: ${a}}`, (a) => `for x in list satisfies ${a}`, (a) => `some x in list return ${a}`,
  (a) => `for list return ${a}`, (a) => `for if in list return ${a}`, (a) => `if ${a} then 1`, (a) => `(${a}) && true`, (a) => `!(${a})`,
  (a) => `(${a}) ? 1 : 2`, (a) => `${a};`, (a) => `'${a}'`, (a) => `(${a}) ＝ 1`, (a) => `“a” = ${a}`, (a) => `1e3 + (${a})`, (a) => `(${a}`, (a) => `${a})`,
  (a) => `[${a}`, (a) => `{x: ${a}`, (a) => `${a} and`, (a) => `= ${a}`, (a) => `"\\q" = ${a}`, (a) => `list[](${a})`, (a) => `(${a}).1`,
];

// So many of them, every form in its turn.
export function outside(generator, count) {
  return generator.some(count).map((node, i) => FORMS[i % FORMS.length](write(node)));
}
