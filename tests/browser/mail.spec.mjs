// From a customer's mail to the answer in the customer's mailbox: four people at four browsers, real servers in between.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { binary, cast, Centre } from '../support/centre.mjs';
import { customer, Mail, service } from '../support/mail.mjs';
import { finish, signIn } from './desk.mjs';

const subject = '点播老是转圈圈';
let centre;
let mail;
test.beforeAll(async () => {
  mail = await Mail.start();
  centre = await Centre.start({ clock: 'system' });
  await mail.connect(await centre.person(cast.owner));
});
test.afterAll(async () => {
  await centre?.stop();
  mail?.stop();
});

// Searches the list of cases, as somebody does who was told of one.
async function find(page) {
  await page.getByRole('link', { name: '工单', exact: true }).click();
  await page.getByRole('searchbox').fill(subject);
  await page.getByRole('link', { name: subject }).click();
  await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
}

// The four of them, one box of the flowchart after the other.
async function walk({ acceptance, network, supervisor, support }) {
  await finish(acceptance, '受理客服信息', null, { 联系人姓名: '刘老师' }, { choices: { 问题类别: '播放卡顿、花屏' }, picks: { 紧急程度: '一般' } });
  await finish(acceptance, '记录/处理问题', '未解决', { 沟通与处理经过: '重启机顶盒无改善。' });

  await find(network);
  await finish(network, '接收/处理问题', '未解决', { 处理过程: '查看连接数，接近上限。' });
  await finish(network, '报告技术主管', null, { 做了哪些处理: '限流。', 为什么没有解决: '出流能力不足。' });

  await find(supervisor);
  await finish(supervisor, '协调处理问题', '技术支持', { 协调意见: '今晚前解决。' });
  await find(support);
  await finish(support, '技术支持处理', '已解决', { 处理过程: '加入邻近节点。' }, { revealed: { 解决办法: '重设并发上限。' } });

  // Whoever left the case's page open sees it come back without loading anything anew.
  await finish(supervisor, '安排汇总', null);
  await finish(network, '汇总处理过程/结果', null, { 处理过程: '排查后调整调度。', 处理结果: '点播恢复正常。' });
  await finish(acceptance, '反馈客户', '认可', { 反馈内容: '您反映的点播卡顿已处理完毕。' }, { choices: { 反馈方式: '邮件' } });
  await finish(acceptance, '资料存档', null);
  await expect(acceptance.getByText('已存档').first()).toBeVisible();
}

function verify(file) {
  try {
    return { status: 0, ...JSON.parse(execFileSync(binary, ['case', 'verify', file, '--json'], { encoding: 'utf8' })) };
  } catch (error) {
    return { status: error.status, ...JSON.parse(error.stdout) };
  }
}

test('a customer’s mail becomes a case that four people walk at their browsers to the archive, and the answer comes by mail', async ({ browser }) => {
  const people = {};
  for (const role of ['acceptance', 'network', 'supervisor', 'support']) people[role] = await signIn(browser, centre, cast[role]);

  // The workbench lies open while the mail comes in.
  await people.acceptance.getByRole('tab', { name: '可领取' }).click();
  const written = mail.write(subject, '我们这边晚上看点播老是转圈圈，麻烦看一下。');
  await people.acceptance.getByRole('link', { name: subject, exact: true }).click({ timeout: 60_000 });
  await expect(people.acceptance.getByText(customer).first()).toBeVisible();
  await walk(people);

  const [answer] = await mail.received(customer, '您反映的点播卡顿已处理完毕。');
  expect(answer.from).toContain(service);
  expect(answer.subject).toContain(subject);
  expect(answer.in_reply_to).toBe(written);

  const number = await people.acceptance.locator('.crumbs .mono').innerText();
  for (const page of Object.values(people)) expect(page.faults).toEqual([]);
  await centre.rest();
  const file = join(centre.folder, 'case.zip');
  centre.run('case', 'export', number, '-o', file);
  expect(verify(file)).toMatchObject({ status: 0, holds: true, number });
  const sealed = readFileSync(file);
  for (const at of [0, Math.floor(sealed.length / 2), sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[at] ^= 1;
    writeFileSync(file, changed);
    expect(verify(file), `byte ${at} of ${sealed.length}`).toMatchObject({ status: 1, holds: false });
  }
});
