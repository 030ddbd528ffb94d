// A process owner changes a flowchart and one of its forms outside, deploys them, and sees why a broken one is refused.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { cast, Centre } from '../support/centre.mjs';
import { signIn } from './desk.mjs';

const folder = new URL('../../processes/customer-acceptance/', import.meta.url);
const drawing = readFileSync(new URL('process.bpmn', folder), 'utf8').replace(/(<bpmn:process [^>]*name=")[^"]*/, '$1客户受理（试走）');
const forms = readdirSync(folder).filter((name) => name.endsWith('.form.json'));
const file = (name, text) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(text) });
const form = (name) => file(name, readFileSync(new URL(name, folder), 'utf8'));

let centre;
test.beforeAll(async () => {
  centre = await Centre.start();
});
test.afterAll(() => centre?.stop());

test('a new version is deployed with its forms, and a broken one says line, column, rule and reason', async ({ browser }) => {
  const page = await signIn(browser, centre, cast.owner);
  await page.goto('/processes/customer-acceptance');
  const upload = page.getByLabel('上传新版本');
  const versions = page.getByRole('combobox', { name: '版本' }).getByRole('option');
  await expect(versions).toHaveCount(1);

  await upload.setInputFiles([file('process.bpmn', drawing), file('accept.form.json', '{"title"')]);
  await expect(page.getByRole('alert')).toContainText('accept.form.json');

  await upload.setInputFiles([file('process.bpmn', drawing), ...forms.map(form)]);
  await expect(page.getByText(`新版本已启用（含表单 ${forms.length} 份）`)).toBeVisible();
  await expect(versions).toHaveCount(2);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('客户受理（试走）');

  const broken = drawing.replace(/targetRef="[^"]+"/, 'targetRef="nowhere"');
  await upload.setInputFiles([file('process.bpmn', broken), ...forms.map(form)]);
  await expect(page.getByRole('alert')).toContainText('请重新选择上传');
  const reason = page.getByRole('row').filter({ hasText: 'bpmn.flow.dangling' });
  await expect(reason.getByRole('cell').first()).toHaveText(String(broken.slice(0, broken.indexOf('"nowhere"')).split('\n').length));
  await expect(reason.getByRole('cell').last()).toContainText('nowhere');
  await expect(versions).toHaveCount(2);
  expect(page.faults).toEqual([]);
});
