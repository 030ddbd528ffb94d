// The corpus of mails in server/outbound/corpus: their bytes, and what becomes of each in a centre.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = new URL('../../server/outbound/corpus/', import.meta.url).pathname;

// A recipe is a mail with instructions for what is large in it; server/testkit/mail_corpus.hpp says which.
function cooked(recipe) {
  const out = [];
  let block;
  let times = 0;
  for (const line of recipe.replace(/\n$/, '').split('\n')) {
    const repeat = /^%repeat (\d+)$/.exec(line);
    const fill = /^%fill (\d+) (.+)$/.exec(line);
    if (repeat) {
      times = Number(repeat[1]);
      block = [];
    } else if (line === '%end') {
      for (let n = 1; n <= times; n += 1) out.push(...block.map((one) => one.replaceAll('%n', String(n))));
      block = undefined;
    } else if (block) {
      block.push(line);
    } else if (fill) {
      const bytes = Buffer.from(fill[2]);
      out.push(Buffer.alloc(Number(fill[1]), bytes).toString());
    } else {
      out.push(line);
    }
  }
  return Buffer.from(`${out.join('\r\n')}\r\n`);
}

// All of them by name: { name, bytes, outcome, says, files, problems }.
export function mailCorpus() {
  const expected = new Map();
  for (const line of readFileSync(join(FOLDER, 'intake.expect'), 'utf8').split('\n')) {
    if (!line || line.startsWith('#')) continue;
    const [name, outcome, says, files, problems] = line.split(' | ');
    expected.set(name, { name, outcome, says, files: files.split('; ').filter(Boolean), problems: problems.split(' ').filter(Boolean) });
  }
  return readdirSync(FOLDER, { recursive: true }).filter((file) => /\.(eml|recipe)$/.test(file)).sort().map((file) => {
    const bytes = readFileSync(join(FOLDER, file));
    return { ...expected.get(file.replace(/\.\w+$/, '')), bytes: file.endsWith('.recipe') ? cooked(bytes.toString()) : bytes };
  });
}
