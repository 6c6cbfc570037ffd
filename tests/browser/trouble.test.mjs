// The promises under trouble: copies, a kill in the middle, failing requests, lost connections, a second replica.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, test } from "node:test";
import { closeBrowser, PATIENCE_MS, visit } from "./support.mjs";

after(closeBrowser);

/** Sends the table example and checks that there is one thread with one finished answer. */
async function oneAnswer(visitor) {
  await visitor.chart();
  await visitor.counterIs("Answers", 1);
  assert.equal(await visitor.threads().count(), 1);
  assert.equal(await visitor.answers().count(), 1);
  assert.equal(await visitor.panel.locator(".image img").count(), 1);
}

test("five deliveries give one thread, one answer and four dropped copies", async () => {
  await visit({}, async (visitor) => {
    await visitor.dock(true);
    await visitor.page.getByRole("radio", { name: "5 times" }).click();
    await visitor.page.locator('.segment[data-count="5"][aria-checked="true"]').waitFor();
    await visitor.example("table");
    await oneAnswer(visitor);
    await visitor.droppedIs(4);
    assert.equal(await visitor.counter("Threads"), 1);
    await visitor.page.locator(".job .step.past", { hasText: "delivered" }).waitFor();
    await visitor.screenshot("desktop-light-trouble");
  });
});

test("a copy inside the thread is dropped too", async () => {
  await visit({ theme: "dark" }, async (visitor) => {
    await visitor.dock(true);
    await visitor.page.getByLabel("and once more inside its thread").check();
    await visitor.example("table");
    await oneAnswer(visitor);
    await visitor.droppedIs(1);
    await visitor.screenshot("desktop-dark-trouble");
  });
});

test("a bot that is killed in the middle finishes its one answer after it is back", async () => {
  await visit({}, async (visitor) => {
    const { page } = visitor;
    await visitor.dock(true);
    await page.getByLabel("Which request").selectOption("edit");
    await page.getByLabel("How long").selectOption("15000");
    await page.getByRole("button", { name: "Waits before Discord does it" }).click();
    await page.locator(".pending li").waitFor();
    await visitor.example("table");
    // Once the fault is played, the answer stands in the middle: the placeholder is there, the edit is not.
    await page.locator(".pending li").waitFor({ state: "detached" });
    assert.equal(await visitor.panel.locator(".image img").count(), 0);
    await page.getByRole("button", { name: "Kill Bot" }).click();
    await visitor.botIs("killed");
    await visitor.screenshot("desktop-light-killed");
    await page.getByRole("button", { name: "Start again" }).click();
    await visitor.botIs("online");
    await oneAnswer(visitor);
  });
});

test("a second replica receives everything and answers nothing twice", async () => {
  await visit({}, async (visitor) => {
    const { page } = visitor;
    await visitor.dock(true);
    await page.getByRole("button", { name: "Start a replica" }).click();
    await page.locator('.light-list .light:has-text("Replica online")').waitFor({ state: "attached" });
    await visitor.example("table");
    await oneAnswer(visitor);
    await visitor.droppedIs(1);
    await page.getByRole("button", { name: "Stop Replica" }).click();
    await page.getByRole("button", { name: "Start a replica" }).waitFor();
  });
});

for (const [what, label] of [
  ["fails before", "Fails before Discord does it"],
  ["fails after", "Fails after Discord did it"],
]) {
  test(`a request that ${what} it runs is tried again without doing anything twice`, async () => {
    await visit({}, async (visitor) => {
      await visitor.dock(true);
      await visitor.page.getByLabel("Which request").selectOption("post");
      await visitor.page.getByRole("button", { name: label }).click();
      await visitor.page.locator(".pending li").waitFor();
      await visitor.example("table");
      await oneAnswer(visitor);
    });
  });
}

for (const name of ["Can resume", "Cannot resume"]) {
  test(`a mention while the connection is lost is answered (${name.toLowerCase()})`, async () => {
    await visit({}, async (visitor) => {
      await visitor.dock(true);
      await visitor.page.getByRole("button", { name }).click();
      await visitor.example("table");
      await oneAnswer(visitor);
    });
  });
}

test("Ctrl-C ends the bot as well", async () => {
  await visit({}, async (visitor) => {
    await visitor.dock(true);
    const about = await visitor.page.locator(".bot-about .hint").first().textContent();
    const pid = /process (\d+)/.exec(about)[1];
    assert.ok(existsSync(`/proc/${pid}`));
    const { code } = await visitor.playground.stop();
    assert.equal(code, 0);
    assert.ok(!existsSync(`/proc/${pid}`));
    await visitor.page.close();
  });
});

test("no bot is left when the playground itself is killed", async () => {
  await visit({}, async (visitor) => {
    await visitor.dock(true);
    const about = await visitor.page.locator(".bot-about .hint").first().textContent();
    const pid = /process (\d+)/.exec(about)[1];
    // What the page says about the lost connection is expected here.
    await visitor.page.close();
    await visitor.playground.kill();
    const deadline = Date.now() + PATIENCE_MS;
    while (existsSync(`/proc/${pid}`)) {
      assert.ok(Date.now() < deadline, "the bot outlived the playground");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
});
