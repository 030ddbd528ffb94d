// Every screen, on a desk and in the hand, in light and dark: all of it can be read, nothing went wrong behind it, and a
// picture of it lies in tests/results/screens for people to look at.
import { expect, test } from '@playwright/test';
import { Centre } from '../support/centre.mjs';
import { accessible, arrive, desk, hand, Looks, picture, sound } from './look.mjs';
import { facts, routeNames, screens } from './screens.mjs';

let centre;
let empty;
let known;
let looks;
test.beforeAll(async ({ browser }) => {
  looks = new Looks(browser);
  centre = await Centre.start();
  empty = await Centre.start({ empty: true });
  known = await facts(centre);
});
test.afterAll(async () => {
  await centre?.stop();
  await empty?.stop();
});

test('every screen that the router knows is looked at', () => {
  expect([...new Set(screens.map(({ route }) => route))].sort()).toEqual(routeNames().sort());
});

for (const screen of screens) {
  test(`${screen.name}: in light and dark, on a desk and in the hand`, async () => {
    for (const [where, size] of Object.entries({ desk, hand })) {
      const page = await looks.page(screen.route === 'first-run' ? empty : centre, { as: screen.as, size });
      await page.emulateMedia({ colorScheme: 'light' });
      await arrive(page, screen, known);
      for (const scheme of ['light', 'dark']) {
        const what = `${screen.name}.${where}.${scheme}`;
        await page.emulateMedia({ colorScheme: scheme });
        await expect(page.locator('html')).toHaveAttribute('data-theme', scheme);
        await picture(page, what);
        if (scheme === 'light') await sound(page, what);
        // The dark page is the light one in other colours, and the hand's has the same as the desk's.
        if (scheme === 'light') await accessible(page, what);
        else if (where === 'desk') await accessible(page, what, ['color-contrast']);
      }
      expect(page.faults, `${screen.name} ${where}`).toEqual([]);
    }
  });
}
