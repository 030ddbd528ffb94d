// Makes expressions of the subset (docs/feel.md) that are mostly well typed, as trees: {op, kids, …}. The same seed makes
// the same expressions.

// What they are evaluated over, in their types; a person's and a case's members are theirs.
export const variables = {
  number: { n: 5, m: -3, price: 2.5, zero: 0 },
  text: { outcome: 'solved', city: '南昌', code: 'A-17/b', face: 'a😀b', blank: '' },
  bool: { called: false, urgent: true },
  numbers: { list: [3, 1, 2], floats: [0.5, -1.25, 4], zeros: [0, 0], none: [] },
  texts: { texts: ['b', 'a', 'b'], words: ['受理', 'Solved', ''] },
  flags: { flags: [true, false, true] },
  people: {
    people: [{ name: '甲', age: 30, here: true, tags: ['a', 'b'] }, { name: '乙', age: 41.5, here: false, tags: [] }],
  },
  person: { owner: { name: '丙', age: 30, here: false, tags: ['b'] } },
  case: { case: { urgency: 'grave', severity: 3, open: true, site: { city: '南昌', floor: 2 } } },
  mixed: { mixed: [1, 'a', null, true, [1], { a: 1 }], nested: [[1, 2], [3], []], one: [7] },
  nothing: { nothing: null },
};
const everything = Object.entries(Object.assign({}, ...Object.values(variables)));

// Those variables that a text names: feelin takes the longer the more there are.
export const contextOf = (text) => Object.fromEntries(everything.filter(([name]) => new RegExp(`\\b${name}\\b`).test(text)));

const MEMBERS = {
  person: { name: 'text', age: 'number', here: 'bool', tags: 'texts' },
  case: { urgency: 'text', severity: 'number', open: 'bool' },
};
const ITEM = { numbers: 'number', texts: 'text', flags: 'bool', people: 'person', mixed: 'any' };
const LISTS = Object.keys(ITEM);
const TYPES = ['number', 'text', 'bool', 'person', 'case', ...LISTS];

// What gives a type: its functions, with the types of their arguments; a type with ? may be left out, and with * come
// several times.
const FUNCTIONS = {
  number: [['abs', 'number'], ['abs', 'single'], ['modulo', 'number', 'number'], ['floor', 'number', 'scale?'], ['ceiling', 'number', 'scale?'],
    ['decimal', 'number', 'scale'], ['round up', 'number', 'scale'], ['round down', 'number', 'scale'],
    ['round half up', 'number', 'scale'], ['round half down', 'number', 'scale'], ['string length', 'text'], ['count', 'list'],
    ['sum', 'numbers'], ['sum', 'number*'], ['sum', 'single', 'number'], ['mean', 'numbers'], ['mean', 'number*'], ['min', 'numbers'], ['min', 'number*'],
    ['max', 'numbers'], ['max', 'number*'], ['number', 'digits'], ['number', 'digits', 'grouping', 'point']],
  text: [['substring', 'text', 'position', 'length?'], ['substring before', 'text', 'text'], ['substring after', 'text', 'text'],
    ['upper case', 'text'], ['lower case', 'text'], ['string join', 'texts', 'text?'], ['string', 'any'], ['string', 'number'],
    ['max', 'texts']],
  bool: [['not', 'bool'], ['contains', 'text', 'text'], ['starts with', 'text', 'text'], ['ends with', 'text', 'text'],
    ['list contains', 'numbers', 'number'], ['list contains', 'texts', 'text'], ['list contains', 'list', 'any'],
    ['all', 'flags'], ['all', 'bool*'], ['any', 'flags'], ['any', 'bool*']],
  person: [['context put', 'person', 'key', 'any'], ['context merge', 'people']],
  case: [['context put', 'case', 'key', 'any'], ['context put', 'case', 'keys', 'any']],
  any: [['get value', 'case', 'key'], ['get value', 'person', 'key']],
  mixed: [['get entries', 'case'], ['get entries', 'person'], ['flatten', 'mixed'], ['concatenate', 'list*'],
    ['union', 'list*'], ['distinct values', 'mixed'], ['index of', 'list', 'any']],
};
for (const [list, item] of Object.entries(ITEM)) {
  FUNCTIONS[list] = [...(FUNCTIONS[list] ?? []), ['append', list, `${item}*`], ['concatenate', `${list}*`], ['union', `${list}*`],
    ['distinct values', list], ['reverse', list], ['sublist', list, 'position', 'length?'],
    ['insert before', list, 'position', item], ['remove', list, 'position']];
}
FUNCTIONS.numbers.push(['index of', 'numbers', 'number'], ['index of', 'texts', 'text']);

// The name '' is the result before, in `for`. `partial` is never kept: feelin does not copy it, so that it comes to
// contain itself, on which its functions do not end.
const named = (name) => (name !== '' ? { op: 'name', name }
  : { op: 'filter', kids: [{ op: 'name', name: 'partial' }, { op: 'negate', kids: [{ op: 'literal', value: 1 }] }] });

export class Generator {
  #state;
  #scope = [];  // [name, type] of what the expression itself has named, the innermost last

  constructor(seed) {
    this.#state = seed;
  }

  // mulberry32
  random() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  below(n) {
    return Math.floor(this.random() * n);
  }
  chance(p) {
    return this.random() < p;
  }
  pick(list) {
    return list[this.below(list.length)];
  }

  // So many expressions of all types, small and large.
  some(count) {
    const types = ['number', 'text', 'bool', 'bool', 'bool', 'person', ...LISTS];
    return Array.from({ length: count }, () => this.make(this.pick(types), 1 + this.below(4)));
  }

  // An expression of a type, now and then of another one, or null.
  make(type, depth) {
    if (this.chance(0.03)) return { op: 'literal', value: null };
    if (this.chance(0.04)) return this.made(this.pick(TYPES), depth);
    return this.made(type, depth);
  }

  made(type, depth) {
    if (type === 'list') return this.made(this.pick(LISTS), depth);
    if (type === 'any') return this.made(this.pick(TYPES), depth);
    if (this[type] && !TYPES.includes(type)) return this[type]();
    if (depth <= 0 || this.chance(0.2)) return this.leaf(type);
    const general = ['call', 'call', 'if', 'bound', 'item', 'member'];
    const ways = { number: ['arithmetic', 'arithmetic', 'arithmetic', 'negate'], text: ['joined'], person: ['contextual'], case: [],
      bool: ['compared', 'compared', 'logic', 'logic', 'within', 'within', 'between', 'quantified', 'quantified'] };
    return this[this.pick([...general, ...(ways[type] ?? ['listed', 'filtered', 'filtered', 'gone'])])](type, depth - 1)
      ?? this.leaf(type);
  }

  leaf(type) {
    const names = this.#scope.filter(([, of]) => of === type).map(([name]) => name);
    if (names.length > 0 && this.chance(0.6)) return named(this.pick(names));
    if (this.chance(0.5) || type === 'person' || type === 'case') {
      if (variables[type]) return { op: 'name', name: this.pick(Object.keys(variables[type])) };
    }
    if (ITEM[type]) return { op: 'list', kids: Array.from({ length: this.below(4) }, () => this.leaf(ITEM[type])) };
    return { op: 'literal', value: this.literal(type) };
  }

  literal(type) {
    if (type === 'number') return this.pick([0, 1, 2, 3, 4, 7, 10, 0.5, 2.5, 1.25, 100, 1000000]);
    if (type === 'text') return this.pick(['', 'a', 'b', 'solved', 'grave', '南昌', 'say "a"\n', 'A-17']);
    if (type === 'bool') return this.chance(0.5);
    return this.pick([1, 'a', true, null]);
  }

  // Arguments that only mean something in their place.
  scale() {
    return this.whole([0, 0, 1, 2, 3, -1]);
  }
  position() {
    return this.whole([1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 9, -1, -2, 0]);
  }
  length() {
    return this.whole([0, 1, 1, 1, 1, 1, 2, 20]);
  }
  whole(values) {
    const n = this.pick(values);
    return n < 0 ? { op: 'negate', kids: [{ op: 'literal', value: -n }] } : { op: 'literal', value: n };
  }
  single() {
    return { op: 'list', kids: [this.leaf('number')] };
  }
  digits() {
    return { op: 'literal', value: this.pick(['1', '-2.5', '1,234.5', '1 000', '12.', '', 'a', '1e3', '.5', '1.000,5']) };
  }
  grouping() {
    return { op: 'literal', value: this.pick([' ', ',', '.', null]) };
  }
  point() {
    return { op: 'literal', value: this.pick(['.', '.', ',', null]) };
  }
  key() {
    return { op: 'literal', value: this.pick(['urgency', 'name', 'age', 'site', 'other key']) };
  }
  keys() {
    return { op: 'list', kids: [{ op: 'literal', value: this.pick(['site', 'urgency', 'x']) }, { op: 'literal', value: 'city' }] };
  }

  call(type, depth) {
    const found = FUNCTIONS[type];
    if (!found) return null;
    const [name, ...types] = this.pick(found);
    const kids = types.flatMap((one) => {
      if (one.endsWith('?') && this.chance(0.5)) return [];
      return Array.from({ length: one.endsWith('*') ? 1 + this.below(3) : 1 }, () => this.make(one.replace(/[?*]$/, ''), depth));
    });
    return { op: 'call', name, kids };
  }
  if(type, depth) {
    return { op: 'if', kids: [this.make('bool', depth), this.make(type, depth), this.make(type, depth)] };
  }
  arithmetic(_type, depth) {
    const op = this.pick(['+', '+', '-', '-', '*', '/', '**']);
    const right = op === '**' ? this.whole([0, 1, 2, 3, -1]) : this.make('number', depth);
    return { op, kids: [this.make('number', depth), right] };
  }
  negate(_type, depth) {
    return { op: 'negate', kids: [this.make('number', depth)] };
  }
  joined(_type, depth) {
    return { op: '+', kids: [this.make('text', depth), this.make('text', depth)] };
  }
  compared(_type, depth) {
    if (this.chance(0.3)) return this.gateway();
    const type = this.pick(['number', 'number', 'text', 'bool', 'any']);
    const op = this.pick(type === 'bool' || type === 'any' ? ['=', '!='] : ['=', '!=', '<', '<=', '>', '>=']);
    return { op, kids: [this.make(type, depth), this.make(type, depth)] };
  }
  // As conditions on a gateway are written.
  gateway() {
    const outcome = { op: 'name', name: 'outcome' };
    const texts = ['solved', 'again', 'grave'].map((value) => ({ op: 'literal', value }));
    return this.pick([
      { op: '=', kids: [outcome, this.pick(texts)] },
      { op: 'in', kids: [outcome, { op: 'tests', kids: texts.slice(this.below(2)) }] },
      { op: '=', kids: [{ op: 'member', name: 'urgency', kids: [{ op: 'name', name: 'case' }] }, texts[2]] },
      { op: '>', kids: [{ op: 'member', name: 'severity', kids: [{ op: 'name', name: 'case' }] }, { op: 'literal', value: 2 }] },
      { op: '=', kids: [{ op: 'name', name: 'called' }, { op: 'literal', value: true }] },
    ]);
  }
  logic(_type, depth) {
    return { op: this.pick(['and', 'or']), kids: [this.make('bool', depth), this.make('bool', depth)] };
  }
  between(_type, depth) {
    const type = this.pick(['number', 'number', 'text']);
    return { op: 'between', kids: [this.make(type, depth), this.make(type, depth), this.make(type, depth)] };
  }
  within(_type, depth) {
    const type = this.pick(['number', 'text']);
    const list = type === 'number' ? 'numbers' : 'texts';
    const test = () => this.pick([
      () => this.make(type, depth - 1),
      () => ({ op: 'test', sign: this.pick(['<', '<=', '>', '>=']), kids: [this.make(type, depth - 1)] }),
      () => ({ op: 'range', open: this.pick(['[', '(']), close: this.pick([']', ')']),
        kids: [this.make(type, depth - 1), this.make(type, depth - 1)] }),
    ])();
    const right = this.pick([
      () => this.make(list, depth),
      test,
      () => ({ op: 'tests', kids: Array.from({ length: 2 + this.below(2) }, test) }),
    ])();
    return { op: 'in', kids: [this.make(type, depth), right] };
  }

  contextual(_type, depth) {
    const entries = { ...MEMBERS.person, 'other key': 'any' };
    const keys = Object.keys(entries).slice(0, 3 + this.below(3));
    return { op: 'context', keys, kids: keys.map((key) => this.make(entries[key], depth)) };
  }
  member(type, depth) {
    const found = Object.entries(MEMBERS).flatMap(([of, members]) =>
      Object.entries(members).filter(([, is]) => is === type).map(([name]) => [of, name]));
    const lists = Object.entries(MEMBERS.person).filter(([, is]) => is === ITEM[type]).map(([name]) => ['people', name]);
    if (found.length + lists.length === 0) return null;
    const [of, name] = this.pick([...found, ...lists]);
    return { op: 'member', name, kids: [this.make(of, depth)] };
  }
  item(type, depth) {
    const list = LISTS.find((one) => ITEM[one] === type);
    if (!list) return null;
    const at = this.chance(0.8) ? this.position() : this.make('number', depth);
    return { op: 'filter', kids: [this.make(list, depth), at] };
  }
  listed(type, depth) {
    return { op: 'list', kids: Array.from({ length: this.below(4) }, () => this.make(ITEM[type], depth)) };
  }

  // ---- what names something ----

  // The names are in scope while the function runs.
  #naming(names, run) {
    this.#scope.push(...names);
    try {
      return run();
    } finally {
      this.#scope.length -= names.length;
    }
  }
  bound(type, depth) {
    const of = this.pick(['number', 'text', 'numbers']);
    const name = this.pick(['a', 'b']);
    const value = this.make(of, depth);
    const body = this.#naming([[name, of]], () => this.make(type, depth));
    return { op: 'member', name: 'out', kids: [{ op: 'context', keys: [name, 'out'], kids: [value, body] }] };
  }
  filtered(type, depth) {
    const list = this.make(type, depth);
    const members = ITEM[type] === 'person' ? Object.entries(MEMBERS.person) : [];
    const way = this.pick(['compared', 'compared', 'compared', 'logic', 'within', 'between', 'quantified', 'make']);
    const condition = this.#naming([['item', ITEM[type]], ...members], () => this[way]('bool', depth));
    return { op: 'filter', kids: [list, condition] };
  }
  #iterators(depth, last) {
    const domains = [];
    const names = [];
    const next = (left) => {
      const type = this.pick(['numbers', 'texts', 'people', 'numbers']);
      const name = this.pick(['x', 'y', 'z'].filter((one) => !names.includes(one)));
      domains.push(type === 'numbers' && this.chance(0.4)
        ? { op: 'range', iterated: true, kids: [this.whole([0, 1, 1, 3, -1]), this.whole([0, 1, 2, 3, 3, 4, 4, -1])] }
        : this.make(type, depth));
      names.push(name);
      return this.#naming([[name, ITEM[type]]], () => (left > 0 ? next(left - 1) : last()));
    };
    return { body: next(this.chance(0.25) ? 1 : 0), names, domains };
  }
  gone(type, depth) {
    // Only what has no parts, or it would nest more deeply from round to round, past our limit.
    const before = ['number', 'text', 'bool'].includes(ITEM[type]) ? [['', ITEM[type]]] : [];
    const { body, names, domains } = this.#iterators(depth, () => this.#naming(before, () => this.make(ITEM[type], depth)));
    return { op: 'for', names, kids: [...domains, body] };
  }
  quantified(_type, depth) {
    const { body, names, domains } = this.#iterators(depth, () => this.make('bool', depth));
    return { op: this.pick(['some', 'every']), names, kids: [...domains, body] };
  }
}
