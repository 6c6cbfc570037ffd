// Commands, forms, buttons and menus: what a member does with them, and what they and the others see.

import assert from "node:assert/strict";
import { readdirSync, readlinkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { closeBrowser, PHONE, scriptedModel, visit } from "./support.mjs";

after(closeBrowser);

const TABLE = "Fruit\tSold\nApples\t12\nPears\t7\nPlums\t4";

/** Posts a message in the open channel and gives its element. */
async function post(visitor, text) {
  await visitor.composer.fill(text);
  await visitor.composer.press("Enter");
  const message = visitor.page.locator("#main .message", { hasText: text.split(/\s/)[0] }).last();
  await message.waitFor();
  return message;
}

test("/chart with data draws for everybody in the channel", async () => {
  await visit({}, async (visitor) => {
    const { page } = visitor;
    const form = await visitor.command("chart");
    await (await visitor.option(form, "request")).fill("pie of the shares");
    await (await visitor.option(form, "data")).fill("Red 30, Blue 50, Green 20");
    await visitor.screenshot("desktop-light-command-form");
    await form.getByRole("button", { name: "Run" }).click();
    const answer = page.locator("#main .message").last();
    await answer.locator(".used-command", { hasText: "Ben used /chart" }).waitFor();
    assert.match(await visitor.picture(answer), /^Pie.*Blue/s);
    assert.equal(await form.count(), 0);
    await visitor.actAs("cleo");
    assert.match(await visitor.picture(page.locator("#main .message").last()), /^Pie/);
    assert.equal(await page.locator("#main .message").count(), 1);
  });
});

test("/ask privately is answered for its user only, until dismissed", async () => {
  await visit({ theme: "dark" }, async (visitor) => {
    const { page } = visitor;
    const form = await visitor.command("ask");
    await (await visitor.option(form, "question")).fill("what can you do?");
    await (await visitor.option(form, "private")).selectOption("true");
    await form.getByRole("button", { name: "Run" }).click();
    const answer = page.locator("#main .message.ephemeral");
    await answer.locator(".ephemeral-note", { hasText: "Only you can see this" }).waitFor();
    await answer.locator(".markdown", { hasText: "What I can do is draw" }).waitFor();
    await visitor.screenshot("desktop-dark-command");
    await visitor.actAs("cleo");
    assert.equal(await answer.count(), 0);
    await visitor.actAs("ben");
    await answer.getByRole("button", { name: "Dismiss message" }).click();
    await answer.waitFor({ state: "detached" });
    await visitor.actAs("cleo");
    await visitor.actAs("ben");
    assert.equal(await answer.count(), 0);
  });
});

test("a required option that is left out is asked for", async () => {
  await visit({}, async (visitor) => {
    const form = await visitor.command("ask");
    await form.getByRole("button", { name: "Run" }).click();
    await form.getByRole("alert").filter({ hasText: "question is required." }).waitFor();
    await visitor.page.keyboard.press("Escape");
    await form.waitFor({ state: "detached" });
    assert.ok(await visitor.composer.evaluate((field) => field === document.activeElement));
  });
});

test("a long table is pasted into the form that /chart opens", async () => {
  await visit({}, async (visitor) => {
    const { page } = visitor;
    const form = await visitor.command("chart");
    await (await visitor.option(form, "request")).fill("line chart of load by hour");
    await form.getByRole("button", { name: "Run" }).click();
    const modal = visitor.modal("Draw a chart");
    const rows = Array.from({ length: 200 }, (_, hour) => `${hour}\t${(hour * 37) % 100}`);
    const table = modal.getByLabel("Your table");
    assert.equal(await modal.getByLabel("What you want to see").inputValue(), "line chart of load by hour");

    // More than the field takes is said, and not cut without a word.
    await table.fill(["Hour\tLoad", ...rows, ...rows, ...rows, ...rows].join("\n"));
    await modal.locator(".count.over", { hasText: "/ 4,000" }).waitFor();
    await modal.getByRole("button", { name: "Submit" }).click();
    await modal.locator(".error-text", { hasText: "This takes 4,000 characters at most." }).waitFor();
    await visitor.screenshot("desktop-light-modal");

    await table.fill(["Hour\tLoad", ...rows].join("\n"));
    await modal.getByRole("button", { name: "Submit" }).click();
    await modal.waitFor({ state: "detached" });
    assert.match(await visitor.picture(page.locator("#main .message").last()), /^Line chart.*200 values/s);
  });
});

test("Chart this draws the table of another's message", async () => {
  await visit({}, async (visitor) => {
    const { page } = visitor;
    await post(visitor, TABLE);
    await visitor.actAs("cleo");
    await visitor.menu(page.locator("#main .message").first(), "Chart this");
    const answer = page.locator("#main .message").nth(1);
    await answer.locator(".used-command", { hasText: "Cleo used Chart this" }).waitFor();
    assert.match(await visitor.picture(answer), /Sold/);
    await visitor.screenshot("desktop-light-chart-this");
  });
});

test("Chart this on a message without a table says so", async () => {
  await visit({}, async (visitor) => {
    await visitor.menu(await post(visitor, "hello there"), "Chart this");
    await visitor.page.locator("#main .message .markdown", { hasText: "I found no table in this message or its files." }).waitFor();
  });
});

test("Ask about this asks for the question in a form", async () => {
  await visit({ theme: "dark" }, async (visitor) => {
    const { page } = visitor;
    await visitor.menu(await post(visitor, TABLE), "Ask about this");
    const modal = visitor.modal("Ask about this message");
    await modal.getByRole("button", { name: "Submit" }).click();
    await modal.locator(".error-text", { hasText: "This field is required." }).waitFor();
    await modal.getByLabel("Your question").fill("pie chart please");
    await modal.locator(".error-text", { hasText: "This field is required." }).waitFor({ state: "hidden" });
    await visitor.screenshot("desktop-dark-modal");
    await modal.getByRole("button", { name: "Submit" }).click();
    await modal.waitFor({ state: "detached" });
    assert.match(await visitor.picture(page.locator("#main .message").last()), /^Pie chart.*Apples/s);
  });
});

test("a chart is changed with its menu and buttons, in the same message, by its asker only", async () => {
  await visit({}, async (visitor) => {
    const { page } = visitor;
    await visitor.example("table");
    const before = await visitor.chart();
    const message = visitor.answers().first();
    await message.locator("button.select").click();
    await page.getByRole("option", { name: before.startsWith("Line") ? "Bars" : "Line", exact: true }).click();
    const bars = await visitor.picture(message, before);
    assert.equal(await message.locator("img[alt]").count(), 1);
    await visitor.screenshot("desktop-light-redrawn");
    await message.getByRole("button", { name: "Sort: as asked" }).click();
    await message.getByRole("button", { name: "Sort: largest first" }).waitFor();

    await message.getByRole("button", { name: "Data" }).click();
    const file = page.locator("#panel .message.ephemeral", { hasText: "Exactly what is plotted:" });
    const link = file.locator(".file a").first();
    await link.waitFor();
    const csv = await page.evaluate((url) => fetch(url).then((response) => response.text()), await link.getAttribute("href"));
    assert.match(csv, /^Month,Series,Value\r\nJune,Online,31200\r\n/);
    assert.equal(csv.trimEnd().split("\r\n").length, 13);

    await visitor.actAs("cleo");
    await page.locator("#main .thread-card").click();
    await visitor.answers().first().locator("button.select").click();
    await page.locator('[role="option"][aria-selected="false"]').first().click();
    await page.locator("#panel .message.ephemeral", { hasText: "Only the member who asked and moderators can do this." }).waitFor();
    assert.equal((await visitor.chart()).split(" ")[0], bars.split(" ")[0]);
  });
});

test("Stop ends an answer that streams and keeps its text", async () => {
  const model = await scriptedModel([["The first words ", "of a long answer", null]]);
  try {
    await visit({ settings: model.settings }, async (visitor) => {
      await visitor.example("question");
      const answer = visitor.answers().first();
      await answer.locator(".markdown", { hasText: "of a long answer" }).waitFor();
      await visitor.screenshot("desktop-light-streaming");
      await answer.getByRole("button", { name: "Stop" }).click();
      await answer.locator(".markdown", { hasText: "Stopped." }).waitFor();
      assert.match(await answer.locator(".markdown").textContent(), /The first words of a long answer/);
      await answer.getByRole("button", { name: "Stop" }).waitFor({ state: "detached" });
      await visitor.screenshot("desktop-light-stopped");
      assert.equal(await visitor.counter("Model calls"), 1);
    });
  } finally {
    model.close();
  }
});

test("Try again asks once more, in the same message", async () => {
  const model = await scriptedModel([401, ["It works now."]]);
  try {
    await visit({ settings: model.settings }, async (visitor) => {
      await visitor.example("question");
      const answer = visitor.answers().first();
      await answer.getByRole("button", { name: "Try again" }).waitFor();
      await visitor.screenshot("desktop-light-failed");
      await answer.getByRole("button", { name: "Try again" }).click();
      await answer.locator(".markdown", { hasText: "It works now." }).waitFor();
      await answer.getByRole("button").filter({ hasText: "Try again" }).waitFor({ state: "detached" });
      assert.equal(await visitor.answers().count(), 1);
    });
  } finally {
    model.close();
  }
});

test("buttons outlive a restart, and those whose data are gone say so", async () => {
  await visit({}, async (visitor) => {
    const { page } = visitor;
    await visitor.example("table");
    const first = await visitor.chart();
    await visitor.counterIs("Answers", 1);
    await visitor.dock(true);
    const restart = async (meanwhile) => {
      const about = await page.locator(".bot-about .hint").first().textContent();
      const folder = readlinkSync(`/proc/${/process (\d+)/.exec(about)[1]}/cwd`);
      await page.getByRole("button", { name: "Kill Bot" }).click();
      await visitor.botIs("killed");
      meanwhile(folder);
      await page.getByRole("button", { name: "Start again" }).click();
      await visitor.botIs("online");
    };
    await restart(() => {});
    await visitor.dock(false);
    const message = visitor.answers().first();
    const choose = async () => {
      await message.locator("button.select").click();
      await page.getByRole("option", { name: /^(Bar|Area)/ }).first().click();
    };
    await choose();
    await visitor.picture(message, first);

    // A database without this chart, as after the time that data are kept for.
    await visitor.dock(true);
    await restart((folder) => readdirSync(folder).forEach((file) => rmSync(join(folder, file), { recursive: true })));
    await visitor.dock(false);
    await message.getByRole("button", { name: "Data" }).click();
    const told = page.locator("#panel .message.ephemeral", { hasText: "The buttons of this chart have expired" });
    await told.waitFor();
    await visitor.screenshot("desktop-light-expired");
    assert.equal(await message.locator(".error-text").count(), 0);
  });
});

test("a bot that is away leaves a click without an answer, which is said", async () => {
  await visit({}, async (visitor) => {
    const { page } = visitor;
    await visitor.example("table");
    await visitor.chart();
    await visitor.counterIs("Answers", 1);
    await visitor.dock(true);
    await page.getByRole("button", { name: "Kill Bot" }).click();
    await visitor.botIs("killed");
    await visitor.dock(false);
    const message = visitor.answers().first();
    await message.getByRole("button", { name: "SVG" }).click();
    await message.getByRole("alert").filter({ hasText: "This interaction failed." }).waitFor();
    const form = await visitor.command("ask");
    await (await visitor.option(form, "question")).fill("anyone?");
    await form.getByRole("button", { name: "Run" }).click();
    await form.getByRole("alert").filter({ hasText: "The application did not respond." }).waitFor();
  });
});

test("a command, its form and a message command by keyboard alone", async () => {
  await visit({}, async (visitor) => {
    const { page } = visitor;
    const { keyboard } = page;
    const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent.trim());
    await visitor.composer.focus();
    await keyboard.type("/chart");
    await page.locator(".suggestion").first().waitFor();
    await keyboard.press("Enter");
    assert.match(await focused(), /^request/);
    await keyboard.type("the shares");
    // An option is added from the list, the next one by going back to it.
    await keyboard.press("Tab");
    await keyboard.press("Tab");
    await keyboard.press("Tab");
    assert.equal(await focused(), "kind");
    await keyboard.press("Enter");
    assert.equal(await focused(), "kind");
    await keyboard.type("Donut");
    await keyboard.press("Enter");
    await visitor.modal("Draw a chart").waitFor();
    assert.match(await focused(), /^Your table/);
    await keyboard.type("Red 30, Blue 50, Green 20");
    await keyboard.press("Tab");
    assert.match(await focused(), /^What you want to see/);
    await keyboard.press("Enter");
    const answer = page.locator("#main .message").last();
    assert.match(await visitor.picture(answer), /^Donut/);
    assert.equal(await focused(), "Message #general");

    await keyboard.type("Plums 4, Pears 7, Apples 12");
    await keyboard.press("Enter");
    await page.locator("#main .message", { hasText: "Plums 4" }).waitFor();
    // One message is a tab stop; from there the arrows, Home and End go to the others.
    for (let i = 0; i < 20 && !/^(Ben|Plotline), \d/.test(await focused()); i += 1) {
      await keyboard.press("Shift+Tab");
    }
    assert.match(await focused(), /^Ben, .*Plums 4/);
    await keyboard.press("ArrowUp");
    assert.match(await focused(), /^Plotline, .*Blue is the largest/);
    await keyboard.press("End");
    assert.match(await focused(), /^Ben, .*Plums 4/);
    await keyboard.press("Enter");
    await page.getByRole("menu").waitFor();
    for (let i = 0; i < 10 && (await focused()) !== "Chart this"; i += 1) {
      await keyboard.press("ArrowDown");
    }
    await keyboard.press("Enter");
    assert.match(await visitor.picture(page.locator("#main .message").last()), /Plums/);
  });
});

for (const theme of ["dark", "light"]) {
  test(`a command, its form and a chart's menu at phone width in the ${theme} theme`, async () => {
    await visit({ viewport: PHONE, theme, touch: true }, async (visitor) => {
      const { page } = visitor;
      const fits = async (where) => assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.width, where);
      await page.getByRole("button", { name: "Use a command" }).tap();
      await page.locator(".suggestion", { hasText: "/chart" }).first().waitFor();
      await visitor.screenshot(`phone-${theme}-picker`);
      await page.locator(".suggestion", { hasText: "/chart" }).first().tap();
      const form = page.getByRole("form", { name: "Command chart" });
      await (await visitor.option(form, "request")).fill("bar chart");
      await fits("form");
      await visitor.screenshot(`phone-${theme}-command-form`);
      await form.getByRole("button", { name: "Run" }).tap();
      const modal = visitor.modal("Draw a chart");
      await modal.getByLabel("Your table").fill(TABLE);
      await fits("modal");
      await visitor.screenshot(`phone-${theme}-modal`);
      await modal.getByRole("button", { name: "Submit" }).tap();
      const answer = page.locator("#main .message").last();
      const before = await visitor.picture(answer);
      await answer.locator(".alt-mark").tap();
      await answer.locator(".alt-text").waitFor();
      await answer.locator(".alt-mark").tap();
      await answer.locator(".alt-text").waitFor({ state: "hidden" });
      await answer.locator("button.select").tap();
      await page.getByRole("option", { name: "Pie" }).waitFor();
      await visitor.screenshot(`phone-${theme}-menu`);
      await page.getByRole("option", { name: "Pie" }).tap();
      await visitor.picture(answer, before);
      await fits("chart");
      await visitor.screenshot(`phone-${theme}-command`);
    });
  });
}
