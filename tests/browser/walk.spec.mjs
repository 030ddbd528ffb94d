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

test('four people walk a case from unsolved at first to support and back to the archive, and see it move', async ({ browser }) => {
  const engineer = await centre.person(cast.acceptance);
  const { id } = await engineer.post('/hotline/calls', {
    title: '晚间高峰点播卡顿', description: '点播缓冲。', contact_name: '刘老师', contact_phone: '0791-80000002', category: 'playback-stutter', urgency: 'normal', solved: false,
  });
  const acceptance = await signIn(browser, centre, cast.acceptance);
  const network = await signIn(browser, centre, cast.network);
  const supervisor = await signIn(browser, centre, cast.supervisor);
  const support = await signIn(browser, centre, cast.support);
  await openCase(acceptance, id);
  await finish(acceptance, '记录/处理问题', '未解决', { 沟通与处理经过: '重启机顶盒无改善。' });

  await openCase(network, id);
  await finish(network, '接收/处理问题', '未解决', { 处理过程: '查看连接数，接近上限。' });
  await finish(network, '报告技术主管', null, { 做了哪些处理: '限流。', 为什么没有解决: '出流能力不足。' });

  await openCase(supervisor, id);
  await finish(supervisor, '协调处理问题', '技术支持', { 协调意见: '今晚前解决。' });
  await openCase(support, id);
  await finish(support, '技术支持处理', '已解决', { 处理过程: '加入邻近节点。' }, { revealed: { 解决办法: '重设并发上限。' } });
  await openCase(supervisor, id);
  await finish(supervisor, '安排汇总', null);
  await openCase(network, id);
  await finish(network, '汇总处理过程/结果', null, { 处理过程: '排查后调整调度。', 处理结果: '点播恢复正常。' });

  // The acceptance engineer's page has followed all that without being loaded again.
  await expect(acceptance.getByRole('region', { name: '反馈客户' })).toBeVisible();
  await finish(acceptance, '反馈客户', '认可', { 反馈内容: '已处理。', 客户答复: '好了。' }, { choices: { 反馈方式: '电话' } });
  await finish(acceptance, '资料存档', null);
  await expect(acceptance.getByText('已存档').first()).toBeVisible();
  for (const page of [acceptance, network, supervisor, support]) expect(page.faults).toEqual([]);
});
