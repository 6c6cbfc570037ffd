// Keyboard only, phone width, both themes, and what axe-core finds.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { closeBrowser, PHONE, visit } from "./support.mjs";

after(closeBrowser);

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails on serious and critical findings. */
async function audit(page, where) {
  // The page's policy forbids injected scripts; the debugging protocol's evaluation is not bound by it.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const told = serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join(" | ")}`);
  assert.deepEqual(told, [], where);
}

for (const theme of ["light", "dark"]) {
  test(`axe-core finds nothing serious in the ${theme} theme`, async () => {
    await visit({ theme }, async (visitor) => {
      const { page } = visitor;
      await audit(page, "start");
      await visitor.screenshot(`desktop-${theme}-start`);
      await visitor.example("table");
      await visitor.chart();
      await visitor.counterIs("Answers", 1);
      await audit(page, "chart");
      await visitor.screenshot(`desktop-${theme}-chart`);
      await visitor.dock(true);
      await page.locator(".job .step.past", { hasText: "delivered" }).waitFor();
      await audit(page, "dock");
      await page.getByRole("button", { name: "Log of Bot" }).click();
      await audit(page, "log");
      await page.keyboard.press("Escape");
      await visitor.dock(false);
      await visitor.composer.fill("@");
      await page.locator(".suggestion").first().waitFor();
      await audit(page, "suggestions");
    });
  });

  test(`the page is usable at phone width in the ${theme} theme`, async () => {
    await visit({ viewport: PHONE, theme, touch: true }, async (visitor) => {
      const { page } = visitor;
      const fits = async (where) => {
        const widths = await page.evaluate(() => [document.documentElement.scrollWidth, document.body.scrollWidth]);
        assert.deepEqual(widths, [PHONE.width, PHONE.width], where);
      };
      await visitor.screenshot(`phone-${theme}-start`);
      await fits("start");
      await page.getByRole("button", { name: "Channels" }).click();
      await page.locator(".sidebar .channel-row", { hasText: "data" }).waitFor();
      await visitor.screenshot(`phone-${theme}-drawer`);
      await audit(page, "drawer");
      await page.locator(".sidebar .channel-row", { hasText: "data" }).click();
      await page.locator("h1", { hasText: "data" }).waitFor();
      await visitor.example("table");
      await page.locator("#main .thread-card").click();
      await visitor.chart();
      await visitor.counterIs("Answers", 1);
      await fits("thread");
      await visitor.screenshot(`phone-${theme}-chart`);
      await audit(page, "thread");
      await page.getByRole("button", { name: "Close the thread" }).click();
      await page.locator("#main .thread-card").waitFor();
      await visitor.screenshot(`phone-${theme}-channel`);
      await visitor.dock(true);
      await fits("dock");
      await visitor.screenshot(`phone-${theme}-trouble`);
      await audit(page, "dock");
    });
  });
}

test("everything can be done with the keyboard alone", async () => {
  await visit({}, async (visitor) => {
    const { page } = visitor;
    const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent.trim());
    const tabTo = async (name) => {
      for (let i = 0; i < 60; i += 1) {
        if ((await focused()).startsWith(name)) {
          return;
        }
        await page.keyboard.press("Tab");
      }
      assert.fail(`the focus never reached ${name}`);
    };
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "Skip to the message box");
    await tabTo("Chart this table");
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineWidth);
    assert.notEqual(outline, "0px", "the focus cannot be seen");
    await page.keyboard.press("Enter");
    await visitor.chart();
    await visitor.counterIs("Answers", 1);

    // The image opens large and gives the focus back.
    await tabTo("Open image");
    await page.keyboard.press("Enter");
    await page.locator("dialog.lightbox").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog.lightbox").waitFor({ state: "detached" });
    assert.match(await focused(), /^Open image/);

    // Esc closes the thread, the focus goes to the channel's message box; a message is written, edited and deleted.
    await page.keyboard.press("Escape");
    await visitor.panel.locator(".thread-view").waitFor({ state: "detached" });
    assert.equal(await focused(), "Message #general");
    await page.keyboard.type("from the keyboard");
    await page.keyboard.press("Enter");
    const message = page.locator("#main .message").last();
    await message.locator(".markdown", { hasText: "from the keyboard" }).waitFor();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.type("!");
    await page.keyboard.press("Enter");
    await message.locator(".edited").waitFor();
    assert.match(await focused(), /^Ben, /);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("menu").waitFor();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.locator("dialog").waitFor();
    await page.keyboard.press("Enter");
    await message.locator(".markdown", { hasText: "from the keyboard" }).waitFor({ state: "detached" });

    // The dock opens, its copies are chosen with arrows, and Esc closes it.
    await page.evaluate(() => document.activeElement.blur());
    await tabTo("Trouble");
    await page.keyboard.press("Enter");
    await page.locator("#dock").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("#dock").waitFor({ state: "hidden" });
  });
});
