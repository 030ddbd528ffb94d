// The holiday files against an independent list: npm's `chinese-days`, day by day for every year that we have a file for.
// Run with: node --test tests/data/
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const folder = new URL('../../data/holidays/', import.meta.url);
const DAY = 86_400_000;

// The package reads a day partly in UTC and partly in the machine's own zone, and is a day out west of Greenwich.
process.env.TZ = 'UTC';

// Every day of the year as [text, weekday], without a time zone in the way.
function* daysOf(year) {
  for (let t = Date.UTC(year, 0, 1); t < Date.UTC(year + 1, 0, 1); t += DAY) {
    const date = new Date(t);
    yield [date.toISOString().slice(0, 10), date.getUTCDay()];
  }
}

// A day is worked when it is listed as shifted work, or is neither off nor at a weekend.
function worked(file, day, weekday) {
  if (file.work.includes(day)) return true;
  if (file.off.some((range) => range.from <= day && day <= range.to)) return false;
  return weekday >= 1 && weekday <= 5;
}

const files = readdirSync(folder)
  .filter((name) => /^cn-\d{4}\.json$/.test(name))
  .map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8'))]);

test('there is a file for each year since 2024 without a gap', () => {
  const years = files.map(([, file]) => file.year).sort();
  assert.ok(years.length >= 3 && years[0] === 2024);
  years.forEach((year, i) => assert.equal(year, 2024 + i));
});

for (const [name, file] of files) {
  test(`${name} is consistent in itself`, () => {
    assert.equal(name, `cn-${file.year}.json`);
    assert.ok(file.source);
    const own = new Map(daysOf(file.year));
    for (const range of file.off) {
      assert.ok(own.has(range.from) && own.has(range.to) && range.from <= range.to, range.from);
      assert.ok(range.name.zh && range.name.en, range.from);
    }
    for (const day of file.work) {
      assert.ok([0, 6].includes(own.get(day)), `${day}: only a Saturday or Sunday can be a shifted workday`);
      assert.ok(!file.off.some((range) => range.from <= day && day <= range.to), `${day} is off and worked`);
    }
  });

  test(`${name} agrees with chinese-days on every day`, () => {
    const { isWorkday } = createRequire(import.meta.url)('chinese-days');
    const different = [];
    for (const [day, weekday] of daysOf(file.year)) {
      if (worked(file, day, weekday) !== isWorkday(day)) different.push(day);
    }
    assert.deepEqual(different, []);
  });
}
