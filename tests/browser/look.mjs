// Looking at a page as people do: whether all of it can be read and reached, and whether anything went wrong behind it.
import { readdirSync, readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { cast } from '../support/centre.mjs';

export const pictures = new URL('../results/screens/', import.meta.url).pathname;
export const desk = { viewport: { width: 1440, height: 900 } };
export const hand = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

const source = new URL('../../web/src/', import.meta.url);
const files = readdirSync(source, { recursive: true }).filter((name) => name.endsWith('texts.zh.json'));
const spaces = ['common', ...files.map((name) => name.split('/').at(-2)).filter((name) => name !== 'i18n')];
const written = files.map((name) => readFileSync(new URL(name, source), 'utf8')).join('\n');
// A missing text shows as its own name, and a value that was not there as one of these words.
const leftover = new RegExp(`\\b(?:${spaces.join('|')})\\.[a-z][\\w-]*(?:\\.[\\w-]+)*|\\{\\w+\\}|\\bundefined\\b|\\bnull\\b|\\bNaN\\b|\\[object |Invalid Date`);
const leftOver = (text) => leftover.test(text) && !written.includes(leftover.exec(text)[0]);

// Words in Latin letters that Chinese offices use as they are, and the examples of codes in hints.
const abbreviations = /\b(?:IMAP|SMTP|SSL|TLS|STARTTLS|API|BPMN|English|case\.completed)\b/g;
const latin = /[A-Za-z]{3,}/;

// A browser of that size. `faults` collects what must not happen behind a page, `refused` says which refusals belong to it.
async function open(browser, centre, { size, english }) {
  const context = await browser.newContext({ ...size, baseURL: centre.url, colorScheme: 'light', reducedMotion: 'reduce' });
  // Pages take the time from the server's answers, which tell the machine's; this centre's clock is moved by hand.
  await context.addInitScript((now) => {
    const get = Headers.prototype.get;
    Headers.prototype.get = function (name) { return /^date$/i.test(name) ? now : get.call(this, name); };
  }, new Date(centre.now).toUTCString());
  if (english) {
    // As if this person had chosen it, without changing it for whoever else looks as them.
    await context.route('**/api/v1/session', async (route) => {
      const answer = await route.fetch();
      const session = await answer.json();
      await route.fulfill({ response: answer, json: { ...session, me: { ...session.me, locale: 'en' } } });
    });
  }
  const page = await context.newPage();
  Object.assign(page, { faults: [], refused: [] });
  page.on('pageerror', (error) => page.faults.push(error.message));
  page.on('console', (message) => {
    // What was refused is judged by the answer below, which says more.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) page.faults.push(message.text());
  });
  page.on('response', (answer) => {
    const said = `${answer.request().method()} ${new URL(answer.url()).pathname} ${answer.status()}`;
    if (answer.status() >= 400 && !page.refused.includes(said)) page.faults.push(said);
  });
  return page;
}

// One browser for each size, kept for all tests of a file: signing in and starting cost more than looking.
export class Looks {
  constructor(browser) {
    this.browser = browser;
    this.kept = new Map();
  }
  async once(key, make) {
    if (!this.kept.has(key)) this.kept.set(key, await make());
    return this.kept.get(key);
  }
  // The browser of that size with somebody signed in, or nobody, and with nothing left of whoever used it before.
  async page(centre, { as, size = desk, english = false }) {
    const page = await this.once(JSON.stringify([centre.url, size, english]), () => open(this.browser, centre, { size, english }));
    if (page.url() !== 'about:blank') {
      await page.evaluate(() => localStorage.clear());
      await page.goto('about:blank');
    }
    await page.context().clearCookies();
    if (as) {
      const { cookie } = await this.once(`${centre.url} ${as}`, () => centre.person(cast[as]));
      const at = cookie.indexOf('=');
      await page.context().addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: centre.url }]);
    }
    page.faults = [];
    return page;
  }
}

// Goes there, opens what is to be looked at, and waits until nothing is loading any more.
export async function arrive(page, { path, shows, act, refused = [] }, known) {
  page.refused = refused;
  await page.goto(typeof path === 'function' ? path(known) : path);
  await expect(page.getByRole('heading').first()).toBeVisible();
  await expect(page.locator('.bones')).toHaveCount(0);
  await act?.(page);
  await expect(shows(page)).toBeVisible();
  await expect(page.locator('.bones')).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
}

// Nothing serious by the rules of WCAG; `rules` narrows it to some of them.
export async function accessible(page, what, rules) {
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode(true);
  // Not the drawing's own insides, as the path above it says the same in words; and of long tables the first rows, as all
  // are made alike.
  for (const part of ['.djs-container', 'tbody tr:nth-child(n+9)']) if (await page.locator(part).count()) axe.exclude(part);
  if (rules) axe.withRules(rules);
  const { violations, passes } = await axe.analyze();
  expect(passes.length, `${what}: rules that applied`).toBeGreaterThan(0);
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(grave.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 4).map((node) => `${node.target} ${node.any[0]?.message ?? node.failureSummary}`).join(' | ')}`), what).toEqual([]);
}

// What can be told of a page's layout and texts without knowing what it is for.
export async function sound(page, what) {
  const found = await page.evaluate(() => {
    const visible = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.getClientRects().length > 0;
    const words = (element) => (element.textContent.trim() || element.getAttribute('aria-label') || element.tagName).slice(0, 40);
    const root = document.documentElement;
    const texts = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const holder = walker.currentNode.parentElement;
      // Codes and identifiers are set in the fixed-width letters; they are data.
      if (!holder.closest('.mono, script, style, pre') && visible(holder)) texts.push(walker.currentNode.textContent);
    }
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]')) {
      for (const name of ['aria-label', 'title', 'placeholder']) texts.push(element.getAttribute(name) ?? '');
    }
    const buttons = [...document.querySelectorAll('button, .button')].filter(visible);
    return {
      title: document.title,
      heads: [...document.querySelectorAll('h1')].filter(visible).length,
      labels: [...document.querySelectorAll('button:not(.name), label, th, dt, legend, [role="tab"], [placeholder]')].filter(visible)
        .map((element) => element.getAttribute('placeholder') ?? [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent).join(' ')),
      texts: texts.map((text) => text.trim()).filter(Boolean),
      sideways: root.scrollWidth - root.clientWidth,
      clipped: buttons.filter((button) => button.scrollWidth > button.clientWidth + 1 && !button.querySelector('.cut')).map(words),
      outside: [...document.querySelectorAll('.button.primary')].filter(visible).filter((button) => {
        const box = button.getBoundingClientRect();
        return box.left < 0 || box.right > root.clientWidth + 0.5;
      }).map(words),
      nameless: [...document.querySelectorAll('.button, button')].filter(visible).filter((button) => words(button) === 'BUTTON').length,
    };
  });
  expect(found.title, what).not.toBe('');
  expect(found.heads, `${what}: headings of the page`).toBe(1);
  const foreign = await page.locator('html[lang="zh-CN"]').count() ? found.labels.filter((label) => latin.test(label.replace(abbreviations, ''))) : [];
  expect(foreign, `${what}: English words on a Chinese page`).toEqual([]);
  expect(found.texts.length, `${what}: texts`).toBeGreaterThan(5);
  expect(found.texts.filter(leftOver), `${what}: texts that are none`).toEqual([]);
  expect(found.sideways, `${what}: pixels that the page is too wide`).toBe(0);
  expect(found.clipped, `${what}: buttons whose words are cut off`).toEqual([]);
  expect(found.outside, `${what}: main buttons that stand outside`).toEqual([]);
  expect(found.nameless, `${what}: buttons without a name`).toBe(0);
  return found;
}

export async function picture(page, name) {
  await page.screenshot({ path: `${pictures}${name}.png`, animations: 'disabled', caret: 'hide' });
}
