// The main process in WebKit: from the call to the archive, four people one after the other at the screen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cast, Centre, password } from '../support/centre.mjs';
import { WebKit } from '../support/webkit.mjs';

const title = '三楼多功能厅点播卡顿';
let centre, webkit;
before(async () => {
  centre = await Centre.start({ clock: 'system' });
  webkit = await WebKit.start();
  await speakChinese();
});
after(async () => {
  await webkit?.stop();
  await centre?.stop();
});

// The browser asks for the machine's language; the page remembers what is chosen on it.
async function speakChinese() {
  await webkit.driver.get(centre.url);
  const other = await webkit.named('button', /^(中文|English)$/);
  if ((await other.getText()) === '中文') await other.click();
}

// Another person sits down at the screen.
async function signIn(login) {
  await webkit.driver.get(centre.url);
  await webkit.driver.manage().deleteAllCookies();
  await webkit.driver.get(centre.url);
  await webkit.fill('登录名', login);
  await webkit.fill('密码', password);
  await webkit.click('登录');
  await webkit.shows('工作台');
}

// Works on the open task, as tests/browser/desk.mjs does in Chromium.
async function finish(step, outcome, fields = {}, { choices = {}, revealed } = {}) {
  const panel = await webkit.named('[role=region], section', step);
  for (const [label, text] of Object.entries(fields)) await webkit.fill(label, text, panel);
  for (const [label, choice] of Object.entries(choices)) await webkit.choose(label, choice, panel);
  await webkit.click(outcome ?? '完成', 'button', panel);
  if (revealed) {
    for (const [label, text] of Object.entries(revealed)) await webkit.fill(label, text, panel);
    await webkit.click(`确认：${outcome}`, 'button', panel);
  }
  await webkit.gone(panel);
}

async function walk() {
  await signIn(cast.acceptance);
  await webkit.driver.get(`${centre.url}/hotline`);
  await webkit.fill('联系人', '刘老师');
  await webkit.fill('电话', '0791-80000001');
  await webkit.fill('问题描述', `${title}，直播正常。`);
  await webkit.tick('播放卡顿、花屏');
  await webkit.click('登记并处理');
  const reader = await centre.person(cast.manager);
  const found = await webkit.driver.wait(async () => (await reader.get('/cases?limit=1')).items.find((one) => one.title.includes(title)), 30_000);
  const open = async (login) => {
    await signIn(login);
    await webkit.driver.get(`${centre.url}/cases/${found.id}`);
  };

  await webkit.driver.get(`${centre.url}/cases/${found.id}`);
  await finish('记录/处理问题', '未解决', { 沟通与处理经过: '重启机顶盒无改善。' });
  await open(cast.network);
  await finish('接收/处理问题', '未解决', { 处理过程: '查看连接数，接近上限。' });
  await finish('报告技术主管', null, { 做了哪些处理: '限流。', 为什么没有解决: '出流能力不足。' });
  await open(cast.supervisor);
  await finish('协调处理问题', '技术支持', { 协调意见: '今晚前解决。' });
  await open(cast.support);
  await finish('技术支持处理', '已解决', { 处理过程: '加入邻近节点。' }, { revealed: { 解决办法: '重设并发上限。' } });
  await open(cast.supervisor);
  await finish('安排汇总', null);
  await open(cast.network);
  await finish('汇总处理过程/结果', null, { 处理过程: '排查后调整调度。', 处理结果: '点播恢复正常。' });
  await open(cast.acceptance);
  await finish('反馈客户', '认可', { 反馈内容: '您反映的点播卡顿已处理完毕。', 客户答复: '好了，谢谢。' }, { choices: { 反馈方式: '电话' } });
  await finish('资料存档', null);
  await webkit.shows('已存档');
  const archived = await reader.get(`/cases/${found.id}`);
  assert.equal(archived.state, 'archived');
  assert.equal(archived.contact_name, '刘老师');
  assert.ok(archived.description.startsWith(title));
}

test('a call goes through all hands to the archive in WebKit', () => webkit.look(walk));
