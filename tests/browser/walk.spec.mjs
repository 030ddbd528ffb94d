import { expect, test } from '@playwright/test';
import { cast, Centre } from '../support/centre.mjs';
import { finish, openCase, signIn } from './desk.mjs';

let centre;
test.beforeAll(async () => {
  centre = await Centre.start({ clock: 'system' });
});
test.afterAll(() => centre.stop());

test('a hotline call solved at once is recorded in one act, told and archived', async ({ browser }) => {
  const page = await signIn(browser, centre, cast.acceptance);
  await page.goto('/hotline');
  await page.getByLabel('联系人', { exact: false }).first().fill('刘老师');
  await page.getByLabel('电话', { exact: false }).first().fill('0791-80000001');
  await page.getByLabel('问题描述').fill('三楼多功能厅点播卡顿，直播正常。');
  await page.getByText('播放卡顿、花屏', { exact: true }).click();
  await page.getByLabel('当场解决办法').fill('更换网线后恢复。');
  await page.getByRole('button', { name: /当场解决/ }).click();
  await expect.poll(async () => (await (await centre.person(cast.acceptance)).get('/cases?limit=1')).items[0].title).toContain('三楼多功能厅');
  const { items } = await (await centre.person(cast.acceptance)).get('/cases?limit=1');
  await openCase(page, items[0].id);
  await finish(page, '反馈客户', '认可', { 反馈内容: '已更换网线，请放心使用。', 客户答复: '好了，谢谢。' }, { choices: { 反馈方式: '电话' } });
  await finish(page, '资料存档', null);
  await expect(page.getByText('已存档').first()).toBeVisible();
  expect(page.faults).toEqual([]);
});
