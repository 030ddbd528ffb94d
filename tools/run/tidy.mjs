// clang-tidy over C++ files of the server: node tools/run/tidy.mjs COMPILE_COMMANDS JOBS [--deep] FILE…
// Reading the headers costs it far more than reading our code, so the files of a folder are laid after each other and
// read as one, and in halves where that does not compile (two files name a thing alike).
// Prints what is found, and exits with 1 where something is. With --deep the analyzer follows calls: hours over everything.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { argv, exit, stdout } from 'node:process';

const [commandsPath, jobs, ...rest] = argv.slice(2);
const files = rest.filter((word) => word !== '--deep');
const written = readFileSync('.clang-tidy', 'utf8');
const rules = rest.includes('--deep') ? written.replace('clang-analyzer-ipa, value: none', 'clang-analyzer-ipa, value: dynamic-bifurcate') : written;
const most = 14; // files read as one: larger ones leave a core idle at the end
const folder = resolve(dirname(commandsPath), '../tidy');

// The compiler's arguments for a file, without the names of what goes in and comes out.
const commands = new Map(JSON.parse(readFileSync(commandsPath, 'utf8')).map((one) => [resolve(one.directory, one.file), one]));
function flagsOf(file) {
  const { command } = commands.get(resolve(file));
  const words = command.slice(command.search(/\S*\+\+(?=\s)/)).split(/\s+/).slice(1).map((word) => word.replace(/\\(.)/g, '$1').replace(/^"(.*)"$/, '$1'));
  const kept = [];
  for (let i = 0; i < words.length; ++i) {
    if (['-o', '-c', '-MF', '-MT', '-MQ'].includes(words[i])) ++i;
    else if (words[i] !== '-MD' && words[i] !== '-Winvalid-pch') kept.push(words[i]);
  }
  return kept;
}

function groups() {
  const byRoom = new Map();
  for (const file of files) {
    if (!commands.has(resolve(file))) throw new Error(`${file} is not built, and cannot be read without the compiler's arguments`);
    const room = dirname(file) + (/_(test|bench)\.cpp$/.test(file) ? ' tests' : '');
    byRoom.set(room, [...(byRoom.get(room) ?? []), file]);
  }
  return [...byRoom].flatMap(([room, all]) => {
    const parts = Math.ceil(all.length / most);
    return Array.from({ length: parts }, (_, n) => ({ room, files: all.filter((_, i) => i % parts === n) }));
  }).sort((a, b) => b.files.length - a.files.length);
}

// Where the files were laid, and a place there as it is called at home.
function laidTogether(some) {
  mkdirSync(folder, { recursive: true });
  const path = `${folder}/${some[0].replaceAll('/', '_')}`;
  const starts = [];
  let text = '';
  for (const file of some) {
    starts.push({ file, line: text.split('\n').length });
    text += `${readFileSync(file, 'utf8')}\n`;
  }
  writeFileSync(path, text);
  const home = (line) => {
    const start = starts.findLast((one) => one.line <= line);
    return `${start.file}:${line - start.line + 1}`;
  };
  return { path, named: (out) => out.replaceAll(new RegExp(`${path.replaceAll('.', '\\.')}:(\\d+)`, 'g'), (_, line) => home(Number(line))) };
}

const read = (path, like) => new Promise((done) => {
  const words = ['--quiet', `--config=${rules}`, '--warnings-as-errors=*', '--extra-arg=-Wno-unknown-warning-option', path, '--', ...flagsOf(like)];
  execFile('clang-tidy-19', words, { cwd: commands.get(resolve(like)).directory, maxBuffer: 64 << 20 }, (error, out) => done({ failed: error !== null, out: error && !out ? String(error) : out }));
});

// What is found in the files; halves where they do not compile together.
async function findings(some) {
  const laid = laidTogether(some);
  const { failed, out } = await read(laid.path, some[0]);
  if (some.length === 1 || !out.includes('[clang-diagnostic-error')) return failed ? laid.named(out) : '';
  const half = Math.ceil(some.length / 2);
  return (await findings(some.slice(0, half))) + (await findings(some.slice(half)));
}

let wrong = 0;
async function look(group) {
  const began = Date.now();
  const found = await findings(group.files);
  if (found) ++wrong;
  stdout.write(`${found}  ${group.room}: ${group.files.map((file) => basename(file, '.cpp')).join(' ')} (${Math.round((Date.now() - began) / 1000)} s)\n`);
}

const waiting = groups();
await Promise.all(Array.from({ length: Number(jobs) }, async () => {
  for (let next = waiting.shift(); next; next = waiting.shift()) await look(next);
}));
exit(wrong === 0 ? 0 : 1);
