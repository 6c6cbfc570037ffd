// The pictures of docs/ADMIN.md, taken from the playground: `tests/browser/run --pictures` writes them to docs/images.
// As a part of all browser tests they go where the other screenshots go, so that the scenes are known to work.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { smallPng } from "./small-png.mjs";
import { closeBrowser, scriptedModel, visit } from "./support.mjs";

after(closeBrowser);

const FOLDER = process.env.PICTURES ?? process.env.SCREENSHOTS;
// The channel in the middle then has the width of a page of documentation.
const WIDTH = 1000;
// A page of documentation with a few of these loads quickly.
const BYTES_MAX = 60_000;

/** Runs a scene as the admin, in a window of this height (in pixels). */
function scene(height, settings, play) {
  return visit({ viewport: { width: WIDTH, height }, theme: "dark", settings }, async (visitor) => {
    await visitor.actAs("ada");
    await play(visitor);
  });
}

/** Runs a command with these options. */
async function run(visitor, name, options = {}) {
  const form = await visitor.command(name);
  for (const [option, value] of Object.entries(options)) {
    const field = await visitor.option(form, option);
    await ((await field.evaluate((element) => element.tagName)) === "SELECT" ? field.selectOption(value) : field.fill(value));
  }
  await form.getByRole("button", { name: "Run" }).click();
  await form.waitFor({ state: "detached" });
}

/** Takes earlier answers out of the picture. */
async function dismissAll(visitor) {
  const buttons = visitor.page.locator("#main").getByRole("button", { name: "Dismiss message" });
  for (let left = await buttons.count(); left > 0; left -= 1) {
    await buttons.first().click();
  }
}

/** Waits for an answer that only the admin sees. */
async function told(visitor, text) {
  const message = visitor.page.locator("#main .message.ephemeral", { hasText: text }).last();
  await message.waitFor();
  return message;
}

/** Takes the picture of the channel, without the pointer over anything. */
async function picture(visitor, name) {
  await visitor.page.mouse.move(0, 0);
  const shot = await visitor.page.locator("#main").screenshot({ animations: "disabled", caret: "hide" });
  const small = await smallPng(visitor.page, shot);
  assert.ok(small.length <= BYTES_MAX, `admin-${name}.png has ${small.length} bytes`);
  writeFileSync(join(FOLDER, `admin-${name}.png`), small);
}

test("a setting is changed, with proposals while typing", async () => {
  await scene(560, {}, async (visitor) => {
    const form = await visitor.command("config set time_zone");
    await (await visitor.option(form, "value")).pressSequentially("europe/be");
    await form.locator(".suggestion", { hasText: "Europe/Berlin" }).waitFor();
    await picture(visitor, "config-set");
  });
});

test("the settings are shown", async () => {
  await scene(1040, {}, async (visitor) => {
    await run(visitor, "config set cooldown_seconds", { value: "30" });
    await told(visitor, "cooldown_seconds is now");
    await run(visitor, "config set chart_theme", { value: "light" });
    await told(visitor, "chart_theme is now");
    await dismissAll(visitor);
    await run(visitor, "config show");
    await told(visitor, "Who and where");
    await picture(visitor, "config-show");
  });
});

test("the audit log tells what happened", async () => {
  await scene(620, {}, async (visitor) => {
    const { page } = visitor;
    await run(visitor, "config set cooldown_seconds", { value: "600" });
    await told(visitor, "cooldown_seconds is now");
    await dismissAll(visitor);
    await visitor.dock(true);
    await page.getByRole("radio", { name: "3 times" }).click();
    await visitor.dock(false);
    await visitor.actAs("ben");
    await visitor.example("table");
    await visitor.counterIs("Answers", 1);
    await visitor.droppedIs(2);
    await visitor.example("question");
    await page.locator("#main .reaction", { hasText: "⏳" }).waitFor();
    await page.getByRole("button", { name: "Close the thread" }).click();
    await visitor.actAs("ada");
    await run(visitor, "audit");
    await told(visitor, "Setting changed");
    await picture(visitor, "audit");
  });
});

test("the server's use is drawn", async () => {
  const answers = Array.from({ length: 4 }, () => ["A pie shows parts of a whole; ", "bars compare amounts."]);
  const model = await scriptedModel(answers);
  try {
    await scene(760, model.settings, async (visitor) => {
      for (const [i, who] of ["ben", "cleo", "ben", "ada"].entries()) {
        await visitor.actAs(who);
        await run(visitor, "ask", { question: "When is a pie better than bars?", private: "true" });
        await visitor.counterIs("Answers", i + 1);
      }
      await dismissAll(visitor);
      await run(visitor, "usage", { whose: "server" });
      await visitor.picture(await told(visitor, "This server's use"));
      await picture(visitor, "usage");
    });
  } finally {
    model.close();
  }
});

test("an alert is read in the alert channel", async () => {
  const model = await scriptedModel([401]);
  try {
    await scene(520, model.settings, async (visitor) => {
      const { page } = visitor;
      const channel = await page.locator(".channel-row", { hasText: "admin-only" }).first();
      await run(visitor, "config set alert_channel", { value: { label: "#admin-only" } });
      await told(visitor, "alert_channel is now");
      await visitor.actAs("ben");
      await visitor.example("question");
      await visitor.answers().first().getByRole("button", { name: "Try again" }).waitFor();
      await visitor.actAs("ada");
      await channel.click();
      await page.locator("h1", { hasText: "admin-only" }).waitFor();
      await page.locator("#main .message").first().waitFor();
      await picture(visitor, "alert");
    });
  } finally {
    model.close();
  }
});
