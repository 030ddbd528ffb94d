// Everything that shows, counts or names several cases at once, for everybody: it holds what the model says, no more
// and no less. Each check gives what is wrong with it.
import { inflateRawSync } from 'node:zlib';
import { closed, isStaff, lanes, may, mayRead, mayRepair, maySee } from './model.mjs';
import { mark } from './world.mjs';

const open = (of) => ['open', 'waiting'].includes(of.state);
const byName = (cases) => cases.map((of) => of.name).sort().join(' ');

// The test's own cases among these ids, and all that the actor may see.
function differ(world, actor, ids, what, expected = (of) => maySee(actor, of)) {
  const all = Object.values(world.cases);
  const shown = byName(all.filter((of) => ids.includes(of.id)));
  const right = byName(all.filter(expected));
  return shown === right ? [] : [`${actor.name}: ${what} has ${shown || 'nothing'}, expected ${right || 'nothing'}`];
}
async function everything(session, path) {
  const items = [];
  for (let cursor = ''; cursor !== null;) {
    const page = await session.get(`${path}${path.includes('?') ? '&' : '?'}limit=200${cursor && `&cursor=${cursor}`}`);
    items.push(...page.items);
    cursor = page.next ?? null;
  }
  return items;
}
const ids = (items) => items.map((item) => item.id);

async function caseLists(world, actor) {
  const found = async (query, expected) => differ(world, actor, ids(await everything(actor.session, `/cases?${query}`)), `/cases?${query}`, expected);
  const { here } = world.places;
  const wrong = await Promise.all([
    found(`q=${mark}`),
    ...Object.keys(lanes).map((kind) => found(`kind=${kind}`, (of) => of.kind === kind && maySee(actor, of))),
    found(`organisation=${here.id}`, (of) => of.organisation === here && maySee(actor, of)),
    found(`owner=${world.actors['acceptance-engineer'].person}`, (of) => of.owner === world.actors['acceptance-engineer'].person && maySee(actor, of)),
    found(`assignee=${world.actors['other-centre'].person}`, (of) => of.name === '协调' && maySee(actor, of)),
    ...Object.values(world.cases).map((of) => found(`q=${of.number}`, (other) => other === of && maySee(actor, of))),
  ]);
  const search = differ(world, actor, ids((await actor.session.get(`/search?q=${mark}&limit=200`)).items), '/search');
  // Suggestions are the first few: none of them may be one that cannot be seen.
  const suggested = ids((await actor.session.get(`/suggest?q=${mark}&limit=20`)).items);
  const hidden = Object.values(world.cases).filter((of) => suggested.includes(of.id) && !maySee(actor, of));
  return [...wrong.flat(), ...search, ...hidden.map((of) => `${actor.name}: /suggest has ${of.name}`)];
}

async function counts(world, actor) {
  const wrong = [];
  const right = (fits) => Object.values(world.cases).filter((of) => fits(of) && maySee(actor, of));
  const compare = async (query, fits) => {
    const { open: opened, waiting, archived, cancelled } = await actor.session.get(`/cases/counts?${query}`);
    const expected = right(fits).length;
    if (opened + waiting + archived + cancelled !== expected) wrong.push(`${actor.name}: /cases/counts?${query} ${opened + waiting + archived + cancelled}, expected ${expected}`);
  };
  await compare(`q=${mark}`, () => true);
  for (const kind of closed) await compare(`kind=${kind}`, (of) => of.kind === kind);
  for (const view of ['mine', 'claimable', 'overdue']) {
    const [tasks, numbers] = [await everything(actor.session, `/tasks?view=${view}`), await actor.session.get('/tasks/counts')];
    if (tasks.length !== numbers[view]) wrong.push(`${actor.name}: /tasks/counts ${view} ${numbers[view]}, listed are ${tasks.length}`);
  }
  if (!may(actor, 'processes.read')) return wrong;
  const { items } = await actor.session.get('/processes');
  for (const { key, open_cases: number } of items) {
    const one = await actor.session.get(`/processes/${key}`);
    // Of the kinds that the demo has cases of, as many as the actor's own counts say.
    const about = await actor.session.get(`/cases/counts?kind=${key}`);
    const expected = closed.includes(key) ? right((of) => of.kind === key && open(of)).length : about.open + about.waiting;
    if (number !== expected || one.open_cases !== expected) wrong.push(`${actor.name}: /processes counts ${number} and ${one.open_cases} open ${key}, expected ${expected}`);
  }
  return wrong;
}

async function taskLists(world, actor) {
  const wrong = [];
  for (const view of ['mine', 'claimable', 'others', 'overdue']) {
    const shown = (await everything(actor.session, `/tasks?view=${view}`)).map((task) => task.case.id);
    wrong.push(...differ(world, actor, shown, `/tasks?view=${view}`, (of) => {
      if (!shown.includes(of.id) || !maySee(actor, of)) {
        // Exactly what is one's own, and what one's role may claim and sees.
        if (view === 'mine') return of.task?.holder === actor.person;
        return view === 'claimable' && maySee(actor, of) && of.task !== null && !of.task.holder && actor.roles.some((held) => of.task.lane.includes(held.role));
      }
      return true;
    }));
  }
  return wrong;
}

async function links(world, actor) {
  const wrong = [];
  for (const pair of world.links) {
    for (const [of, other] of [pair, [...pair].reverse()]) {
      if (!maySee(actor, of)) continue;
      const [one, entries] = [await actor.session.get(`/cases/${of.id}`), await everything(actor.session, `/cases/${of.id}/timeline`)];
      const seen = maySee(actor, other);
      const names = (text) => JSON.stringify(text).includes(other.number) || JSON.stringify(text).includes(other.id);
      if (one.links.some((link) => link.case.id === other.id) !== seen) wrong.push(`${actor.name}: the links of ${of.name} and ${other.name}`);
      if (names(one) !== seen || names(entries) !== seen) wrong.push(`${actor.name}: ${of.name} ${seen ? 'does not name' : 'names'} ${other.name}`);
      if (!isStaff(actor)) continue;
      const zip = Buffer.from(await (await actor.session.fetch('GET', `/cases/${of.id}/export`)).arrayBuffer());
      if (names(unpacked(zip, 'timeline.json')) !== seen) wrong.push(`${actor.name}: the export of ${of.name} ${seen ? 'does not name' : 'names'} ${other.name}`);
    }
  }
  return wrong;
}

// One file of a zip, found by the central directory.
function unpacked(zip, wanted) {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  for (let at = zip.readUInt32LE(end + 16); zip.readUInt32LE(at) === 0x02014b50;) {
    const [size, nameLength, extra, comment, start] = [zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32), zip.readUInt32LE(at + 42)];
    if (zip.toString('utf8', at + 46, at + 46 + nameLength) === wanted) {
      const from = start + 30 + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28);
      const bytes = zip.subarray(from, from + size);
      return (zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(bytes) : bytes).toString();
    }
    at += 46 + nameLength + extra + comment;
  }
  throw new Error(`no ${wanted} in the export`);
}

// Only where a right opens the list at all.
async function machinery(world, actor) {
  const wrong = [];
  if (may(actor, 'cases.repair')) {
    const shown = (await everything(actor.session, '/incidents')).map((incident) => incident.case.id);
    wrong.push(...differ(world, actor, shown, '/incidents', (of) => Boolean(of.stands) && mayRepair(actor, of)));
  }
  if (may(actor, 'audit.read')) {
    const recent = [];
    for (let cursor = '', pages = 0; cursor !== null && pages < 20; ++pages) {
      const page = await actor.session.get(`/audit?limit=200${cursor && `&cursor=${cursor}`}`);
      recent.push(...page.items);
      cursor = page.next ?? null;
    }
    wrong.push(...differ(world, actor, recent.map((entry) => entry.chain.replace('case:', '')), '/audit'));
    for (const of of Object.values(world.cases)) {
      for (const name of [of.number, of.id, `case:${of.id}`]) {
        const { items } = await actor.session.get(`/audit?chain=${name}`);
        if (items.length > 0 !== maySee(actor, of)) wrong.push(`${actor.name}: /audit?chain=${name} of ${of.name} has ${items.length}`);
      }
    }
  }
  if (may(actor, 'hotline.take')) {
    const { here, there } = world.places;
    for (const place of [here, there]) {
      const card = await actor.session.get(`/hotline/caller?organisation=${place.id}`);
      wrong.push(...differ(world, actor, ids(card.cases), `/hotline/caller of ${place.region}`, (of) => of.organisation === place && maySee(actor, of)));
    }
  }
  return wrong;
}

// Which articles there are, and of each no more than its reader may know.
async function articles(world, actor) {
  const wrong = [];
  const all = Object.entries(world.articles);
  const listed = ids(await everything(actor.session, '/knowledge'));
  for (const [name, one] of all) {
    const reads = mayRead(actor, one);
    if (listed.includes(one.id) !== reads) wrong.push(`${actor.name}: /knowledge ${reads ? 'lacks' : 'has'} ${name}`);
    const answer = await actor.session.fetch('GET', `/knowledge/${one.id}`);
    if ((answer.status === 200) !== reads) wrong.push(`${actor.name}: /knowledge of ${name} ${answer.status}`);
    if (!reads) continue;
    const text = await answer.text();
    if (text.includes('查看日志') !== isStaff(actor)) wrong.push(`${actor.name}: the solution of ${name}`);
  }
  // Neither by what stands in a part that they may not read.
  if (!isStaff(actor) && (await everything(actor.session, '/knowledge?q=查看日志')).length > 0) wrong.push(`${actor.name}: finds by the solution`);
  return wrong;
}

export const checks = [caseLists, counts, taskLists, links, machinery, articles];
