// Every include against server/layers.txt: what a room may see is what it names there and, downwards, what those may see.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exists, files, includes, none, read, roomOf } from './sources.mjs';

const edges = new Map(read('server/layers.txt').split('\n').filter((line) => !/^(#|$)/.test(line)).map((line) => {
  const found = /^([a-z][a-z/_]*):((?: [a-z/_]+)*)$/.exec(line);
  assert(found, `server/layers.txt: not of the form "room: rooms": ${line}`);
  return [found[1], found[2].split(' ').filter(Boolean)];
}));

// Everything that a room stands on, itself included; throws where that leads back to a room on the way.
function reach(room, way = []) {
  assert(edges.has(room), `server/layers.txt: ${way.at(-1) ?? ''} names "${room}", which is no room`);
  assert(!way.includes(room), `server/layers.txt has a circle: ${[...way, room].join(' → ')}`);
  return new Set([room, ...edges.get(room).flatMap((lower) => [...reach(lower, [...way, room])])]);
}

// Libraries of the system that only some rooms know. A library with no line here may be used by every room.
const homes = [
  [/^(sqlite3\.h|libpq)/, ['storage']],
  [/^boost\/(asio|beast)/, ['transport']],
  [/^openssl\/ssl/, ['transport']],
  [/^(curl|gmime)\//, ['outbound']],
  [/^pugixml/, ['engine/bpmn', 'extract']],
  [/^sodium/, ['foundation']],
  [/^spdlog\//, ['foundation']],
  [/^zip\.h/, ['zip']],
  [/^magic\.h/, ['domain/case']],
  [/^archive/, ['backup']],
  [/^(CLI|toml\+\+)\//, ['main']],
];

// A test, or a header that only tests include.
function isTest(path) {
  if (path.endsWith('.cpp')) return path.endsWith('_test.cpp');
  const users = includes.filter(({ target }) => `server/${target}` === path).map((include) => include.path);
  return users.length > 0 && users.every((user) => user !== path && (isTest(user) || isBenchmark(user)));
}

const isBenchmark = (path) => path.endsWith('_bench.cpp');

// Why this include of our own may not be, or nothing.
function objection({ path, target }) {
  const from = roomOf(path);
  const to = roomOf(target);
  if (!exists(`server/${target}`)) return `"${target}" is no file of server/ (paths are given from there)`;
  if (from === to) return undefined;
  const seen = reach(from);
  // Tests stand on the test kit too, and benchmarks link the whole program.
  if (!seen.has(to) && isTest(path)) reach('testkit').forEach((room) => seen.add(room));
  if (!isBenchmark(path) && !seen.has(to)) return `${from} may not see ${to}`;
  const slice = /^domain\/([a-z_]+)$/.exec(to)?.[1];
  if (slice && from.startsWith('domain/') && target !== `${to}/${slice}.hpp`) {
    return `of its sibling ${to} a slice sees only the face, ${to}/${slice}.hpp`;
  }
  return undefined;
}

test('the rooms of layers.txt stand on each other without a circle', () => {
  for (const room of edges.keys()) reach(room);
});

test('all code of the server is in a room', () => {
  const strays = files.filter((path) => /^server\/.*\.(cpp|hpp)$/.test(path) && !edges.has(roomOf(path)));
  none(strays.map((path) => `${path}: server/layers.txt has no such room`));
});

test('every include points to what its room may see', () => {
  assert(includes.length > 0);
  const wrong = includes.filter((include) => include.own)
    .map((include) => [include, objection(include)])
    .filter(([, why]) => why).map(([{ path, line }, why]) => `${path}:${line}: ${why}`);
  none(wrong);
});

test('libraries of the system are used only in their home rooms', () => {
  const wrong = includes.filter((include) => !include.own).flatMap(({ path, line, target }) => {
    const home = homes.find(([pattern]) => pattern.test(target))?.[1];
    return home && !home.includes(roomOf(path)) ? [`${path}:${line}: <${target}> belongs to ${home.join(', ')}`] : [];
  });
  none(wrong);
});
