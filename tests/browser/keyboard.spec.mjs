// A day's work without a mouse: signing in, finding a case, claiming its task and completing it, always seeing where one is.
import { expect, test } from '@playwright/test';
import { cast, Centre, complete, password } from '../support/centre.mjs';

let centre;
test.beforeAll(async () => {
  centre = await Centre.start();
});
test.afterAll(() => centre?.stop());

const title = '阅览室终端看不了直播';

// A case that waits for a network engineer to take it.
async function waitingCase() {
  const acceptance = await centre.person(cast.acceptance);
  const { id } = await acceptance.post('/hotline/calls', {
    title, description: '换了两个频道都黑屏。', contact_name: '刘老师', contact_phone: '0791-80000002', category: 'live-black-screen', urgency: 'normal', solved: false,
  });
  await complete(acceptance, id, 'handle-first', 'unsolved', { tried: '重启无改善。' });
}

// What has the focus, by its role and name, and whether that is to be seen: a ring around it or its label, within the window.
const focus = (page) => page.evaluate(() => {
  const element = document.activeElement;
  const ringed = [element, element.closest('label')].some((one) => {
    const style = one && getComputedStyle(one);
    return style && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
  });
  const box = element.getBoundingClientRect();
  return {
    tag: element.tagName,
    name: element.getAttribute('aria-label') ?? (element.labels?.[0] ?? element).textContent.replace('*', '').trim(),
    seen: ringed && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
});

// Goes on with Tab until the focus is on what bears this name, never losing sight of it.
async function tabTo(page, name) {
  const way = [];
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press('Tab');
    const at = await focus(page);
    way.push(at.name);
    expect(at.seen, `the focus on ${at.tag} “${at.name}” is to be seen`).toBe(true);
    if (at.name === name) return;
  }
  throw new Error(`${name} is not on the way: ${way.join(' → ')}`);
}

test('somebody without a mouse signs in, finds a case, claims its task and completes it', async ({ browser }) => {
  await waitingCase();
  const context = await browser.newContext({ baseURL: centre.url });
  const page = await context.newPage();
  await page.goto('/cases');

  // The sign-in begins in its first field, and leads to where one wanted to go.
  await expect(page.getByLabel('登录名')).toBeFocused();
  await page.keyboard.type(cast.network);
  await tabTo(page, '密码');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: '工单' })).toBeVisible();

  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type(title);
  await expect(page.getByRole('row')).toHaveCount(2);
  await tabTo(page, title);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();

  const task = page.getByRole('region', { name: '接收/处理问题' });
  await expect(task).toBeVisible();
  await page.keyboard.press('t');
  await tabTo(page, '领取');
  await page.keyboard.press('Enter');
  await expect(task.getByRole('button', { name: '放回待领取' })).toBeVisible();

  // The form is where one goes on.
  await expect(task.getByRole('textbox', { name: '处理过程' })).toBeFocused();
  expect((await focus(page)).seen).toBe(true);
  await page.keyboard.type('核对组播表，该频道未下发到这台交换机。');
  await tabTo(page, '未解决');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: '报告技术主管' })).toBeVisible();
  await expect(task).toBeHidden();
  await context.close();
});
