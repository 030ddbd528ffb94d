// Mail from the wild over real IMAP: the whole corpus lies in a mailbox of Dovecot, comes into a centre, and each mail
// becomes what it should. Then it lies there once more, and nothing happens a second time.
import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Centre, cast } from '../support/centre.mjs';
import { customer, Mail, service, until } from '../support/mail.mjs';
import { mailCorpus } from '../support/mail_corpus.mjs';

const OUR_LETTER = 'c42.7@keepword.test'; // in the corpus: the id of a letter of ours
// Dovecot answers with other bytes than the mail has: IMAP has no NUL.
const NOT_OVER_IMAP = new Set(['header/nul-bytes']);

let centre;
let mail;
let mailbox;
let delivered = 0;
const who = {};

before(async () => {
  mail = await Mail.start();
  centre = await Centre.start({ clock: 'system' });
  for (const [role, login] of Object.entries(cast)) who[role] = await centre.person(login);
  mailbox = (await mail.connect(who.owner)).id;
});
after(async () => {
  await centre?.stop();
  mail?.stop();
});

// Into the customers' mailbox as it is: by SMTP a server would refuse or repair many of them. Dovecot numbers mails in
// the order of the times in their names.
function lay(bytes) {
  delivered += 1;
  const folder = join(mail.folder, 'mail', service);
  const name = `${1_800_000_000 + delivered}.M1P1.keepword`;
  writeFileSync(join(folder, 'tmp', name), bytes, { mode: 0o644 });
  renameSync(join(folder, 'tmp', name), join(folder, 'new', name));
}

// What was taken, oldest first.
async function taken() {
  const items = [];
  for (let cursor = ''; ;) {
    const page = await who.owner.get(`/mailboxes/${mailbox}/mails?limit=200${cursor && `&cursor=${cursor}`}`);
    items.push(...page.items);
    if (!page.next) return items.reverse();
    cursor = page.next;
  }
}

async function takes(count) {
  return until(async () => {
    const items = await taken();
    return items.length >= count && items;
  }, 180);
}

// As many senders as mails, since nobody writes a hundred an hour; the letter and its recipient are real ones.
function addressed(bytes, letter, number) {
  const text = bytes.toString('latin1');
  const ours = text.includes(OUR_LETTER) || text.includes('wangwu@example.com');
  const put = ours
    ? text.replaceAll(OUR_LETTER, letter).replaceAll(/(wangwu@example\.com|zhangsan@icloud\.example\.com|lisi@163\.com|123456@qq\.com)/g, customer)
    : text.replaceAll('zhangsan@example.com', `zhangsan.${number}@example.com`);
  return Buffer.from(put, 'latin1');
}

test('every mail of the corpus becomes what it should, once', async () => {
  mail.write('first', 'My box is broken.');
  const [first] = await takes(1);
  const [receipt] = await mail.received(customer, '登记为工单');
  const letter = receipt.id.slice(1, -1);
  const corpus = mailCorpus().filter((one) => !NOT_OVER_IMAP.has(one.name));
  const bytes = corpus.map((one, number) => addressed(one.bytes, letter, number));
  bytes.forEach(lay);
  const items = (await takes(1 + corpus.length)).slice(1);
  const wrong = [];
  for (const [i, one] of corpus.entries()) {
    const got = { outcome: items[i].outcome, problems: items[i].problems };
    const right = { outcome: one.outcome, problems: one.problems };
    if (['automatic', 'loop'].includes(one.outcome)) [got.reason, right.reason] = [items[i].reason, one.says];
    if (['noted', 'threaded'].includes(one.outcome)) [got.case, right.case] = [items[i].case, first.case];
    if (['opened', 'related'].includes(one.outcome)) [got.title, right.title] = [(await who.acceptance.get(`/cases/${items[i].case}`)).title, one.says];
    if (JSON.stringify(got) !== JSON.stringify(right)) wrong.push({ name: one.name, got, right });
  }
  console.log(`mail: ${corpus.length - wrong.length} of ${corpus.length} as expected`);
  assert.deepEqual(wrong, []);
  const before = (await who.acceptance.get(`/cases/${first.case}`)).version;
  bytes.forEach(lay);
  const all = await takes(1 + 2 * corpus.length);
  const again = all.slice(1 + corpus.length);
  assert.deepEqual(again.filter((one) => !['duplicate', 'loop'].includes(one.outcome)), []);
  assert.equal((await who.acceptance.get(`/cases/${first.case}`)).version, before);
});
