// A playground process and pages on it. A page fails its test on console errors, on errors of its scripts, and on requests
// to any other host.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

// How long a test waits for what should happen at once; generous, since test machines are shared.
export const PATIENCE_MS = 60_000;

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/** Starts `plotline playground` on a free port, in an empty folder so that nobody's settings are read. */
async function startPlayground() {
  const folder = mkdtempSync(join(tmpdir(), "plotline-browser-"));
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(LLM|DISCORD|DATABASE|REDIS)_/.test(name)));
  const child = spawn(process.env.PLOTLINE_BIN, ["playground", "--port", "0"], { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const match = /http:\/\/127\.0\.0\.1:\d+\//.exec(line);
      if (match) {
        resolve(match[0]);
      }
    });
    ended.then((how) => reject(new Error(`the playground ended before it printed its address: ${JSON.stringify(how)}`)));
  });
  return {
    url,
    /** Ctrl-C. */
    async stop() {
      child.kill("SIGINT");
      const how = await ended;
      rmSync(folder, { recursive: true, force: true });
      return how;
    },
    /** No time to tidy up. */
    async kill() {
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

let browser = null;

/** Closes the browser when a test file is done. */
export async function closeBrowser() {
  await browser?.close();
  browser = null;
}

/** Runs `scenario` with a page on a fresh playground. `prepare` gets the page before anything is loaded. */
export async function visit({ viewport = DESKTOP, theme = "light", touch = false, prepare = async () => {} } = {}, scenario) {
  browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM, args: FLAGS });
  const playground = await startPlayground();
  const context = await browser.newContext({ viewport, colorScheme: theme, hasTouch: touch, reducedMotion: "reduce", locale: "en-GB", timezoneId: "Europe/Berlin" });
  context.setDefaultTimeout(PATIENCE_MS);
  const problems = [];
  try {
    const page = await context.newPage();
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && problems.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => problems.push(`script: ${error.stack}`));
    page.on("request", (request) => {
      if (!request.url().startsWith(playground.url) && !/^(data|blob|ws:\/\/127\.0\.0\.1)/.test(request.url())) {
        problems.push(`request to another host: ${request.url()}`);
      }
    });
    await prepare(page);
    await page.goto(playground.url);
    const visitor = new Visitor(page, playground);
    await visitor.botIs("online");
    await scenario(visitor);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
    await playground.stop();
  }
}

/** What a member does on the page, and what they see. */
export class Visitor {
  constructor(page, playground) {
    this.page = page;
    this.playground = playground;
    this.panel = page.locator("#panel");
    this.composer = page.locator("#composer-main");
    this.threadComposer = page.locator("#composer-thread");
  }

  /** Waits until the first bot is in a state that the page names. */
  async botIs(state) {
    await this.page.locator(`.light-list .light:has-text("Bot ${state}")`).waitFor({ state: "attached" });
  }

  /** Clicks one of the ready-made examples. */
  async example(key) {
    await this.page.locator(`[data-example="${key}"]`).first().click();
  }

  /** The number of a counter in the strip. */
  async counter(label) {
    const cell = this.page.locator(".cell", { has: this.page.locator(`dt:text-is("${label}")`) });
    return Number(await cell.locator("dd").textContent());
  }

  /** Waits until a counter shows a number. */
  async counterIs(label, count) {
    const dd = this.page.locator(".cell", { has: this.page.locator(`dt:text-is("${label}")`) }).locator(`dd:text-is("${count}")`);
    await dd.waitFor({ state: "attached" });
  }

  /** Copies that were dropped, over all three places. */
  async dropped() {
    return (await this.counter("Dropped: gate 1")) + (await this.counter("gate 2")) + (await this.counter("ledger"));
  }

  /** Waits until so many copies were dropped. */
  async droppedIs(count) {
    await this.page.waitForFunction((wanted) => {
      const numbers = [...document.querySelectorAll(".cell.drop dd")].map((cell) => Number(cell.textContent));
      return numbers.reduce((sum, number) => sum + number, 0) === wanted;
    }, count);
  }

  /** Opens or closes the dock of trouble. */
  async dock(open) {
    const toggle = this.page.locator(".dock-toggle");
    if ((await toggle.getAttribute("aria-expanded")) !== String(open)) {
      await toggle.click();
    }
  }

  /** The bot's messages in the open thread. */
  answers() {
    return this.panel.locator(".message:not(.starter)", { has: this.page.locator(".author.bot") });
  }

  /** Waits for the chart in the n-th answer of the open thread, and gives its alt text. */
  async chart(n = 1) {
    const image = this.answers().nth(n - 1).locator(".image img");
    await image.waitFor();
    await this.page.waitForFunction((img) => img.complete && img.naturalWidth > 0, await image.elementHandle());
    return image.getAttribute("alt");
  }

  /** Turns to another person. */
  async actAs(name) {
    await this.page.locator(`[data-person="${name}"]`).click();
    await this.page.locator(`[data-person="${name}"][aria-checked="true"]`).waitFor();
  }

  /** The threads that the sidebar lists. */
  threads() {
    return this.page.locator(".thread-rows .channel-row");
  }

  /** Keeps a picture of the page for people to look at. */
  async screenshot(name) {
    await this.page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), animations: "disabled" });
  }
}
