// An expression's tree as text, with the parentheses that it needs, and a few that it does not.

const LEVELS = { or: 1, and: 2, between: 3, in: 3, negate: 7, member: 8, filter: 8, if: 0, for: 0, some: 0, every: 0,
  '=': 3, '!=': 3, '<': 3, '<=': 3, '>': 3, '>=': 3, '+': 4, '-': 4, '*': 5, '/': 5, '**': 6 };
const levelOf = (node) => LEVELS[node.op] ?? 9;

const quoted = (text) => `"${text.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`;

// In a place that takes only what binds as closely as `level`.
function place(node, level) {
  const text = write(node);
  return levelOf(node) < level ? `(${text})` : text;
}

function binary(node) {
  const level = levelOf(node);
  // Comparisons are not chained; the others go from the left.
  const [left, right] = level === 3 ? [4, 4] : [level, level + 1];
  return `${place(node.kids[0], left)} ${node.op} ${place(node.kids[1], right)}`;
}

function iteration(node, word) {
  const names = node.names.map((name, i) => `${name} in ${write(node.kids[i])}`);
  return `${node.op} ${names.join(', ')} ${word} ${write(node.kids.at(-1))}`;
}

export function write(node) {
  const { kids = [] } = node;
  switch (node.op) {
    case 'literal':
      return typeof node.value === 'string' ? quoted(node.value) : String(node.value);
    case 'name':
      return node.name;
    case 'list':
      return `[${kids.map(write).join(', ')}]`;
    case 'context':
      return `{${kids.map((kid, i) => `${/^\w+$/.test(node.keys[i]) ? node.keys[i] : quoted(node.keys[i])}: ${write(kid)}`).join(', ')}}`;
    case 'call':
      return `${node.name}(${kids.map(write).join(', ')})`;
    case 'member':
      return `${place(kids[0], kids[0].op === 'literal' ? 10 : 8)}.${node.name}`;
    case 'filter':
      return `${place(kids[0], 8)}[${write(kids[1])}]`;
    case 'negate':
      return `-${place(kids[0], 8)}`;
    case 'if':
      return `if ${write(kids[0])} then ${write(kids[1])} else ${write(kids[2])}`;
    case 'between':
      return `${place(kids[0], 4)} between ${place(kids[1], 4)} and ${place(kids[2], 4)}`;
    case 'in':
      return `${place(kids[0], 4)} in ${place(kids[1], 4)}`;
    case 'tests':
      return `(${kids.map(write).join(', ')})`;
    case 'test':
      return `${node.sign} ${place(kids[0], 4)}`;
    case 'range':
      return node.iterated ? `${place(kids[0], 4)}..${place(kids[1], 4)}`
        : `${node.open}${place(kids[0], 4)}..${place(kids[1], 4)}${node.close}`;
    case 'for':
      return iteration(node, 'return');
    case 'some':
    case 'every':
      return iteration(node, 'satisfies');
    default:
      return binary(node);
  }
}
