// The knowledge base at the desk: a call answered with an article, an archived case made into one, and its review.
import { expect, test } from '@playwright/test';
import { cast, Centre, complete } from '../support/centre.mjs';
import { signIn } from './desk.mjs';

let centre;
test.beforeAll(async () => {
  centre = await Centre.start();
});
test.afterAll(() => centre?.stop());

test('a hotline call is answered with an article in one act', async ({ browser }) => {
  const page = await signIn(browser, centre, cast.acceptance);
  await page.goto('/hotline');
  await page.getByLabel('联系人', { exact: false }).first().fill('刘老师');
  await page.getByLabel('电话', { exact: false }).first().fill('0791-80000001');
  await page.getByLabel('问题描述').fill('客户说晚上七点以后点播老是卡顿，频繁缓冲，直播正常。');
  const offers = page.getByRole('region', { name: '推荐方案' });
  await expect(offers.getByRole('button', { name: /晚间高峰点播卡顿、频繁缓冲/ })).toBeVisible();
  await expect(offers.getByText(/^解决过 \d+ 件/).first()).toBeVisible();
  // One key opens the first; what is still missing is said when it is answered with.
  await page.getByLabel('问题描述').press('F2');
  await expect(offers.getByText('请退出点播后重新进入观看', { exact: false })).toBeVisible();
  await page.keyboard.press('F4');
  await expect(page.getByText('请选择类别')).toBeVisible();
  await expect(page.getByText('采用方案：晚间高峰点播卡顿、频繁缓冲')).toBeVisible();
  await page.getByText('播放卡顿、花屏', { exact: true }).click();
  await offers.getByRole('button', { name: /按此答复并解决/ }).click();
  await expect(page.getByText(/已登记，当场解决/)).toBeVisible();
  await page.getByRole('button', { name: '打开工单' }).click();
  const entry = page.getByRole('listitem').filter({ hasText: '查阅了方案' });
  await expect(entry.getByRole('link', { name: '晚间高峰点播卡顿、频繁缓冲' })).toBeVisible();
  await expect(entry.getByText('据此解决')).toBeVisible();
  expect(page.faults).toEqual([]);
});

test('an archived case becomes an article, which somebody else reviews', async ({ browser }) => {
  const acceptance = await centre.person(cast.acceptance);
  const { id } = await acceptance.post('/hotline/calls', {
    title: '投影仪没有信号', description: '会议室投影仪没有信号。', contact_name: '刘老师', contact_phone: '0791-80000001', category: 'other', urgency: 'normal', solved: true, solution: '更换视频线后恢复。',
  });
  await complete(acceptance, id, 'feed-back', 'accepted', { channel: 'phone', reply: '已更换视频线。', customer_answer: '好了' });
  await complete(acceptance, id, 'archive');
  const page = await signIn(browser, centre, cast.acceptance);
  await page.goto(`/cases/${id}`);
  await page.getByRole('button', { name: '整理为方案' }).click();
  await expect(page.getByRole('textbox', { name: '标题' })).toHaveValue('投影仪没有信号');
  await page.getByRole('textbox', { name: '处理办法' }).fill('1. 检查视频线。\n2. 更换视频线。');
  await page.getByRole('button', { name: '保存并提交审核' }).click();
  await expect(page.getByText('审核中').first()).toBeVisible();
  await page.goto(`/cases/${id}`);
  await expect(page.getByRole('region', { name: '方案库' }).getByRole('link', { name: '投影仪没有信号' })).toBeVisible();

  const desk = await signIn(browser, centre, cast.supervisor);
  await desk.goto('/knowledge?show=in-review');
  await desk.getByRole('link', { name: '投影仪没有信号' }).click();
  await desk.getByRole('button', { name: '退回修改' }).click();
  await desk.getByRole('textbox', { name: '退回原因' }).fill('请写明线的规格。');
  await desk.getByRole('button', { name: '退回修改' }).click();
  await expect(desk.getByText('已退回：请写明线的规格。')).toBeVisible();

  await page.goto('/knowledge?show=draft');
  await page.getByRole('link', { name: '投影仪没有信号' }).click();
  await page.getByRole('link', { name: '继续编写' }).click();
  await page.getByRole('textbox', { name: '处理办法' }).fill('1. 检查视频线。\n2. 更换二级以上规格的视频线。');
  // Half of it survives a closed tab.
  await expect.poll(() => page.evaluate(() => Object.keys(localStorage).some((key) => key.includes('knowledge')))).toBe(true);
  await page.reload();
  await expect(page.getByRole('textbox', { name: '处理办法' })).toHaveValue(/二级以上/);
  await page.getByRole('button', { name: '保存并提交审核' }).click();
  await expect(page.getByText('审核中').first()).toBeVisible();

  await desk.goto('/knowledge?show=in-review');
  await desk.getByRole('link', { name: '投影仪没有信号' }).click();
  await desk.getByRole('button', { name: '审核通过并发布' }).click();
  await expect(desk.getByText('已发布').first()).toBeVisible();
  expect(page.faults).toEqual([]);
  expect(desk.faults).toEqual([]);
});

test('what a new version changes is shown to its reviewer', async ({ browser }) => {
  const page = await signIn(browser, centre, cast.supervisor);
  await page.goto('/knowledge?show=in-review');
  await page.getByRole('link', { name: '晚间高峰点播卡顿、频繁缓冲' }).click();
  await expect(page.getByText('第 2 版正在等待审核', { exact: false })).toBeVisible();
  await expect(page.locator('article ins').first()).toHaveText('超过');
  await page.getByRole('button', { name: '查看当前版本' }).click();
  await expect(page.locator('article ins')).toHaveCount(0);
  expect(page.faults).toEqual([]);
});
