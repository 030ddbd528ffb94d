// Writes generated expressions into a folder, a file each, for fuzz/feel_fuzz to begin with.
// Run with: node tests/feel/corpus.mjs FOLDER
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Generator } from './generate.mjs';
import { outside } from './outside.mjs';
import { write } from './write.mjs';

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
const texts = [...new Generator(1).some(1000).map(write), ...outside(new Generator(2), 100)];
texts.forEach((text, i) => writeFileSync(join(folder, `${i}.feel`), text));
