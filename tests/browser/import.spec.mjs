// Somebody brings a file: what is wrong is shown where it stands, a column is told by hand, and then all of it comes in.
import { expect, test } from '@playwright/test';
import { cast, Centre } from '../support/centre.mjs';
import { signIn } from './desk.mjs';

let centre;
test.beforeAll(async () => {
  centre = await Centre.start();
});
test.afterAll(() => centre?.stop());

const file = (name, rows) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(rows.join('\r\n')) });
const chooser = (page) => page.locator('input[type=file]');

test('a file with errors is refused, another one is mapped by hand and imported, and a third updates what is there', async ({ browser }) => {
  const page = await signIn(browser, centre, cast.acceptance);
  await page.goto('/places/terminals');
  await page.getByRole('link', { name: '导入' }).last().click();
  await expect(page).toHaveURL(/\/import\/terminals$/);
  const [template] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '下载模板' }).click()]);
  expect(template.suggestedFilename()).toBe('terminals.csv');

  const many = Array.from({ length: 60 }, (_, i) => `T-${i},用户${i},${i === 50 ? '12' : '13870001234'}`);
  await chooser(page).setInputFiles(file('坏.csv', ['序列号,用户姓名,联系电话', ...many]));
  await expect(page.getByText('有 1 处不对')).toBeVisible();
  await page.getByRole('button', { name: 'C52' }).click();
  await expect(page.locator('tr[data-row="52"]')).toBeInViewport();
  await expect(page.getByRole('button', { name: '导入 60 行' })).toHaveAttribute('aria-disabled', 'true');

  await page.getByRole('button', { name: '换一个文件' }).click();
  await chooser(page).setInputFiles(file('好.csv', ['盒,谁', 'T-1,李小明', 'T-2,王强']));
  await expect(page.getByText('还没有对应：序列号')).toBeVisible();
  await page.getByLabel('“盒”这一列是').selectOption({ label: '序列号 *' });
  await page.getByLabel('“谁”这一列是').selectOption({ label: '用户姓名' });
  await page.getByRole('button', { name: '导入 2 行' }).click();
  await expect(page.getByText('好.csv 已导入')).toBeVisible();

  await page.getByRole('button', { name: '再导入一个文件' }).click();
  await chooser(page).setInputFiles(file('又.csv', ['序列号,用户姓名', 'T-1,李大明', 'T-3,赵六']));
  await expect(page.getByText('有 1 处不对')).toBeVisible();
  await page.getByLabel('更新已有的').check();
  await page.getByRole('button', { name: '导入 2 行' }).click();
  await page.getByRole('button', { name: '去看列表' }).click();
  await page.getByRole('searchbox').fill('李大');
  await expect(page.getByRole('button', { name: 'T-1' })).toBeVisible();
  await expect(page.getByText('李大明')).toBeVisible();
  expect(page.faults).toEqual([]);
});

test('bringing people asks whoever sits there who they are, and sends the file again', async ({ browser }) => {
  const page = await signIn(browser, centre, cast.owner);
  await centre.advance('PT20M');
  await page.goto('/import/people');
  await chooser(page).setInputFiles(file('人员.csv', ['姓名,登录名,岗位', '新来的,xinlaide,客户受理工程师']));
  await page.getByRole('dialog').getByLabel('密码').fill('keepword-demo');
  await page.getByRole('dialog').getByRole('button', { name: /确认|继续/ }).click();
  await page.getByRole('button', { name: '导入 1 行' }).click();
  await expect(page.getByText('人员.csv 已导入')).toBeVisible();
});
