// Settings in the hands of a server's admins, and what members see of them.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeBrowser, visit } from "./support.mjs";

after(closeBrowser);

/** Waits for the newest ephemeral message with this text, and gives its element. */
async function told(visitor, text) {
  const message = visitor.page.locator("#main .message.ephemeral", { hasText: text }).last();
  await message.waitFor();
  return message;
}

/** How bright the ground of a message's chart is, from 0 to 255. */
async function ground(message) {
  return message.locator(".image img").evaluate((img) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
    const context = canvas.getContext("2d", { colorSpace: "srgb" });
    // A pixel away from the rounded corner, the title and the axes.
    context.drawImage(img, img.naturalWidth - 8, 40, 1, 1, 0, 0, 1, 1);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    return (red + green + blue) / 3;
  });
}

test("an admin changes a setting with proposals while typing, and sees it in /config show", async () => {
  await visit({ theme: "dark" }, async (visitor) => {
    const { page } = visitor;
    await visitor.actAs("ada");
    let form = await visitor.command("config set time_zone");
    const value = await visitor.option(form, "value");
    await value.pressSequentially("berl");
    await form.locator(".suggestion", { hasText: "Europe/Berlin" }).click();
    assert.equal(await value.inputValue(), "Europe/Berlin");
    await form.getByRole("button", { name: "Run" }).click();
    await told(visitor, "time_zone is now Europe/Berlin; before it was the default (UTC).");

    form = await visitor.command("config show");
    await form.getByRole("button", { name: "Run" }).click();
    const shown = await told(visitor, "Who and where");
    assert.match(await shown.textContent(), /time_zone Europe\/Berlin \(default: UTC; @Ada, /);
    await visitor.screenshot("desktop-dark-config");

    // One setting, proposed by name, by keyboard.
    form = await visitor.command("config show");
    const setting = await visitor.option(form, "setting");
    await setting.pressSequentially("zone");
    await form.locator(".suggestion", { hasText: "time_zone: Where this server's day begins" }).waitFor();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await told(visitor, "Where this server's day begins");

    form = await visitor.command("config reset");
    await (await visitor.option(form, "setting")).fill("time_zone");
    await form.locator(".suggestion").first().click();
    await form.getByRole("button", { name: "Run" }).click();
    await told(visitor, "time_zone is now the default (UTC); before it was Europe/Berlin.");
  });
});

test("a member is offered no settings, and is refused the server's use", async () => {
  await visit({}, async (visitor) => {
    const { page, composer } = visitor;
    await composer.pressSequentially("/");
    await page.locator(".suggestion", { hasText: "/usage" }).first().waitFor();
    const offered = await page.locator(".suggestion-label").allTextContents();
    assert.deepEqual(offered.filter((name) => /^\/(config|audit|operator)/.test(name)), []);
    const form = await visitor.command("usage");
    await (await visitor.option(form, "whose")).selectOption("server");
    await form.getByRole("button", { name: "Run" }).click();
    await told(visitor, "Manage Server");
    await visitor.actAs("ada");
    await composer.fill("");
    await composer.pressSequentially("/conf");
    await page.locator(".suggestion", { hasText: "/config show" }).waitFor();
  });
});

test("the theme set for the server is the next chart's", async () => {
  await visit({}, async (visitor) => {
    const { page } = visitor;
    const charts = page.locator("#main .message:not(.ephemeral)");
    const draw = async (who) => {
      await visitor.actAs(who);
      const answer = charts.nth(await charts.count());
      const form = await visitor.command("chart");
      await (await visitor.option(form, "request")).fill("bar chart");
      await (await visitor.option(form, "data")).fill("Red 30, Blue 50, Green 20");
      await form.getByRole("button", { name: "Run" }).click();
      await visitor.picture(answer);
      return answer;
    };
    assert.ok((await ground(await draw("ben"))) < 80);
    await visitor.actAs("ada");
    const form = await visitor.command("config set chart_theme");
    await (await visitor.option(form, "value")).selectOption("light");
    await form.getByRole("button", { name: "Run" }).click();
    await told(visitor, "chart_theme is now light; before it was the default (dark).");
    const light = await draw("ben");
    assert.ok((await ground(light)) > 200);
    assert.equal(await charts.count(), 2);
    assert.ok((await ground(charts.first())) < 80, "the first chart stays as it was");
    await visitor.screenshot("desktop-light-theme");
  });
});

test("a system prompt is written in a form that keeps what was set", async () => {
  await visit({}, async (visitor) => {
    await visitor.actAs("ada");
    const open = async () => {
      const form = await visitor.command("config set system_prompt");
      await form.getByRole("button", { name: "Run" }).click();
      const modal = visitor.modal("Change a setting");
      await modal.waitFor();
      return modal;
    };
    const modal = await open();
    await modal.getByLabel("system_prompt").fill("You help the bakery.\nAnswer in one sentence.");
    await modal.getByRole("button", { name: "Submit" }).click();
    await told(visitor, "system_prompt is now");
    assert.equal(await (await open()).getByLabel("system_prompt").inputValue(), "You help the bakery.\nAnswer in one sentence.");
  });
});

test("settings go out as a file and come back from one", async () => {
  await visit({}, async (visitor) => {
    const { page } = visitor;
    await visitor.actAs("ada");
    const run = async (name, fill) => {
      const form = await visitor.command(name);
      await fill?.(form);
      await form.getByRole("button", { name: "Run" }).click();
    };
    await run("config set cooldown_seconds", async (form) => (await visitor.option(form, "value")).fill("30"));
    await told(visitor, "cooldown_seconds is now 30 seconds");
    await run("config export");
    const link = (await told(visitor, "All settings that differ from their defaults.")).locator(".file a").first();
    const exported = await page.evaluate((url) => fetch(url).then((response) => response.text()), await link.getAttribute("href"));
    assert.match(exported, /cooldown_seconds/);
    const give = (text) => async (form) =>
      (await visitor.option(form, "file")).setInputFiles({ name: "settings.json", mimeType: "application/json", buffer: Buffer.from(text) });
    await run("config import", give(exported.replace("30", "45")));
    await told(visitor, "1 setting was changed.");
    await run("config import", give(exported.replace("30", "-1")));
    await told(visitor, "Nothing was changed, since the file has mistakes:");
  });
});
