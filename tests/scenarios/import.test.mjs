// Files of every sort brought in: what Excel and WPS write is read, what is broken is refused with row and column, and then
// nothing at all is imported.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { binary, cast, Centre } from '../support/centre.mjs';
import { csv, day, gb18030, shared, sheetOf, parts, xlsx, zip } from '../support/tables.mjs';

let centre, owner, acceptance, auditor, scratch, organisation, site;
before(async () => {
  centre = await Centre.start();
  scratch = mkdtempSync(join(tmpdir(), 'keepword-import-'));
  owner = await centre.person(cast.owner);
  acceptance = await centre.person(cast.acceptance);
  auditor = await centre.person(cast.auditor);
  site = (await owner.get('/sites?limit=1')).items[0];
  organisation = site.organisation;
});
after(async () => {
  await centre?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const bring = (person, kind, raw, name = 'file.csv') =>
  person.call('POST', `/imports?kind=${kind}`, { raw, headers: { 'x-file-name': encodeURIComponent(name), 'content-type': 'application/octet-stream' } });
const run = (person, upload, wish = {}, headers = {}) => person.post(`/imports/${upload.id}/run`, wish, headers);
const places = (errors) => errors.map((error) => `${error.column}${error.row || ''} ${error.code}`);
const terminals = async (query) => (await owner.get(`/terminals?limit=200&${query}`)).items;
const HEAD = ['序列号', '用户姓名', '联系电话', '安装地址', '安装日期'];
const said = (...words) => {
  const { status, stdout, stderr } = spawnSync(binary, [...words, ...centre.where()], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  return { status, out: stdout, complaint: stderr };
};
const put = (name, bytes) => { const file = join(scratch, name); writeFileSync(file, bytes); return file; };

// ---- the same table in every dialect -------------------------------------------------------------------------------
const plain = [HEAD, ['A-001', '李小明', '13870001234', '叠山路1号\n2栋', '2026-11-23'], ['A-002', '欧阳“静”', '0791-86123456', '北京路,3号', '2026/1/5']];
const bom = '\ufeff';
const dialects = {
  'CSV in UTF-8': Buffer.from(csv(plain)),
  'CSV in UTF-8 with a mark, as WPS writes it': Buffer.from(bom + csv(plain)),
  'CSV in GB18030, as Excel in China writes it': gb18030(csv(plain)),
  'Unicode text with tabs, as Excel writes it': Buffer.from(bom + csv(plain, { separator: '\t' }), 'utf16le'),
  'CSV with semicolons': Buffer.from(csv(plain, { separator: ';' })),
  'CSV that tells its separator': Buffer.from(`sep=;\r\n${csv(plain, { separator: ';' })}`),
  'CSV with line ends of Unix': Buffer.from(csv(plain, { end: '\n' })),
  'CSV with line ends of an old Mac': Buffer.from(csv(plain, { end: '\r' })),
  'CSV without an end to its last line, and empty lines': Buffer.from(`${csv(plain).replace('A-002', '\r\n,,,,\r\nA-002')}`.trimEnd()),
  'CSV whose numbers are told as texts': Buffer.from(csv(plain).replace('13870001234', '"=""13870001234"""')),
  'XLSX with texts in its cells': xlsx(plain),
  'XLSX with numbers and days of Excel': xlsx([HEAD, ['A-001', '李小明', 13870001234, '叠山路1号\n2栋', day(46349)], ['A-002', '欧阳“静”', '0791-86123456', '北京路,3号', day(46027, 2)]]),
  'XLSX that counts days as the Mac did': xlsx([HEAD, ['A-001', '李小明', { xml: '<v>1.3870001234E10</v>' }, '叠山路1号\n2栋', day(44887)], ['A-002', '欧阳“静”', '0791-86123456', '北京路,3号', day(44565)]], { since1904: true }),
  'XLSX with shared texts, some of them rich': xlsx(
    [HEAD, [shared(0), shared(1), shared(2), shared(3), '2026年11月23日'], [shared(4), '欧阳“静”', '0791-86123456', { t: 'str', xml: '<f>A1</f><v>北京路,3号</v>' }, { t: 'd', xml: '<v>2026-01-05T00:00:00</v>' }]],
    { strings: ['A-001', '<r><t>李</t></r><r><t>小明</t></r><rPh sb="0" eb="1"><t>lǐ</t></rPh>', '13870001234', '叠山路1号_x000D_\n2栋', 'A-002'] }),
  'XLSX with a title above, and notes beside': xlsx([['终端清单（二〇二六年）'], [], [...HEAD, '经办人'], [...plain[1], '张三'], [...plain[2], '']]),
  'XLSX whose first sheet is hidden': zip(parts({ sheets: [['旧', sheetOf([HEAD, ['X', '错', '1', '', '']]), 'hidden'], ['终端', sheetOf(plain)]] })),
  'XLSX without places of rows and cells': zip(parts({ sheets: [['终端', sheetOf(plain).replaceAll(/ r="[A-Z]*\d+"/g, '')]] })),
  'XLSX with prefixes of its own': zip(parts({ sheets: [['终端', sheetOf(plain).replaceAll(/<(\/?)(?!\?)/g, '<$1x:').replace('xmlns=', 'xmlns:x=')]] })),
};
for (const [what, bytes] of Object.entries(dialects)) {
  test(`read as it is meant: ${what}`, async () => {
    const { checked } = await bring(owner, 'terminals', bytes);
    assert.deepEqual(places(checked.errors), []);
    assert.equal(checked.rows, 2);
    const [one, two] = checked.shown.map((row) => row.values);
    assert.deepEqual(one, { serial: 'A-001', customer_name: '李小明', phone: '13870001234', address: '叠山路1号 2栋', installed_on: '2026-11-23' });
    assert.deepEqual(two, { serial: 'A-002', customer_name: '欧阳“静”', phone: '0791-86123456', address: '北京路,3号', installed_on: '2026-01-05' });
  });
}

test('files that LibreOffice wrote are read as they are meant', async () => {
  const folder = new URL('../data/tables/', import.meta.url);
  for (const name of readdirSync(folder).filter((file) => /\.(csv|xlsx)$/.test(file))) {
    const { checked } = await bring(owner, 'terminals', readFileSync(new URL(name, folder)), name);
    assert.deepEqual([name, places(checked.errors)], [name, []]);
    assert.deepEqual([name, checked.shown.map((row) => row.values)], [name, [
      { serial: '0036001', kind: 'set-top-box', customer_name: '李小明', phone: '13870001234', address: '叠山路 1 号', installed_on: '2026-11-23', state: 'in-use' },
      { serial: '0036002', kind: 'gateway', customer_name: '欧阳“静”, 王', phone: '079186123456', address: '北京路 第二行', installed_on: '2026-01-05', state: 'in-stock' },
    ]]);
  }
});

// ---- broken files --------------------------------------------------------------------------------------------------
const rows = (...more) => [HEAD, ['B-001', '王强', '13870001111', '一路1号', '2026-01-01'], ...more];
const broken = {
  'no serial number': [csv(rows(['', '张', '10010', '', ''])), 'A3 import.required'],
  'a telephone that is none': [csv(rows(['B-2', '张', '12', '', ''])), 'C3 import.phone'],
  'a day that does not exist': [csv(rows(['B-2', '张', '', '', '2026-02-30'])), 'E3 import.day'],
  'a day in American order': [csv(rows(['B-2', '张', '', '', '11/23/2026'])), 'E3 import.day'],
  'a day of two figures': [csv(rows(['B-2', '张', '', '', '26-1-1'])), 'E3 import.day'],
  'a serial number twice': [csv(rows(['b-001', '张', '', '', ''])), 'A3 import.twice'],
  'a serial number that Excel rounded': [csv(rows(['1.23457E+17', '张', '', '', ''])), 'A3 import.digits-lost'],
  'a serial number of more digits than Excel keeps': [xlsx(rows([{ xml: '<v>123456789012345680</v>' }, '张'])), 'A3 import.digits-lost'],
  'a name that is too long': [csv(rows(['B-2', '长'.repeat(101), '', '', ''])), 'B3 import.too-long'],
  'a control character': [csv(rows(['B-2', '张\x07三', '', '', ''])), 'B3 import.control'],
  'an error of Excel': [xlsx(rows(['B-2', { t: 'e', xml: '<f>VLOOKUP(1,2,3)</f><v>#N/A</v>' }])), 'B3 import.cell-error'],
  'a formula without its value': [xlsx(rows(['B-2', { xml: '<f>A1</f>' }])), 'B3 import.formula'],
  'a kind that there is not': [csv([[...HEAD, '类型'], ['B-1', '张', '', '', '', '冰箱']]), 'F2 import.choice'],
  'a state that there is not': [csv([[...HEAD, '状态'], ['B-1', '张', '', '', '', '不知道']]), 'F2 import.choice'],
  'a region that there is not': [csv([[...HEAD, '区县'], ['B-1', '张', '', '', '', '朝阳区']]), 'F2 import.region'],
  'an organisation that there is not': [csv([[...HEAD, '服务单位'], ['B-1', '张', '', '', '', '没有的公司']]), 'F2 import.organisation'],
  'a site that there is not': [csv([[...HEAD, '局点'], ['B-1', '张', '', '', '', '没有的机房']]), 'F2 import.site'],
  'no column for what must be there': [csv([['用户姓名'], ['张']]), '1 import.column-missing'],
  'a heading twice': [csv([[...HEAD, '联系电话'], ['B-1', '张', '', '', '', '10010']]), 'F1 import.heading-twice'],
  'headings alone': [csv([HEAD]), ' import.no-rows'],
  'nothing at all': [' \r\n', ' table.empty'],
  'a quote that does not end': [`${csv(rows())}B-2,"张\r\n`, 'B3 table.quote'],
  'something behind a quote': [`${csv(rows())}"B-2"x,张\r\n`, 'A3 table.quote'],
  'a byte that is no character': [Buffer.concat([Buffer.from(csv(rows())), Buffer.from('B-2,张'), Buffer.of(0xe5, 0xbc), Buffer.from(',10010\r\n')]), 'B3 table.encoding'],
  'GB18030 that ends within a character': [Buffer.concat([gb18030(csv(rows(['B-2', '张', '', '', '']))), Buffer.from('B-3,'), Buffer.of(0xd5)]), 'B4 table.encoding'],
  'more columns than anybody reads': [csv([HEAD, [...Array(201).fill('x')]]), 'GS2 table.too-many-columns'],
  'a cell without end': [csv([HEAD, ['B-1', 'x'.repeat(50_000)]]), 'B2 table.cell-too-long'],
  'a picture': [Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1'), ' table.unknown'],
  'a PDF': ['%PDF-1.7 …', ' table.unknown'],
  'an old .xls': [Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]), ' table.old-excel'],
  'a workbook with a password': [Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600), Buffer.from('EncryptedPackage', 'utf16le')]), ' table.enciphered'],
  'a zip that is no workbook': [zip([['a.txt', 'hello']]), ' table.unknown'],
  'half a workbook': [xlsx(rows()).subarray(0, 900), ' table.damaged'],
  'a workbook whose sheet is half there': [zip(parts({ sheets: [['Sheet1', sheetOf(rows()).slice(0, 500)]] })), ' table.damaged'],
  'entities that grow': [zip(parts({ sheets: [['Sheet1', `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>${sheetOf(rows())}`]] })), ' table.damaged'],
  'a text that is not among the shared ones': [xlsx(rows([shared(7)])), 'A3 table.damaged'],
  'a sheet without bottom': [zip(parts({ sheets: [['Sheet1', sheetOf([HEAD], `${'<a>'.repeat(100)}${'</a>'.repeat(100)}`)]] })), ' table.damaged'],
  'sheets that are all hidden': [zip(parts({ sheets: [['Sheet1', sheetOf(rows()), 'veryHidden']] })), ' table.no-sheet'],
  'a bomb of zeros': [zip(parts({ sheets: [['Sheet1', Buffer.alloc(320 << 20, 0x20)]] })), ' table.too-large'],
};
for (const [what, [bytes, place]] of Object.entries(broken)) {
  test(`refused with its place, and nothing imported: ${what}`, async () => {
    const upload = await bring(owner, 'terminals', bytes);
    assert.equal(upload.checked.holds, false);
    assert.equal(places(upload.checked.errors)[0], place);
    for (const error of upload.checked.errors) assert.ok(error.zh && error.en && error.zh !== error.code, error.code);
    await assert.rejects(run(owner, upload), { code: 'import.refused', status: 422 });
    assert.deepEqual(await terminals('q=B-'), []);
  });
}
test('more than thirty broken files were refused', () => assert.ok(Object.keys(broken).length >= 30));

// ---- what it does --------------------------------------------------------------------------------------------------
test('terminals come in whole, are found at once, and one audit entry tells of them all', async () => {
  const upload = await bring(acceptance, 'terminals', csv([
    ['终端序列号', '类型', '用户姓名', '手机', '地址', '区县', '服务单位', '局点', '装机日期', '状态'],
    ['SN 0001', '盒子', '熊大', '13979100001', '青云谱路1号', '南昌市西湖区', organisation.name, site.name, '20261123', '正常'],
    ['SN0002', '', '熊二', '0791-86990002', '', '360102', '', '', '', ''],
  ]), '../终端\u0000清单.csv');
  assert.equal(upload.name, '终端清单.csv');
  const done = await run(acceptance, upload, {}, { 'idempotency-key': 'terminals-once' });
  assert.deepEqual([done.rows, done.created, done.updated, done.unchanged], [2, 2, 0, 0]);
  assert.deepEqual(await run(acceptance, upload, {}, { 'idempotency-key': 'terminals-once' }), done);
  const [one] = await terminals('q=sn0001');
  assert.deepEqual([one.kind, one.state, one.region_name, one.organisation.id, one.site.id, one.installed_on], ['set-top-box', 'in-use', '南昌市西湖区', organisation.id, site.id, '2026-11-23']);
  for (const q of ['熊', '139791', '13979100001', '86990002']) assert.ok((await terminals(`q=${encodeURIComponent(q)}`)).length > 0, q);
  const found = (await acceptance.get('/lookup?q=13979100001')).items.find((item) => item.kind === 'terminal');
  assert.deepEqual([found.name, found.customer_name], ['SN 0001', '熊大']);
  const entries = (await auditor.get('/audit?action=import.done')).items;
  assert.equal(entries.length, 1);
  assert.deepEqual([entries[0].data.new.sha256, entries[0].data.new.rows, entries[0].data.new.kind], [upload.sha256, 2, 'terminals']);
  assert.equal((await auditor.get('/audit?action=terminal.created')).items.length, 0);
});

test('what is there already is an error, or gets what the file says; empty cells leave what was there', async () => {
  const rows = [['序列号', '用户姓名', '手机', '状态'], ['SN0001', '熊大大', '', '停机'], ['sn0002', '熊二', '', ''], ['SN0003', '熊三', '', '']];
  const upload = await bring(owner, 'terminals', xlsx(rows));
  assert.deepEqual(places(upload.checked.errors), ['A2 import.there', 'A3 import.there']);
  const again = await owner.post(`/imports/${upload.id}/check`, { update: true });
  assert.deepEqual([again.checked.holds, again.checked.there], [true, 2]);
  const done = await run(owner, upload, { update: true });
  assert.deepEqual([done.created, done.updated, done.unchanged], [1, 1, 1]);
  const [one] = await terminals('q=SN0001');
  assert.deepEqual([one.customer_name, one.phone, one.state], ['熊大大', '13979100001', 'suspended']);
  const [change] = (await auditor.get('/audit?action=terminal.changed')).items;
  assert.deepEqual(change.data.old, { customer_name: '熊大', state: 'in-use' });
});

test('columns are what one says they are, and one file serves another kind', async () => {
  const upload = await bring(owner, 'terminals', csv([['盒', '谁'], ['M-1', '毛毛']]));
  assert.deepEqual(upload.checked.missing, ['serial']);
  const { checked } = await owner.post(`/imports/${upload.id}/check`, { mapping: { A: 'serial', 谁: 'customer_name' } });
  assert.deepEqual([checked.holds, checked.shown[0].values], [true, { serial: 'M-1', customer_name: '毛毛' }]);
  await assert.rejects(owner.post(`/imports/${upload.id}/check`, { mapping: { A: 'nothing' } }), { status: 422 });
  await assert.rejects(owner.post(`/imports/${upload.id}/check`, { mapping: { A: 'serial', B: 'serial' } }), { status: 422 });
  const other = await owner.post(`/imports/${upload.id}/check`, { kind: 'customers', mapping: { A: 'name', B: '' } });
  assert.equal(other.checked.holds, true);
});

test('a centre is filled: organisations, their sites, assets that are parts of each other, people with roles', async () => {
  await run(owner, await bring(owner, 'customers', csv([['单位名称', '类型', '区县', '电话'], ['赣江有线公司', '运营商', '章贡区', '0797-8120001'], ['红旗小学', '', '', '']])));
  const sites = await bring(owner, 'sites', csv([['机房名称', '所属单位', '地址'], ['红旗机房', '红旗小学', '红旗大道1号'], ['红旗机房', '赣江有线公司', '']]));
  assert.deepEqual(places(sites.checked.errors), []);
  await run(owner, sites);
  const assets = await bring(owner, 'assets', xlsx([
    ['设备名称', '类别', '序列号', 'IP地址', '所属单位', '机房', '上级设备'],
    ['刀片1', '服务器', 'BL-1', '10.1.1.1', '红旗小学', '红旗机房', 'CH-1'], ['机框', 'chassis', 'CH-1', '', '红旗小学', '红旗机房', '']]));
  assert.deepEqual(places(assets.checked.errors), []);
  await run(owner, assets);
  const [blade] = (await owner.get('/assets?q=bl-1')).items;
  assert.deepEqual([blade.parent.name, blade.class, blade.site.name], ['机框', 'server', '红旗机房']);
  const circle = await bring(owner, 'assets', csv([['名称', '类别', '序列号', '上级设备'], ['甲', 'server', 'X1', 'X2'], ['乙', 'server', 'X2', 'X1']]));
  assert.deepEqual(places(circle.checked.errors), ['D2 import.circle']);
  const unclear = await bring(owner, 'assets', csv([['名称', '类别', '机房'], ['丙', 'server', '红旗机房']]));
  assert.deepEqual(places(unclear.checked.errors), ['C2 import.ambiguous']);
  const people = csv([['姓名', '登录名', '部门', '单位', '手机', '岗位'], ['新来的', 'xinlaide', '客服部', '', '13900000001', '客户受理工程师、网络管理工程师'], ['外单位的', '', '', '红旗小学', '13900000002', '']]);
  await run(owner, await bring(owner, 'people', people));
  const [staff] = (await owner.get('/people?q=xinlaide')).items;
  assert.deepEqual([staff.kind, staff.department.name, staff.roles], ['staff', '客服部', ['acceptance-engineer', 'network-engineer']]);
  const given = (await auditor.get('/audit?action=grant.given')).items.filter((entry) => JSON.stringify(entry).includes(staff.id));
  assert.equal(given.length, 2);
  const again = await bring(owner, 'people', people);
  assert.deepEqual(places(again.checked.errors), ['B2 import.there', 'A3 import.there']);
  const roles = await bring(owner, 'people', csv([['姓名', '登录名', '岗位'], ['甲', cast.owner, '系统管理员'], ['乙', '', '档案'], ['丙', 'bing', '没有的岗位']]));
  assert.deepEqual(places((await owner.post(`/imports/${roles.id}/check`, { update: true })).checked.errors), ['C2 import.own-roles', 'C3 import.role', 'C4 import.role']);
});

test('people are for those who manage people, and a file is for whoever brought it', async () => {
  const file = csv([['姓名'], ['甲']]);
  await assert.rejects(bring(acceptance, 'people', file), { code: 'right.missing' });
  const upload = await bring(acceptance, 'terminals', csv([['序列号'], ['Z-1']]));
  await assert.rejects(acceptance.post(`/imports/${upload.id}/check`, { kind: 'people', mapping: { A: 'name' } }), { code: 'right.missing' });
  await assert.rejects(owner.post(`/imports/${upload.id}/check`, {}), { status: 404 });
  await assert.rejects(run(owner, upload), { status: 404 });
  assert.deepEqual((await acceptance.get('/imports/kinds')).items.map((item) => item.kind), ['terminals', 'assets', 'sites', 'customers']);
  const template = await acceptance.fetch('GET', '/imports/kinds/terminals/template');
  assert.match(await template.text(), /^\ufeff?序列号,类型/);
  assert.equal((await acceptance.fetch('GET', '/imports/kinds/people/template')).status, 404);
  assert.deepEqual([upload.name, (await acceptance.get(`/imports/${upload.id}`)).running], ['file.csv', false]);
});

test('what was brought is gone after a day', async () => {
  const upload = await bring(owner, 'terminals', csv([['序列号'], ['Z-1']]));
  assert.ok(readdirSync(join(centre.data, 'imports')).includes(upload.id));
  await centre.advance('PT25H');
  owner = await centre.person(cast.owner);
  await assert.rejects(owner.post(`/imports/${upload.id}/check`, {}), { status: 404 });
});

// ---- the command line ----------------------------------------------------------------------------------------------
test('the verb imports beside the running program and without it, and says what is wrong as an editor finds it', async () => {
  const good = put('good.csv', csv([['序列号', '用户姓名'], ['CLI-1', '甲'], ['CLI-2', '乙']]));
  const dry = said('import', 'terminals', good, '--dry-run');
  assert.deepEqual([dry.status, dry.out], [0, '2 rows can be imported, 0 of them are there already\n'], dry.complaint);
  assert.deepEqual(await terminals('q=CLI'), []);
  const first = said('import', 'terminals', good, '--json');
  assert.equal(first.status, 0, first.complaint);
  assert.equal(JSON.parse(first.out).created, 2);
  const twice = said('import', 'terminals', good);
  assert.equal(twice.status, 1);
  assert.match(twice.complaint, /good\.csv:2:A import\.there 序列号: /);
  assert.match(twice.complaint, /2 things do not hold; nothing was imported/);
  assert.equal(said('import', 'terminals', good, '--update').status, 0);
  const other = put('other.csv', csv([['盒', '谁'], ['CLI-3', '丙']]));
  assert.equal(said('import', 'terminals', other).status, 1);
  await centre.rest();
  assert.equal(said('import', 'terminals', other, '--mapping', '盒=serial', '--mapping', 'B=customer_name').status, 0);
  await centre.serve();
  owner = await centre.person(cast.owner);
  assert.deepEqual((await terminals('q=CLI')).map((row) => row.serial).sort(), ['CLI-1', 'CLI-2', 'CLI-3']);
  assert.equal(said('import', 'terminals', join(scratch, 'nothing.csv')).status, 2);
  assert.equal(said('import', 'boats', good).status, 2);
  assert.equal(said('import', 'terminals', other, '--mapping', 'A=boat').status, 2);
  const picture = said('import', 'terminals', put('picture.png', '\x89PNG'));
  assert.deepEqual([picture.status, /table\.(unknown|encoding)|import/.test(picture.complaint)], [1, true]);
});
