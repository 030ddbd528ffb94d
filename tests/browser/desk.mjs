// What people do at their browsers, in the words of the screen.
import { expect } from '@playwright/test';
import { password } from '../support/centre.mjs';

// A signed-in browser of its own; `faults` collects what a page must never have.
export async function signIn(browser, centre, login, options = {}) {
  const context = await browser.newContext({ baseURL: centre.url, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) page.faults.push(message.text());
  });
  await page.goto('/');
  await page.getByLabel('登录名').fill(login);
  await page.getByLabel('密码', { exact: true }).fill(password);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await expect(page.getByRole('heading', { name: '工作台' })).toBeVisible();
  return page;
}

export async function openCase(page, id) {
  await page.goto(`/cases/${id}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
}

async function fill(panel, fields) {
  for (const [label, text] of Object.entries(fields)) {
    await panel.getByRole('textbox', { name: label, exact: true }).fill(text);
  }
}

// Works on the open task: fills, chooses the outcome, and where that asks for more (`revealed`) fills it and confirms.
export async function finish(page, step, outcome, fields = {}, { choices = {}, picks = {}, revealed } = {}) {
  const panel = page.getByRole('region', { name: step });
  await expect(panel).toBeVisible();
  await fill(panel, fields);
  for (const [label, choice] of Object.entries(choices)) await panel.getByLabel(label).selectOption({ label: choice });
  for (const [label, choice] of Object.entries(picks)) await panel.getByRole('radiogroup', { name: label }).getByText(choice, { exact: true }).click();
  await panel.getByRole('button', { name: outcome ?? '完成', exact: true }).click();
  if (revealed) {
    await fill(panel, revealed);
    await panel.getByRole('button', { name: `确认：${outcome}` }).click();
  }
  await expect(panel).toBeHidden();
}
