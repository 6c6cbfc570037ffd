// A playground process and pages on it. A page fails its test on console errors, on errors of its scripts, and on requests
// to any other host.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
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

/** The playgrounds that run, each with its folder. None outlives this process, however that is asked to end. */
const running = new Map();
process.on("exit", () => {
  for (const [child, folder] of running) {
    // Not SIGKILL: the playground ends its bot and removes its own folder.
    child.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  }
});
for (const [signal, number] of [["SIGINT", 2], ["SIGTERM", 15], ["SIGHUP", 1]]) {
  // As a shell tells it: 128 and the signal's number.
  process.on(signal, () => process.exit(128 + number));
}

/** Starts `plotline playground` on a free port, in an empty folder so that nobody's settings are read. */
async function startPlayground(settings) {
  const folder = mkdtempSync(join(tmpdir(), "plotline-browser-"));
  const own = Object.entries(process.env).filter(([name]) => !/^(LLM|DISCORD|DATABASE|REDIS)_/.test(name));
  // Its temporary files go there as well, so that a killed playground leaves none.
  const env = { ...Object.fromEntries(own), TMPDIR: folder, ...settings };
  const child = spawn(process.env.PLOTLINE_BIN, ["playground", "--port", "0"], { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
  running.set(child, folder);
  const ended = new Promise((resolve) =>
    child.once("exit", (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    }),
  );
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

let failures = 0;

/** What the page looked like when its test failed, and what it complained of. */
async function keepLastSight(context, problems) {
  const [page] = context.pages();
  if (page) {
    failures += 1;
    const path = join(process.env.SCREENSHOTS, `failed-${process.pid}-${failures}.png`);
    // The failure itself must stay what is reported.
    await page.screenshot({ path, timeout: 5000 }).then(() => console.error(`The page at that moment: ${path}`), () => {});
  }
  problems.forEach((problem) => console.error(problem));
}

/**
 * Runs `scenario` with a page on a fresh playground. `touch` makes it a phone, `settings` are environment variables of the
 * playground, `prepare` gets the page before anything is loaded.
 */
export async function visit({ viewport = DESKTOP, theme = "light", touch = false, settings = {}, prepare = async () => {} } = {}, scenario) {
  browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM, args: FLAGS });
  const playground = await startPlayground(settings);
  const context = await browser.newContext({ viewport, colorScheme: theme, hasTouch: touch, isMobile: touch, reducedMotion: "reduce", locale: "en-GB", timezoneId: "Europe/Berlin" });
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
  } catch (error) {
    await keepLastSight(context, problems);
    throw error;
  } finally {
    await context.close();
    await playground.stop();
  }
}

/**
 * A language model of the OpenAI-compatible kind, on loopback. Each call takes the next of `answers`: a list of pieces that
 * are streamed, after which the stream stays open without an end when the last piece is `null`; or a number, the status of a
 * failure.
 */
export async function scriptedModel(answers) {
  const left = [...answers];
  const server = createServer((request, response) => {
    request.resume();
    const answer = left.shift() ?? 500;
    if (typeof answer === "number") {
      response.writeHead(answer, { "content-type": "application/json" }).end(JSON.stringify({ error: { message: "scripted failure" } }));
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (delta, finish_reason = null) => response.write(`data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
    for (const piece of answer) {
      if (piece === null) {
        return;
      }
      send({ content: piece });
    }
    send({}, "stop");
    response.end("data: [DONE]\n\n");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    /** Settings that make the bot use it. */
    settings: { LLM_BASE_URL: `http://127.0.0.1:${server.address().port}/v1`, LLM_MODEL: "scripted" },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
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
    return this.picture(this.answers().nth(n - 1));
  }

  /**
   * Waits until a message shows a picture that has been loaded, with another alt text than `before`, and gives its alt text.
   * The message is looked at anew each time, since an edit replaces its elements.
   */
  async picture(message, before = null) {
    const image = message.locator(".image img");
    await image.waitFor();
    const alt = await this.#until(async () => {
      const { alt, loaded } = await image.evaluate((img) => ({ alt: img.alt, loaded: img.complete && img.naturalWidth > 0 }));
      return loaded && alt !== before && alt;
    });
    return alt;
  }

  /** Asks until the answer is true, once a frame. */
  async #until(ask) {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const answer = await ask();
      if (answer) {
        return answer;
      }
      assert.ok(Date.now() < deadline, "it never came true");
      await this.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
  }

  /** Picks a slash command by typing it, and gives its form. */
  async command(name, composer = this.composer) {
    await composer.fill("");
    await composer.pressSequentially(`/${name}`);
    await this.page.locator(".suggestion", { has: this.page.locator(`.suggestion-label:text-is("/${name}")`) }).click();
    return this.page.getByRole("form", { name: `Command ${name}` });
  }

  /** The field of an option in a command's form; one that may be left out is added first. */
  async option(form, name) {
    const field = form.locator(".field", { has: this.page.locator(`label:text-matches("^${name}( \\\\*)?$")`) });
    if ((await field.count()) === 0) {
      await form.locator(".command-more").getByRole("button", { name, exact: true }).click();
    }
    return field.locator("input, select").first();
  }

  /** Opens a message's menu by the right button and uses what it is asked for. */
  async menu(message, item) {
    await message.click({ button: "right", position: { x: 200, y: 8 } });
    await this.page.getByRole("menuitem", { name: item }).click();
  }

  /** The dialog of a modal. */
  modal(title) {
    return this.page.getByRole("dialog", { name: title });
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
