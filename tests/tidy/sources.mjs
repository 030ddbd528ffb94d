// What the tidy tests read: the files of the checkout, and the C++ among them without their comments and texts.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path/posix';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export const read = (path) => readFileSync(root + path, 'utf8');
export const exists = (path) => existsSync(root + path);

// Every file that is committed, or new and not ignored.
export const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
  { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  .split('\0')
  .filter((path) => path !== '' && exists(path) && statSync(root + path).isFile())
  .sort();

export const matching = (pattern) => files.filter((path) => pattern.test(path));
export const cpp = matching(/^(server|fuzz|tests)\/.*\.(cpp|hpp)$/);
export const headers = matching(/^server\/.*\.hpp$/);

// Files that are text written by people: no lock files, no pictures.
export const texts = files.filter((path) => !/\.(png|jpg|ico|pdf|xlsx|zip|gz|woff2?|eml)$|package-lock\.json$/.test(path));

// Every include of the server's own sources: {path, line, own: "…" and not <…>, target}.
export const includes = matching(/^server\/.*\.(cpp|hpp)$/).flatMap((path) =>
  read(path).split('\n').flatMap((text, at) => {
    const found = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/.exec(text);
    return found ? [{ path, line: at + 1, own: found[1] === '"', target: found[2] }] : [];
  }));

export const roomOf = (path) => dirname(path.replace(/^server\//, ''));

// Nothing may be in the list of what is wrong; the message is the list, a line each.
export const none = (wrong) => assert(wrong.length === 0, `${wrong.length} places:\n  ${wrong.join('\n  ')}`);

// Lines of a file that match, as "path:line: what" for a message.
export function linesWith(path, pattern) {
  return read(path).split('\n').flatMap((line, at) => {
    const found = pattern.exec(line);
    return found ? [`${path}:${at + 1}: ${found[0]}`] : [];
  });
}

// The longest first: a raw string may hold anything.
const TOKENS = /R"([^\s()\\]{0,16})\([\s\S]*?\)\1"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+'/g;

// C++ with comments and the insides of texts blanked; every line stays where it was. A ' between digits is no text.
export function bare(code) {
  return code.replace(/\d'(?=\d)/g, (digit) => `${digit[0]} `).replace(TOKENS, (token) => token.replace(/[^\n]/g, ' '));
}
