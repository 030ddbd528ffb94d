// A demo centre with somebody of every kind, and cases of which each of them may see some.
import { readFileSync } from 'node:fs';
import { Centre, complete, password, Person } from '../centre.mjs';
import { bpmn, task } from '../drawing.mjs';
import { lanes, roles } from './model.mjs';

export const mark = '权限试例';
const source = process.env.KEEPWORD_SOURCE ?? new URL('../../..', import.meta.url).pathname;
const demo = JSON.parse(readFileSync(`${source}/data/demo.json`));

// Of each role whoever in the demo has the fewest others.
function demoCast() {
  return Object.fromEntries(roles.map((role) => {
    const [first] = demo.people.filter((one) => one.roles.includes(role)).sort((a, b) => a.roles.length - b.roles.length);
    return [role, { login: first.login, roles: first.roles.map((held) => ({ role: held })) }];
  }));
}

const hours = (instant, n) => new Date(Date.parse(instant) + n * 3_600_000).toISOString();

export class World {
  static async start() {
    const world = new World();
    world.centre = await Centre.start();
    try {
      await world.fill();
    } catch (error) {
      await world.stop();
      throw error;
    }
    return world;
  }
  async fill() {
    this.owner = await this.centre.person('jiangyifan');
    await this.choosePlaces();
    await this.enterPeople();
    // One grant ends meanwhile; the sessions begin afterwards, so that all have just proven who they are.
    await this.centre.advance('PT70M');
    await this.signIn();
    await this.deployDrawings();
    await this.openCases();
    await this.writeArticles();
    await this.chooseIds();
  }
  stop() {
    return this.centre.stop();
  }

  // Two customers in two cities, each with somewhere and something of theirs.
  async choosePlaces() {
    const { items } = await this.owner.get('/customers?limit=200');
    const inCity = (city) => items.find((one) => one.region?.startsWith(city));
    this.places = {};
    for (const [name, city] of [['here', '3601'], ['there', '3604']]) {
      const { id, region } = inCity(city);
      const [sites, assets, contacts] = await Promise.all(['sites?limit=1&organisation=', 'assets?limit=1&organisation=', `organisations/${id}/contacts?`]
        .map((path) => this.owner.get(`/${path}${path.endsWith('=') ? id : ''}`)));
      this.places[name] = { id, region, city: `${city}00`, site: sites.items[0].id, asset: assets.items[0].id, contact: contacts.items[0].id };
    }
  }

  async enterPeople() {
    const { here, there } = this.places;
    const now = this.centre.now;
    this.actors = demoCast();
    const enter = async (name, extra = {}, given = []) => {
      const { id } = await this.owner.post('/people', { name, kind: 'staff', login: `rights-${name}`, password, ...extra });
      for (const grant of given) await this.owner.post(`/people/${id}/grants`, { scope_kind: 'all', ...grant });
      return id;
    };
    const scoped = (role, kind, scope) => ({ role, scope_kind: kind, scope });
    const add = async (name, held, extra, given, more = {}) => {
      this.actors[name] = { login: `rights-${name}`, roles: held, person: await enter(name, extra, given), ...more };
    };
    await add('customer', [], { organisation: here.id }, [], { organisation: here.id });
    await add('other-customer', [], { organisation: there.id }, [], { organisation: there.id });
    await add('partner-engineer', [{ role: 'network-engineer' }], { organisation: there.id }, [{ role: 'network-engineer' }], { organisation: there.id });
    await add('engineer-here', [{ role: 'network-engineer', organisation: here.id }], {}, [scoped('network-engineer', 'organisation', here.id)]);
    await add('acceptance-there', [{ role: 'acceptance-engineer', region: there.city }], {}, [scoped('acceptance-engineer', 'region', there.city)]);
    await add('manager-there', [{ role: 'general-manager', region: there.city }], {}, [scoped('general-manager', 'region', there.city)]);
    await add('supervisor-there', [{ role: 'technical-supervisor', organisation: there.id }], {}, [scoped('technical-supervisor', 'organisation', there.id)]);
    await add('colleague', [], {}, []);
    await add('expired', [], {}, [{ role: 'technical-supervisor', until: hours(now, 1) }]);
    await add('not-yet', [], {}, [{ role: 'general-manager', from: hours(now, 48) }]);
    await add('deputy', [{ role: 'recorder', deputy: true }], {}, []);
    await add('deputy-outside', [{ role: 'other-centre', deputy: true }], {}, []);
    await add('inactive', [], {}, [{ role: 'general-manager' }], { refused: 'session.ended' });
    await add('signed-out', [], {}, [{ role: 'general-manager' }], { refused: 'session.ended' });
    const stands = async (login, name) => {
      const { items: [absent] } = await this.owner.get(`/people?q=${login}`);
      await this.owner.post(`/people/${absent.id}/deputies`, { deputy: this.actors[name].person, from: hours(now, -1), until: hours(now, 24) });
    };
    await stands(this.actors.recorder.login, 'deputy');
    await stands(this.actors['other-centre'].login, 'deputy-outside');
    this.actors.nobody = { login: 'nobody', roles: [], refused: 'session.none' };
  }

  async signIn() {
    await Promise.all(Object.values(this.actors).filter((actor) => actor.login !== 'nobody').map(async (actor) => {
      actor.session = await new Person(this.centre, actor.login).signIn();
      actor.person = actor.session.me.id;
    }));
    this.owner = this.actors['system-owner'].session;
    this.actors.nobody.session = new Person(this.centre, 'nobody');
    const { inactive } = this.actors;
    const { version } = await this.owner.get(`/people/${inactive.person}`);
    await this.owner.patch(`/people/${inactive.person}`, { active: false }, version);
    await this.actors['signed-out'].session.call('DELETE', '/session');
    const { token } = await this.actors['network-engineer'].session.post('/tokens', { name: '权限试验' });
    this.actors.program = { ...this.actors['network-engineer'], session: new Program(this.centre, token) };
    for (const [name, actor] of Object.entries(this.actors)) actor.name = name;
  }
  as(name) {
    return this.actors[name].session;
  }

  async deployDrawings() {
    for (const kind of ['complaint', 'leak', 'stands']) {
      const nodes = `<startEvent id="begin"/>${task('look')}<exclusiveGateway id="way"/>${task('act')}<endEvent id="done"/>`;
      const flows = [['begin', 'look'], ['look', 'way'], ['way', 'act', 'missing = 1'], ['act', 'done']];
      await this.owner.post(`/processes/${kind}/versions`, { xml: bpmn(kind, { nodes, flows, role: lanes[kind].join(' ') }), forms: {} });
    }
  }

  // A case of a kind, opened by somebody; its task is taken by nobody.
  async open(name, kind, by, place, extra = {}) {
    const { here, there } = this.places;
    const organisation = { here, there }[place];
    const made = await this.as(by).post('/cases', {
      kind, title: `${mark} ${name}`, channel: 'api', organisation: organisation?.id, contact_email: 'somebody@example.test', ...extra,
    });
    return this.remember(name, made.id, { kind, opened: this.actors[by].person, owner: null, tasks: [], organisation });
  }
  async remember(name, id, facts) {
    this.cases ??= {};
    this.cases[name] = { name, id, ...facts };
    return this.cases[name];
  }

  async openCases() {
    await this.owner.post('/mailboxes', {
      name: '权限试验', address: 'rights@example.test', active: false, imap: { host: 'imap.invalid', port: 993, security: 'tls', login: '' },
      smtp: { host: 'smtp.invalid', port: 465, security: 'tls', login: '' },
    }).then(({ id }) => (this.mailbox = id));
    const acceptance = this.actors['acceptance-engineer'];
    const { here } = this.places;
    const call = await acceptance.session.post('/hotline/calls', {
      title: `${mark} 电话`, description: '点播失败', contact_name: '王老师', contact_phone: '0791-80000011', contact_email: 'somebody@example.test',
      category: 'vod-failure', urgency: 'normal', solved: false, organisation: here.id,
    });
    await this.remember('电话', call.id, {
      kind: 'customer-acceptance', organisation: here, opened: acceptance.person, owner: acceptance.person,
      tasks: [{ by: acceptance.person, open: true }, { by: acceptance.person, open: false }],
    });
    await this.open('受理', 'customer-acceptance', 'network-administrator', 'there');
    await this.open('无单位', 'customer-acceptance', 'inspector', undefined);
    await this.open('故障', 'fault-maintenance', 'technical-supervisor', 'here');
    await this.open('投诉', 'complaint', 'department-manager', 'here');
    await this.open('他人投诉', 'complaint', 'inspector', 'there');
    await this.open('停住', 'stands', 'inspector', 'there');
    await this.open('泄露', 'leak', 'general-manager', 'there');
    await this.giveToOtherCentre();
    for (const one of Object.values(this.cases)) await this.furnish(one);
    await this.letTwoStand();
    await this.link('电话', '投诉', 'general-manager');
    await this.link('故障', '电话', 'technical-supervisor');
  }

  // Down to the other centre's interface person, who sees this one case.
  async giveToOtherCentre() {
    const one = await this.open('协调', 'customer-acceptance', 'acceptance-engineer', 'there', { category: 'vod-failure', contact_name: '王老师', description: '点播失败' });
    const tried = { tried: '查看日志' };
    const to = this.actors['other-centre'].person;
    for (const [by, element, outcome, fields] of [
      ['acceptance-engineer', 'accept'], ['acceptance-engineer', 'handle-first', 'unsolved', tried], ['network-engineer', 'handle-network', 'unsolved', tried],
      ['network-engineer', 'report-supervisor', undefined, { ...tried, why_failed: '设备在别处' }], ['technical-supervisor', 'coordinate', 'interface'],
      ['centre-interface', 'handle-interface', 'unsolved', { ...tried, other_centre_contact: to, request: '请处理' }],
    ]) {
      await complete(this.as(by), one.id, element, outcome, fields);
      one.tasks.push({ by: this.actors[by].person, open: false });
    }
    one.owner = this.actors['acceptance-engineer'].person;
    one.tasks.push({ by: to, open: true });
  }

  // A comment, a picture, a mail; and the ids below the case.
  async furnish(one) {
    const opener = Object.values(this.actors).find((actor) => actor.person === one.opened).session;
    await opener.post(`/cases/${one.id}/comments`, { text: `${mark} 说明` });
    const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
    one.attachment = (await opener.call('POST', `/cases/${one.id}/attachments`, { raw: picture, headers: { 'x-file-name': 'x.png', 'content-type': 'application/octet-stream' } })).id;
    const { items } = await opener.get(`/cases/${one.id}/timeline?limit=200`);
    one.mail = items.find((entry) => entry.data.mail)?.data.mail ?? null;
    const seen = await opener.get(`/cases/${one.id}`);
    const holder = one.tasks.find((task) => task.open)?.by ?? null;
    one.task = { id: seen.steps[0].task, holder, lane: await this.laneOf(opener, seen.steps[0].task) };
    one.clock = seen.clocks[0]?.id ?? null;
    one.number = seen.number;
    one.state = seen.state;
  }
  async laneOf(person, id) {
    return (await person.get(`/tasks/${id}`)).role.split(' ');
  }

  // A complaint and another case stand where no condition holds.
  async letTwoStand() {
    for (const [name, by] of [['他人投诉', 'recorder'], ['停住', 'network-engineer']]) {
      const one = this.cases[name];
      await complete(this.as(by), one.id, 'look');
      // Whoever first does something on a case answers for it.
      one.owner = this.actors[by].person;
      one.tasks.push({ by: one.owner, open: false });
      one.task = null;
      one.stands = true;
    }
  }

  // One for everybody with a version that waits for review beside it, one for the centre's own, one that is not written yet.
  async writeArticles() {
    const [writer, reviewer] = [this.as('network-engineer'), this.as('technical-supervisor')];
    this.articles = {};
    for (const [name, audience] of [['公开', 'both'], ['内部', 'staff'], ['草稿', 'both']]) {
      const words = { title: `${mark} ${name}`, category: 'vod-failure', audience, symptom: '点播失败', solution: '查看日志', answer: '请稍候再试。' };
      const { id } = await writer.post('/knowledge', words);
      this.articles[name] = { id, audience, published: name !== '草稿' };
      if (name === '草稿') continue;
      await writer.post(`/knowledge/${id}/submit`);
      await reviewer.post(`/knowledge/${id}/approve`);
      if (name !== '公开') continue;
      await writer.post(`/knowledge/${id}/versions`, words);
      await writer.post(`/knowledge/${id}/submit`);
    }
  }

  // Ids of what belongs to somebody: a token, a session, a grant, a deputy.
  async chooseIds() {
    const get = async (path) => (await this.owner.get(path)).items[0];
    this.department = (await get('/departments')).id;
    const { key, value, version } = await get('/settings');
    this.setting = key;
    await this.owner.put(`/settings/${key}`, { value: 'PT50M' }, version);
    this.settingChange = (await get('/settings/changes')).id;
    await this.owner.put(`/settings/${key}`, { value }, version + 1);
    // Of somebody who is none of the actors.
    const other = await this.centre.person('lumin');
    this.token = (await other.post('/tokens', { name: '别人的' })).id;
    this.session = (await other.get('/me/sessions')).items[0].id;
    this.grant = (await this.owner.get(`/people/${this.actors.auditor.person}`)).grants[0].id;
    this.deputy = (await this.owner.get(`/people/${this.actors.recorder.person}`)).deputies[0].id;
  }

  async link(from, to, by) {
    await this.as(by).post(`/cases/${this.cases[from].id}/links`, { case: this.cases[to].id, kind: 'related' });
    (this.links ??= []).push([this.cases[from], this.cases[to]]);
  }
}

// A program acts in a person's name by a token, without cookie and CSRF token.
class Program extends Person {
  constructor(centre, token) {
    super(centre, 'program');
    this.token = token;
  }
  fetch(method, path, { headers = {}, ...rest } = {}) {
    return super.fetch(method, path, { headers: { authorization: `Bearer ${this.token}`, ...headers }, ...rest });
  }
}
