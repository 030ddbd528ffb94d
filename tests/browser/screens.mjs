// Every screen of the client: how one gets there, who sees it, and what must stand on it before it is looked at.
import { readFileSync } from 'node:fs';
import { cast } from '../support/centre.mjs';

// The names of the router's screens, from its own source: a screen that is new there and unknown here fails a test.
export function routeNames() {
  const source = readFileSync(new URL('../../web/src/shell/router.ts', import.meta.url), 'utf8');
  const components = source.match(/component: /g).length;
  const names = [...source.matchAll(/\bname: '([\w-]+)', component: /g)].map(([, name]) => name);
  // The frame around the screens is the one component without a name.
  if (names.length !== components - 1) throw new Error('a screen of the router has no name');
  return names;
}

// What the addresses and the waits below speak of, looked up in the centre once.
export async function facts(centre) {
  const acceptance = await centre.person(cast.acceptance);
  const supervisor = await centre.person(cast.supervisor);
  const owner = await centre.person(cast.owner);
  const first = async (person, path) => (await person.get(path)).items[0];
  const organisation = await first(acceptance, '/organisations?kind=customer&limit=1');
  const contact = await first(acceptance, `/organisations/${organisation.id}/contacts`);
  const called = (title) => acceptance.post('/hotline/calls', {
    title, description: '周一晚上开始，点播每隔几分钟缓冲一次，直播正常。已重启机顶盒。', organisation: organisation.id,
    contact: contact.id, contact_name: contact.name, contact_phone: contact.phone, category: 'playback-stutter', urgency: 'urgent', solved: false,
  });
  const waiting = await called('阅览室点播卡顿');
  await acceptance.post(`/cases/${waiting.id}/pause`, { reason: '客户正在布线，请我们下周再来。' });
  const call = await called('三楼多功能厅点播卡顿');
  await acceptance.fetch('POST', `/cases/${call.id}/attachments`, {
    raw: Buffer.from('09:41 buffering\n'.repeat(50)), headers: { 'content-type': 'text/plain', 'x-file-name': 'player.log' },
  });
  await acceptance.post(`/cases/${call.id}/comments`, { text: '已请刘老师今晚七点再试一次，届时电话回访。' });
  await owner.post('/mailboxes', {
    name: '客服邮箱', address: 'service@keepword.test', imap_password: 'service-pass', smtp_password: 'service-pass',
    imap: { host: '127.0.0.1', port: 1, security: 'tls', login: 'service@keepword.test' },
    smtp: { host: '127.0.0.1', port: 1, security: 'tls', login: 'service@keepword.test' },
  });
  const [clock] = (await owner.get('/settings')).items;
  await owner.put(`/settings/${clock.key}`, { value: 'PT45M' }, clock.version);
  await owner.post('/terminals', { serial: 'STB36010012', customer_name: '李小明', phone: '13870001234', address: '叠山路 1 号 2 栋', region: '360102', installed_on: '2026-01-05' });
  return {
    call: call.id,
    archived: (await first(acceptance, '/cases?state=archived&limit=1')).id,
    waiting: waiting.id,
    onSite: (await first(supervisor, '/cases?kind=fault-maintenance&state=open&limit=1')).id,
    person: acceptance.me.id,
    organisation: organisation.id,
    phone: contact.phone,
    site: (await first(acceptance, '/sites?limit=1')).id,
    asset: (await first(acceptance, '/assets?limit=1')).id,
    article: (await first(acceptance, '/knowledge?state=published&limit=1')).id,
    reviewed: (await first(supervisor, '/knowledge?state=in-review&q=并发&limit=1')).id,
  };
}

const text = (words) => (page) => page.getByText(words).first();
const chart = (page) => page.locator('.djs-element.djs-shape').first();
const dialog = (page) => page.getByRole('dialog').getByRole('button').first();
const heading = (words) => (page) => page.getByRole('heading', { name: words });

// A year as telephones publish it, a day an event.
const day = ([summary, from, to]) => `BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:${from}\r\n${to ? `DTEND;VALUE=DATE:${to}\r\n` : ''}SUMMARY:${summary}\r\nEND:VEVENT\r\n`;
const nextYear = `BEGIN:VCALENDAR\r\n${[
  ['元旦（休）', '20270101', '20270104'], ['春节（休）', '20270205', '20270214'], ['春节（班）', '20270131'], ['春节（班）', '20270220'], ['清明节（休）', '20270403', '20270406'],
  ['劳动节（休）', '20270501', '20270506'], ['劳动节（班）', '20270508'], ['端午节（休）', '20270609'], ['国庆节（休）', '20271001', '20271008'], ['国庆节（班）', '20271009'], ['腊八节', '20270115'],
].map(day).join('')}END:VCALENDAR\r\n`;
const choose = (page, name, content) => page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/calendar', buffer: Buffer.from(content) });

// What it is waited for is the same in both languages, but on those without a person or with an act, which are looked at in
// Chinese only. `route` is the router's name; `as` who looks, nobody where it is missing; `shows` what is there when the screen is;
// `act` what is opened on it first; `refused` the requests whose refusal belongs to it.
export const screens = [
  { name: 'sign-in', route: 'sign-in', path: '/sign-in', shows: heading('登录'), refused: ['GET /api/v1/session 401'] },
  { name: 'first-run', route: 'first-run', path: '/first-run', shows: (page) => page.locator('form'), refused: ['GET /api/v1/session 401'] },
  { name: 'forgotten', route: 'forgotten', path: '/forgotten', shows: heading('重设密码'), refused: ['GET /api/v1/session 401'] },
  { name: 'workbench', route: 'workbench', path: '/', as: 'network', shows: (page) => page.locator('.line .countdown').first() },
  { name: 'workbench-claimable', route: 'workbench', path: '/?view=claimable', as: 'remote', shows: (page) => page.locator('.line .countdown').first() },
  { name: 'workbench-overdue', route: 'workbench', path: '/?view=overdue', as: 'supervisor', shows: (page) => page.getByRole('tab').last() },
  { name: 'hotline', route: 'hotline', path: '/hotline', as: 'acceptance', shows: (page) => page.locator('textarea').first() },
  { name: 'hotline-known', route: 'hotline', path: ({ phone }) => `/hotline?phone=${phone}`, as: 'acceptance', shows: text('三楼多功能厅点播卡顿') },
  { name: 'cases', route: 'cases', path: '/cases', as: 'acceptance', shows: text('三楼多功能厅点播卡顿') },
  { name: 'terminals', route: 'places', path: '/places/terminals', as: 'acceptance', shows: (page) => page.locator('button.name').first() },
  { name: 'import', route: 'import', path: '/import', as: 'owner', shows: (page) => page.locator('dl.fields').first() },
  {
    name: 'import-wrong', route: 'import', path: '/import/terminals', as: 'owner', shows: text('有 3 处不对'),
    act: async (page) => {
      await page.locator('input[type=file]').waitFor({ state: 'attached' });
      const rows = '盒子号,用户姓名,联系电话,装机日期,网格\nW-1,李小明,13870001234,2026-11-23,一\nW-2,王强,12,2026-02-30,二\n,赵六,10010,,三\n';
      await page.locator('input[type=file]').setInputFiles({ name: '终端.csv', mimeType: 'text/csv', buffer: Buffer.from(rows) });
    },
  },
  { name: 'cases-none', route: 'cases', path: '/cases?q=没有这样的工单', as: 'acceptance', shows: (page) => page.locator('.state.calm') },
  { name: 'cases-filtered', route: 'cases', path: '/cases?state=all&urgency=urgent&category=playback-stutter', as: 'acceptance', shows: text('三楼多功能厅点播卡顿'), act: (page) => page.getByRole('button', { name: '添加筛选' }).click() },
  { name: 'case', route: 'case', path: ({ call }) => `/cases/${call}`, as: 'acceptance', shows: chart },
  { name: 'case-archived', route: 'case', path: ({ archived }) => `/cases/${archived}`, as: 'acceptance', shows: chart },
  { name: 'case-waiting', route: 'case', path: ({ waiting }) => `/cases/${waiting}`, as: 'acceptance', shows: chart },
  { name: 'case-on-site', route: 'case', path: ({ onSite }) => `/cases/${onSite}`, as: 'supervisor', shows: chart },
  { name: 'case-pause', route: 'case', path: ({ call }) => `/cases/${call}`, as: 'acceptance', shows: dialog, act: (page) => page.getByRole('button', { name: '等待客户' }).click() },
  { name: 'knowledge', route: 'knowledge', path: '/knowledge', as: 'supervisor', shows: (page) => page.locator('tbody tr').first() },
  { name: 'knowledge-review', route: 'knowledge', path: '/knowledge?show=in-review', as: 'supervisor', shows: (page) => page.locator('tbody tr').first() },
  { name: 'article', route: 'article', path: ({ article }) => `/knowledge/${article}`, as: 'acceptance', shows: (page) => page.locator('article') },
  { name: 'article-reviewed', route: 'article', path: ({ reviewed }) => `/knowledge/${reviewed}`, as: 'supervisor', shows: (page) => page.locator('article ins').first() },
  { name: 'article-new', route: 'article-new', path: '/knowledge/new', as: 'acceptance', shows: (page) => page.locator('textarea').first() },
  { name: 'article-edit', route: 'article-edit', path: ({ article }) => `/knowledge/${article}/edit`, as: 'acceptance', shows: (page) => page.locator('textarea').first() },
  { name: 'hotline-offers', route: 'hotline', path: '/hotline', as: 'acceptance', shows: (page) => page.locator('.read').first(), act: async (page) => {
    await page.locator('textarea').first().fill('晚上点播老是卡顿，一直缓冲');
    await page.locator('.offers .head').first().click();
  } },
  { name: 'people', route: 'people', path: '/people', as: 'owner', shows: text('陈晓燕') },
  { name: 'people-add', route: 'people', path: '/people', as: 'owner', shows: dialog, act: (page) => page.getByRole('button', { name: '新增人员' }).click() },
  { name: 'person', route: 'person', path: ({ person }) => `/people/${person}`, as: 'owner', shows: heading('陈晓燕') },
  { name: 'organisations', route: 'places', path: '/places/organisations', as: 'acceptance', shows: (page) => page.locator('.card a, .card tbody tr').first() },
  { name: 'organisation', route: 'places', path: ({ organisation }) => `/places/organisations?open=${organisation}`, as: 'acceptance', shows: dialog },
  { name: 'sites', route: 'places', path: '/places/sites', as: 'acceptance', shows: (page) => page.locator('.card a, .card tbody tr').first() },
  { name: 'assets', route: 'places', path: '/places/assets', as: 'acceptance', shows: (page) => page.locator('.card a, .card tbody tr').first() },
  { name: 'asset', route: 'places', path: ({ asset }) => `/places/assets?open=${asset}`, as: 'acceptance', shows: dialog },
  { name: 'calendars', route: 'calendars', path: '/calendars', as: 'owner', shows: (page) => page.locator('.card').first() },
  { name: 'calendars-import', route: 'calendars', path: '/calendars', as: 'owner', shows: dialog, act: (page) => choose(page, 'holidays-2027.ics', nextYear) },
  { name: 'calendars-refused', route: 'calendars', path: '/calendars', as: 'owner', shows: text('第 5 行'), act: (page) => choose(page, '2027.ics', nextYear.replaceAll('休', '调休')), refused: ['POST /api/v1/holidays/import/preview 422'] },
  { name: 'processes', route: 'processes', path: '/processes', as: 'acceptance', shows: (page) => page.locator('tbody tr').first() },
  { name: 'process', route: 'process', path: '/processes/customer-acceptance', as: 'owner', shows: chart },
  { name: 'mailboxes', route: 'mailboxes', path: '/mailboxes', as: 'owner', shows: text('service@keepword.test') },
  { name: 'mailbox-add', route: 'mailboxes', path: '/mailboxes', as: 'owner', shows: dialog, act: (page) => page.getByRole('button', { name: '新增邮箱' }).click() },
  { name: 'settings', route: 'settings', path: '/settings', as: 'owner', shows: (page) => page.locator('ol li').first() },
  { name: 'audit', route: 'audit', path: '/audit', as: 'auditor', shows: text('校验通过'), act: (page) => page.getByRole('button', { name: '校验完整性' }).click() },
  { name: 'audit-detail', route: 'audit', path: '/audit', as: 'auditor', shows: (page) => page.locator('.detail dl'), act: async (page) => {
    const answered = page.waitForResponse(/audit\?.*action=grant/);
    await page.getByRole('combobox', { name: '操作' }).selectOption('grant.given');
    await answered;
    await page.locator('tbody tr', { hasText: '授予岗位' }).getByRole('button', { name: '详情' }).first().click();
  } },
  { name: 'account', route: 'account', path: '/me', as: 'acceptance', shows: heading('陈晓燕') },
  { name: 'missing', route: 'missing', path: '/no/such/page', as: 'acceptance', shows: (page) => page.locator('main a') },
  { name: 'search', route: 'search', path: `/search?q=${encodeURIComponent('点播')}`, as: 'acceptance', shows: (page) => page.locator('mark').first() },
  { name: 'search-none', route: 'search', path: `/search?q=${encodeURIComponent('没有这样的词')}`, as: 'acceptance', shows: (page) => page.locator('.state.calm') },
  { name: 'palette', route: 'workbench', path: '/', as: 'acceptance', shows: (page) => page.getByRole('option').first(), act: (page) => page.keyboard.press('Control+k') },
  { name: 'palette-suggested', route: 'workbench', path: '/', as: 'acceptance', shows: (page) => page.getByRole('option').locator('mark').first(), act: async (page) => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('nanchang');
  } },
  { name: 'keys', route: 'cases', path: '/cases', as: 'acceptance', shows: (page) => page.getByRole('dialog').locator('kbd').first(), act: (page) => page.keyboard.press('?') },
];
