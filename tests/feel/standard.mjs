// What OMG's DMN 1.4 says of single operations, for those places where npm's feelin does something else: written from the
// standard, and from nothing of the server's.

export const kind = (v) => (v === null ? 'null' : Array.isArray(v) ? 'list' : typeof v);

export const both = (a, b) => (a === false || b === false ? false : a === true && b === true ? true : null);
export const either = (a, b) => (a === true || b === true ? true : a === false && b === false ? false : null);

// Tables 49, 52 and 53.
export function equal(a, b) {
  if (a === null || b === null) return a === b;
  if (kind(a) !== kind(b)) return null;
  if (typeof a !== 'object') return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && equal(a[key], b[key]) === true);
}

// Table 54: numbers and texts, the latter by their characters, have an order.
export function order(a, b) {
  if (kind(a) !== kind(b) || !['number', 'string'].includes(kind(a))) return null;
  const [x, y] = typeof a === 'number' ? [a, b] : [Buffer.from(a), Buffer.from(b)];
  return typeof a === 'number' ? Math.sign(x - y) : Buffer.compare(x, y);
}

export function compare(sign, a, b) {
  if (sign === '=') return equal(a, b);
  if (sign === '!=') return equal(a, b) === null ? null : !equal(a, b);
  const o = order(a, b);
  if (o === null) return null;
  return { '<': o < 0, '<=': o <= 0, '>': o > 0, '>=': o >= 0 }[sign];
}

export const contains = (list, wanted) => list.some((item) => equal(item, wanted) === true);
export const distinct = (list) => list.filter((item, i) => !contains(list.slice(0, i), item));

// 10.3.2.9.4: an argument becomes a list of itself, a list of one item the item.
export const asList = (v) => (v === null || Array.isArray(v) ? v : [v]);

// Footnotes of tables 74 and 75: a position is a whole number from -L to L but not 0, a length goes no further than the
// end. Of a number that is not whole the whole part counts, as the standard's test suite has it.
function index(position, size) {
  const n = Math.trunc(position);
  return n === 0 || Math.abs(n) > size ? null : n > 0 ? n - 1 : size + n;
}

export function part(items, position, length) {
  const first = index(position, items.length);
  if (first === null) return null;
  const most = items.length - first;
  const count = length === undefined ? most : Math.trunc(length ?? 0);
  return count < 1 || count > most ? null : items.slice(first, first + count);
}

export function inserted(list, position, item) {
  const at = index(position, list.length);
  return at === null ? null : [...list.slice(0, at), item, ...list.slice(at)];
}

export function removed(list, position) {
  const at = index(position, list.length);
  return at === null ? null : [...list.slice(0, at), ...list.slice(at + 1)];
}

// Table 72, note 1.
export function number(from, grouping = null, point = null) {
  if (![' ', ',', '.', null].includes(grouping) || !['.', ',', null].includes(point)) return null;
  if (grouping === point && point !== null) return null;
  let text = grouping === null ? from : from.replaceAll(grouping, '');
  if (point === ',') text = text.includes('.') ? '?' : text.replaceAll(',', '.');
  return /^-?(\d+(\.\d+)?|\.\d+)$/.test(text) ? Number(text) : null;
}
