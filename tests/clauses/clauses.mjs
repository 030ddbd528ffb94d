// Reads docs/clauses.md: a table whose rows begin with a clause's id; in its last column the names of the tests that prove
// the clause, each in backticks (`Suite.Name` of a unit test, otherwise the test's title), or the words "not yet".
import { readFileSync } from 'node:fs';

export const pageFile = 'docs/clauses.md';

// [{id, tests: [name], notYet}], in the page's order.
export function clauses() {
  const page = readFileSync(new URL(`../../${pageFile}`, import.meta.url), 'utf8');
  return page.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    if (!/^[A-Z]{2,3}-\d{2}$/.test(cells[1] ?? '')) return [];
    const proof = cells.at(-2);
    return [{ id: cells[1], tests: [...proof.matchAll(/`([^`]+)`/g)].map(([, name]) => name), notYet: /\bnot yet\b/.test(proof) }];
  });
}
