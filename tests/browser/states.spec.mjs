// What the main screens show while they wait, when there is nothing, and when the server refuses or is gone; and all
// screens in English.
import { expect, test } from '@playwright/test';
import { Centre } from '../support/centre.mjs';
import { accessible, arrive, desk, hand, Looks, picture, sound } from './look.mjs';
import { facts, screens } from './screens.mjs';

let centre;
let known;
let looks;
test.beforeAll(async ({ browser }) => {
  looks = new Looks(browser);
  centre = await Centre.start();
  known = await facts(centre);
});
test.afterAll(() => centre?.stop());

// The request that a screen lives from, and the words it has for having found nothing.
const lists = [
  { name: 'workbench', path: '/', asks: /\/api\/v1\/tasks\?/, none: '没有待办' },
  { name: 'cases', path: '/cases', asks: /\/api\/v1\/cases\?/, none: '没有符合条件的工单' },
  { name: 'case', path: ({ call }) => `/cases/${call}`, asks: /\/api\/v1\/cases\/\d+$/ },
];
const broken = { status: 500, contentType: 'application/problem+json', json: { type: 'about:blank', status: 500, code: 'internal', title: '服务器出错', incident: 'a1b2c3' } };
const states = {
  loading: { answer: () => {}, shows: (page) => page.locator('.bones').first() },
  refused: { answer: (route) => route.fulfill(broken), shows: (page) => page.getByRole('button', { name: '重试' }) },
  away: { answer: (route) => route.abort('connectionrefused'), shows: (page) => page.getByRole('button', { name: '重试' }) },
};

for (const list of lists) {
  for (const [where, size] of Object.entries({ desk, hand })) {
    test(`${list.name}: waiting, refused or out of reach, ${where === 'desk' ? 'on a desk' : 'in the hand'}`, async () => {
      const page = await looks.page(centre, { as: 'acceptance', size });
      for (const [state, { answer, shows }] of Object.entries(states)) {
        // Both failures look alike, and the client asks thrice before it says that nobody answers: once is enough.
        if (state === 'away' && !(list.name === 'cases' && where === 'desk')) continue;
        await page.route(list.asks, answer);
        await page.goto(typeof list.path === 'function' ? list.path(known) : list.path);
        await expect(shows(page)).toBeVisible();
        const what = `${list.name}-${state}.${where}.light`;
        await picture(page, what);
        await sound(page, what);
        if (where === 'desk') await accessible(page, what);
        await page.unroute(list.asks, answer);
        // A press of the button is all it takes once the server is well again.
        if (state !== 'loading') {
          await shows(page).click();
          await expect(shows(page)).toHaveCount(0);
          await expect(page.locator('.bones')).toHaveCount(0);
        }
      }
    });
  }
}

test('workbench and cases say so when there is nothing, and what to do then', async () => {
  for (const [where, size] of Object.entries({ desk, hand })) {
    const page = await looks.page(centre, { as: 'acceptance', size });
    const nothing = (route) => route.fulfill({ json: { items: [], next: null } });
    for (const { name, path, asks, none } of lists.filter((list) => list.none)) {
      await page.route(asks, nothing);
      await arrive(page, { path, shows: () => page.getByText(none).first() }, known);
      const what = `${name}-nothing.${where}.light`;
      await picture(page, what);
      await sound(page, what);
      await page.unroute(asks, nothing);
    }
    expect(page.faults).toEqual([]);
  }
});

for (const screen of screens.filter(({ as, act }) => as && !act)) {
  test(`${screen.name} in English, wide and narrow`, async () => {
    const page = await looks.page(centre, { as: screen.as, english: true });
    await page.setViewportSize(desk.viewport);
    await arrive(page, screen, known);
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    for (const [where, { viewport }] of Object.entries({ desk, hand })) {
      await page.setViewportSize(viewport);
      const what = `${screen.name}.${where}.english`;
      await picture(page, what);
      await sound(page, what);
    }
    expect(page.faults, screen.name).toEqual([]);
  });
}
