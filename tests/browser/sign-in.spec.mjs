// Signing in with a second factor, and proving once more who one is, as people do it at their browsers.
import { expect, test } from '@playwright/test';
import { createHmac } from 'node:crypto';
import { cast, Centre, password } from '../support/centre.mjs';
import { signIn } from './desk.mjs';
import { accessible, desk, hand } from './look.mjs';

let centre;
test.beforeAll(async () => {
  centre = await Centre.start();
});
test.afterAll(() => centre?.stop());

// What the telephone shows at the centre's time.
function shown(secret) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const counter = Buffer.alloc(8);
  counter.writeBigInt64BE(BigInt(Math.floor(Date.parse(centre.now) / 30_000)));
  const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

for (const [where, size, login] of [['on a desk', desk, cast.network], ['in the hand', hand, cast.support]]) {
  test(`a second factor is set up and asked for, ${where}`, async ({ browser }) => {
    const page = await signIn(browser, centre, login, { ...size, reducedMotion: 'reduce' });
    await centre.advance('PT11M');
    await page.goto('/me');
    await page.getByRole('button', { name: '启用' }).click();
    const dialog = page.getByRole('dialog', { name: '请确认是您本人' });
    await expect(dialog.getByLabel('密码')).toBeFocused();
    await accessible(page, `step-up ${where}`);
    await dialog.getByLabel('密码').fill('not the password');
    await dialog.getByRole('button', { name: '确认' }).click();
    await expect(dialog.getByRole('alert')).toContainText('不正确');
    await dialog.getByLabel('密码').fill(password);
    await dialog.getByRole('button', { name: '确认' }).click();
    // What was asked for goes on by itself.
    await expect(page.getByRole('img', { name: '二维码' })).toBeVisible();
    await page.getByText('扫不了').click();
    const secret = (await page.locator('code.secret').textContent()).replaceAll(' ', '');
    await accessible(page, `second factor ${where}`);
    await page.getByLabel('输入验证器显示的 6 位动态码').fill(shown(secret));
    await page.getByRole('button', { name: '确认', exact: true }).click();
    await expect(page.getByText('恢复码只显示这一次')).toBeVisible();
    const [spare] = await page.locator('.spare li').allTextContents();
    await page.context().clearCookies();
    await page.goto('/sign-in');
    await page.getByLabel('登录名').fill(login);
    await page.getByLabel('密码', { exact: true }).fill(password);
    await page.getByRole('button', { name: '登录', exact: true }).click();
    await expect(page.getByLabel('动态码')).toBeFocused();
    await page.getByLabel('动态码').fill('000000');
    await page.getByRole('button', { name: '登录', exact: true }).click();
    await expect(page.getByRole('alert')).toContainText('动态码不正确');
    await accessible(page, `code ${where}`);
    await page.getByLabel('动态码').fill(spare);
    await page.getByRole('button', { name: '登录', exact: true }).click();
    await expect(page.getByRole('heading', { name: '工作台' })).toBeVisible();
    expect(page.faults).toEqual([]);
    await page.context().close();
  });
}

test('an administrator takes away the second factor of somebody who lost their telephone', async ({ browser }) => {
  const lost = await centre.person(cast.field);
  const { secret } = await lost.post('/me/totp');
  await lost.post('/me/totp/confirm', { code: shown(secret) });
  const page = await signIn(browser, centre, cast.owner);
  await page.goto(`/people/${lost.me.id}`);
  await page.getByRole('button', { name: '解除动态码' }).click();
  await expect(page.getByText('动态码已解除')).toBeVisible();
  await centre.person(cast.field);
  expect(page.faults).toEqual([]);
  await page.context().close();
});
