// Who may see and do what: the contract's "Rights", the lanes of the procedures and the rights of the roles, written
// down a second time, as data, so that the program is held against something that is not itself.

// What everybody of the centre may, and what each role may beyond that.
export const staffRights = ['customers.read', 'people.read', 'calendars.read', 'processes.read', 'cases.read'];
const holdersOf = {
  'cases.create': ['general-manager', 'department-manager', 'acceptance-engineer', 'network-engineer', 'technical-supervisor', 'inspector', 'network-administrator'],
  'cases.all': ['general-manager', 'auditor'],
  'cases.cancel-any': ['general-manager'],
  'cases.delegate-any': ['technical-supervisor'],
  'cases.repair': ['system-owner'],
  'hotline.take': ['acceptance-engineer'],
  'customers.manage': ['acceptance-engineer', 'network-administrator', 'system-owner'],
  'knowledge.write': ['acceptance-engineer', 'network-engineer', 'technical-supervisor', 'support-engineer', 'remote-engineer', 'field-engineer', 'technical-department'],
  'knowledge.review': ['technical-supervisor', 'department-manager'],
  'audit.read': ['auditor'],
  'people.manage': ['system-owner'],
  'calendars.manage': ['system-owner'],
  'processes.deploy': ['system-owner'],
  'mailboxes.manage': ['system-owner'],
  'settings.manage': ['system-owner'],
};
// What reaches over the whole centre comes from a role held for the whole centre.
const whole = ['cases.all'];
export const outsideRoles = ['other-centre'];
export const roles = [
  'general-manager', 'department-manager', 'acceptance-engineer', 'network-engineer', 'technical-supervisor',
  'support-engineer', 'remote-engineer', 'field-engineer', 'technical-department', 'inspector', 'network-administrator',
  'visitor', 'recorder', 'security-administrator', 'archivist', 'project-manager', 'project-lead', 'engineering-manager',
  'centre-interface', 'other-centre', 'auditor', 'system-owner',
];

// Whose lanes are on the flowchart. The last three are drawn by the test; complaints and leaks are closed kinds.
export const lanes = {
  'customer-acceptance': ['acceptance-engineer', 'network-engineer', 'technical-supervisor', 'support-engineer', 'centre-interface', 'other-centre'],
  'fault-maintenance': ['general-manager', 'technical-supervisor', 'remote-engineer', 'field-engineer', 'technical-department', 'acceptance-engineer'],
  complaint: ['recorder', 'general-manager', 'department-manager', 'other-centre'],
  leak: ['security-administrator', 'general-manager'],
  stands: ['network-engineer'],
};
export const closed = ['complaint', 'leak'];

// An actor: {person, roles: [{role, organisation?, region?}], organisation?, refused?}. `refused`: why it is nobody.
const isOutsider = (actor) => Boolean(actor.organisation) || actor.roles.some((held) => outsideRoles.includes(held.role) && !held.deputy);
const isNarrow = (held) => Boolean(held.organisation || held.region);

export function rightsOf(actor) {
  if (actor.refused) return [];
  const own = Object.keys(holdersOf).filter((right) =>
    actor.roles.some((held) => holdersOf[right].includes(held.role) && !(isNarrow(held) && whole.includes(right))));
  return isOutsider(actor) ? own : [...staffRights, ...own];
}
export const may = (actor, right) =>
  right === 'public' || (!actor.refused && (right === 'signed-in' || rightsOf(actor).includes(right)));
export const isStaff = (actor) => may(actor, 'cases.read');

// A region is a county, its city or its province.
const inRegion = (region, of) => [of, `${of.slice(0, 4)}00`, `${of.slice(0, 2)}0000`].includes(region);
const reaches = (held, one) =>
  held.organisation ? held.organisation === one.organisation?.id : held.region ? Boolean(one.organisation) && inRegion(held.region, one.organisation.region) : true;
// A case: {kind, organisation: {id, region}, opened, owner, tasks: [{by, open}]}; persons by their ids.
const holdsLane = (actor, one, of = lanes[one.kind]) => actor.roles.some((held) => of.includes(held.role) && reaches(held, one));
const tookPart = (actor, one) => [one.opened, one.owner, ...one.tasks.map((task) => task.by)].includes(actor.person);

export function maySee(actor, one) {
  if (actor.refused) return false;
  if (tookPart(actor, one)) return true;
  if (!isStaff(actor)) return Boolean(actor.organisation) && !closed.includes(one.kind) && actor.organisation === one.organisation?.id;
  return holdsLane(actor, one) || (may(actor, 'cases.all') && !closed.includes(one.kind));
}
// To know that a process stands, whoever repairs need not see what the case is about.
export const mayRepair = (actor, one) => maySee(actor, one) || (may(actor, 'cases.repair') && !closed.includes(one.kind));
// To comment, attach, urge: seeing alone is not enough.
export function mayWork(actor, one) {
  if (!maySee(actor, one)) return false;
  return may(actor, 'cases.cancel-any') || (isStaff(actor) && holdsLane(actor, one)) || [one.opened, one.owner].includes(actor.person)
    || one.tasks.some((task) => task.by === actor.person && task.open);
}
export const mayWorkInside = (actor, one) => isStaff(actor) && mayWork(actor, one);
export const mayCancel = (actor, one) => one.owner === actor.person || may(actor, 'cases.cancel-any');
// A task: {lane: roles}. The lane gives the right to act.
export const mayDo = (actor, one, task) => holdsLane(actor, one, task.lane);
// An article: {audience, published}. What is not published yet is for those who write and review, inside the centre; and
// whoever is from outside reads what is meant for customers.
export const mayRead = (actor, article) =>
  !actor.refused && (isStaff(actor) ? article.published || may(actor, 'knowledge.write') || may(actor, 'knowledge.review') : article.published && article.audience !== 'staff');
