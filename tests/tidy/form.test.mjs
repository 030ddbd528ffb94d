// The form of the sources: lengths, comments on public faces, nothing left open, nothing of one machine, no secrets.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { bare, cpp, files, headers, includes, linesWith, matching, none, read, roomOf, root, texts } from './sources.mjs';

const MAX_LINES = 400;
const MAX_FUNCTION = 70;
const MAX_BYTES = 1024 * 1024;

const scripts = matching(/^(web|tests|tools|bench)\/.*\.(ts|mjs|vue)$/)
  // Generated from the API description, as long as that is.
  .filter((path) => !path.startsWith('web/src/contract/'));

test(`no source file is longer than ${MAX_LINES} lines`, () => {
  const sources = [...cpp, ...scripts, ...matching(/^(server\/.*\.sql|run|tools\/.*\.(bash|py|cmake)|tools\/[^.]+|web\/.*\.css)$/)];
  const long = sources.map((path) => [path, read(path).split('\n').length - 1]).filter(([, lines]) => lines > MAX_LINES);
  none(long.map(([path, lines]) => `${path}: ${lines} lines`));
});

// A reader finds any semantic of the engine in its own function, and can read the whole in a morning.
test('the core of the engine has less than 3,000 lines', () => {
  const core = matching(/^server\/engine\/bpmn\/(core\w*|machine|model)\.(cpp|hpp)$/).filter((path) => !/_(test|bench)\.cpp$/.test(path));
  const lines = core.map((path) => read(path).split('\n').length - 1).reduce((a, b) => a + b, 0);
  assert.ok(core.length >= 14 && lines < 3000, `${lines} lines in ${core.length} files`);
});

// The functions of a C++ file as {line, lines}: a block after a parameter list, directly inside namespaces and types.
// What stands in a function (blocks, lambdas) is part of it.
function functionsOf(code) {
  const found = [];
  const open = [];
  let head = '';
  let line = 1;
  for (const c of bare(code).replace(/^\s*#(?:.*\\\n)*.*$/gm, (text) => text.replace(/[^\n]/g, ' '))) {
    if (c === '\n') line += 1;
    if (c === '{') {
      const within = open.at(-1)?.kind ?? 'scope';
      const isScope = /\b(namespace|class|struct|union|enum|extern)\b[^()]*$/.test(head);
      const kind = within !== 'scope' ? 'part' : isScope ? 'scope' : head.includes(')') ? 'function' : 'value';
      open.push({ kind, line });
      head = '';
    } else if (c === '}') {
      const block = open.pop();
      if (block?.kind === 'function') found.push({ line: block.line, lines: line - block.line + 1 });
      head = '';
    } else if (c === ';') {
      head = '';
    } else {
      head += c;
    }
  }
  return found;
}

// The functions of a TypeScript or JavaScript file, by layout: from a line that opens one to the brace that closes it at
// the same depth. Blocks of tests (describe) are no functions.
function scriptFunctionsOf(code) {
  const lines = code.split('\n');
  const opens = /^(\s*)(?:export\s+)?(?:default\s+)?(?:(?:async\s+)?function\b|(?:const|let)\s+\w+\s*=\s*(?:async\s*)?\(.*=>\s*\{$|(?:async\s+)?(?!if|for|while|switch|catch|describe|test|it\b)\w+\([^)]*\)[^;]*\{$)/;
  return lines.flatMap((text, at) => {
    const found = opens.exec(text);
    if (!found || /\}\s*;?$/.test(text)) return [];
    const end = lines.findIndex((later, other) => other > at && new RegExp(`^${found[1]}\\}`).test(later));
    return end < 0 ? [] : [{ line: at + 1, lines: end - at + 1 }];
  });
}

test(`no function is longer than ${MAX_FUNCTION} lines`, () => {
  const all = [...cpp.flatMap((path) => functionsOf(read(path)).map((one) => ({ path, ...one }))),
    ...scripts.flatMap((path) => scriptFunctionsOf(read(path)).map((one) => ({ path, ...one })))];
  assert(all.length > 100, 'the scan finds the functions');
  const long = all.filter(({ lines }) => lines > MAX_FUNCTION).map(({ path, line, lines }) => `${path}:${line}: ${lines} lines`);
  none(long);
});

test('the scan of functions sees a long one, and does not take a namespace for one', () => {
  const body = 'x();\n'.repeat(80);
  assert.equal(functionsOf(`namespace a {\nint f(int x) const {\n${body}}\n}\n`)[0].lines, 82);
  assert.equal(functionsOf(`struct A {\n${'int x;\n'.repeat(90)}};\n`).length, 0);
  assert.equal(functionsOf('auto s = R"(int f() { )";\nchar c = \'{\'; // {\nint n = 1\'000;\n').length, 0);
  assert.equal(scriptFunctionsOf(`export function f() {\n${body}}\n`)[0].lines, 82);
});

// A header that other rooms include explains its classes and functions, paragraph by paragraph. Plain data may speak by the
// names of its fields, a function of one parameter by its own name (status_of(Kind kind)), and routes(…) means the same in
// every slice. The comment before the namespace speaks for what comes first in it. Nobody outside meets what is in `detail`.
function unexplained(path) {
  const code = read(path).replace(/namespace detail \{[\s\S]*?\n\} {2}\/\/ namespace detail/g, (text) => text.replace(/[^\n]/g, ' '));
  const wrong = [];
  let explained = false;
  let first = true;
  code.split('\n').forEach((line, at, lines) => {
    if (lines[at - 1]?.trim() === '' && !first) explained = false;
    if (line.startsWith('//')) explained = true;
    const function_ = /^[A-Za-z_][\w:<>, *&]*\s[\w:*&]+\(/.test(line) && !line.startsWith('BOOST_');
    if (!function_ && !/^(class \w+[^;]*|struct \w+.*|enum .*)$/.test(line)) return;
    const plain = function_ && (!/\([^()]*,|\($/.test(line) || /\broutes\(/.test(line));
    if (!explained && !plain && (function_ || line.startsWith('class')) && !/\/\/ \w/.test(line)) wrong.push(`${path}:${at + 1}: ${line.trim()}`);
    explained = true;
    first = false;
  });
  return wrong;
}

test('the classes and functions that a room shows to others have a comment', () => {
  const shown = new Set(includes.filter(({ path, target }) => roomOf(path) !== roomOf(target)).map(({ target }) => `server/${target}`));
  none(headers.filter((path) => shown.has(path)).flatMap(unexplained));
});

test('nothing is left open in the sources', () => {
  const marks = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`);
  none(texts.flatMap((path) => linesWith(path, marks)));
});

test('nothing in the sources belongs to one machine', () => {
  const paths = /(?<![\w.$}/])\/(work\/|root\/|home\/\w|tmp\/kw|usr\/local\/)[\w./-]*/;
  // Addresses of package registries and mirrors, in lock files and settings above all.
  const hosts = /https?:\/\/[\w.-]*(registry|mirror|proxy|artifact|deb\.|pypi)[\w.-]*/;
  const looked = [...texts, ...matching(/package-lock\.json$/)];
  none(looked.flatMap((path) => [...linesWith(path, paths), ...linesWith(path, hosts)]));
});

test('nothing in the sources looks like a secret', () => {
  const secrets = new RegExp(['-----BEGIN [A-Z ]*PRIVATE ' + 'KEY', 'AKIA[0-9A-Z]{16}', 'gh[pousr]_[A-Za-z0-9]{30}',
    'xox[baprs]-[A-Za-z0-9-]{10}', 'eyJ[\\w-]{20,}\\.[\\w-]{20,}\\.[\\w-]{10}'].join('|'));
  none(texts.flatMap((path) => linesWith(path, secrets)));
});

test('no file is larger than 1 MB', () => {
  none(files.filter((path) => statSync(root + path).size > MAX_BYTES));
});
