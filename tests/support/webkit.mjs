// WebKitGTK as Debian has it, on a display of its own, driven by its own driver: the engine of the browsers on many
// telephones, which Chromium says nothing about.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { Builder, By, until } from 'selenium-webdriver';

const browser = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';
const patience = 30_000;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

// A display nobody else has: the server itself says its number once it takes connections.
async function display() {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const number = await new Promise((found, wrong) => {
    server.stdio[3].once('data', (text) => found(String(text).trim()));
    server.once('exit', (code) => wrong(new Error(`Xvfb ended with ${code}`)));
  });
  return { server, number };
}

export class WebKit {
  static async start() {
    const webkit = new WebKit();
    const { server, number } = await display();
    webkit.display = server;
    const port = await freePort();
    // Its sandbox needs user namespaces, which containers seldom give; what it opens here is our own.
    const env = { ...process.env, DISPLAY: `:${number}`, LIBGL_ALWAYS_SOFTWARE: '1', WEBKIT_DISABLE_COMPOSITING_MODE: '1', WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', NO_AT_BRIDGE: '1' };
    webkit.process = spawn('WebKitWebDriver', [`--port=${port}`], { env, stdio: 'ignore' });
    await webkit.answers(`http://127.0.0.1:${port}/status`);
    webkit.driver = await new Builder()
      .usingServer(`http://127.0.0.1:${port}`)
      .withCapabilities({ browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] } })
      .build();
    await webkit.driver.manage().window().setRect({ width: 1440, height: 900 });
    return webkit;
  }
  async answers(url) {
    for (let tries = 0; ; ++tries) {
      const answer = await fetch(url).catch(() => undefined);
      if (answer?.ok) return;
      if (tries > 150) throw new Error('WebKitWebDriver does not answer');
      await new Promise((again) => setTimeout(again, 100));
    }
  }
  async stop() {
    await this.driver?.quit().catch(() => {});
    this.process?.kill();
    this.display?.kill();
  }

  // What was on the screen when it went wrong stands in the results.
  async look(work) {
    try {
      return await work();
    } catch (error) {
      const folder = new URL('../results/failures/', import.meta.url).pathname;
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${folder}webkit.png`, Buffer.from(await this.driver.takeScreenshot(), 'base64'));
      throw error;
    }
  }
  // The element that is shown and whose accessible name begins so or matches, in `within` or on the page, once it is there.
  named(css, name, within = this.driver) {
    const fits = (said) => (name instanceof RegExp ? name.test(said) : said.startsWith(name));
    return this.driver.wait(async () => {
      for (const element of await within.findElements(By.css(css))) {
        if ((await element.isDisplayed()) && fits(await element.getAccessibleName())) return element;
      }
    }, patience, `nothing is called ${name}`);
  }
  // Once `look` gives something; an element that was drawn anew meanwhile is looked for again.
  async again(look) {
    for (let tries = 0; ; ++tries) {
      try {
        return await look();
      } catch (error) {
        if (error.name !== 'StaleElementReferenceError' || tries > 20) throw error;
      }
    }
  }
  click(name, css = 'button, a, [role=tab]', within = undefined) {
    return this.again(async () => (await this.named(css, name, within)).click());
  }
  async fill(label, text, within = undefined) {
    const field = await this.named('input, textarea', label, within);
    await field.clear();
    await field.sendKeys(text);
  }
  async choose(label, option, within = undefined) {
    const field = await this.named('select', label, within);
    for (const one of await field.findElements(By.css('option'))) if ((await one.getText()) === option) return one.click();
    throw new Error(`${label} has no ${option}`);
  }
  async tick(label) {
    await (await this.driver.findElement(By.xpath(`//label[normalize-space()='${label}']`))).click();
  }
  gone(element) {
    return this.driver.wait(until.stalenessOf(element), patience);
  }
  shows(text) {
    return this.driver.wait(until.elementLocated(By.xpath(`//*[contains(normalize-space(text()), '${text}')]`)), patience, `nothing says ${text}`);
  }
}
