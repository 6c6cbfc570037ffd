// What a member does: the first chart, questions, files, follow-ups, commands, everyday actions.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeBrowser, visit } from "./support.mjs";

after(closeBrowser);

const CSV = "city,visitors\nOslo,120\nBergen,95\nTromsø,60\n";

test("one click on the table example gives one thread with one chart and its alt text", async () => {
  await visit({}, async (visitor) => {
    await visitor.screenshot("desktop-light-start");
    await visitor.example("table");
    const alt = await visitor.chart();
    assert.match(alt, /sales|online/i);
    await visitor.counterIs("Answers", 1);
    assert.equal(await visitor.threads().count(), 1);
    assert.equal(await visitor.answers().count(), 1);
    assert.equal(await visitor.panel.locator(".image img").count(), 1);
    assert.equal(await visitor.counter("Threads"), 1);
    assert.equal(await visitor.dropped(), 0);
    await visitor.screenshot("desktop-light-chart");

    await visitor.panel.locator(".image").hover();
    await visitor.panel.locator(".alt-text").waitFor();
    await visitor.panel.locator(".image-open").click();
    await visitor.page.locator("dialog.lightbox img").waitFor();
    await visitor.screenshot("desktop-light-image");
    await visitor.page.keyboard.press("Escape");
    await visitor.page.locator("dialog.lightbox").waitFor({ state: "detached" });
  });
});

test("a question gets one answer in one thread", async () => {
  await visit({ theme: "dark" }, async (visitor) => {
    await visitor.example("question");
    await visitor.counterIs("Answers", 1);
    assert.equal(await visitor.threads().count(), 1);
    assert.equal(await visitor.answers().count(), 1);
    assert.ok((await visitor.answers().first().locator(".markdown").textContent()).length > 20);
  });
});

test("the CSV example is charted from its file", async () => {
  await visit({}, async (visitor) => {
    await visitor.example("csv");
    assert.match(await visitor.chart(), /revenue/i);
    assert.match(await visitor.page.locator("#main .file a").first().textContent(), /orders\.csv/);
  });
});

test("an attached CSV is charted, and a follow-up makes it a pie", async () => {
  await visit({}, async (visitor) => {
    await visitor.composer.fill("@Plo");
    await visitor.page.locator(".suggestion", { hasText: "@Plotline" }).waitFor();
    await visitor.page.keyboard.press("Enter");
    await visitor.composer.pressSequentially("create a graph of visitors by city");
    await visitor.page.locator("#main input[type=file]").first().setInputFiles({ name: "visitors.csv", mimeType: "text/csv", buffer: Buffer.from(CSV) });
    await visitor.page.locator("#main .tray-file", { hasText: "visitors.csv" }).waitFor();
    await visitor.composer.press("Enter");
    assert.match(await visitor.chart(), /visitors|city/i);

    await visitor.threadComposer.fill("make it a pie");
    await visitor.threadComposer.press("Enter");
    assert.match(await visitor.chart(2), /pie|donut/i);
    assert.equal(await visitor.threads().count(), 1);
    await visitor.screenshot("desktop-light-pie");
  });
});

test("a dropped file and a pasted spreadsheet range arrive as they are", async () => {
  await visit({}, async (visitor) => {
    const { page, composer } = visitor;
    await page.evaluate((text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], "dropped.csv", { type: "text/csv" }));
      const area = document.getElementById("main");
      for (const type of ["dragenter", "dragover", "drop"]) {
        area.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
      }
    }, CSV);
    await page.locator("#main .tray-file", { hasText: "dropped.csv" }).waitFor();
    await page.getByRole("button", { name: "Remove dropped.csv" }).click();
    await composer.evaluate((field) => {
      const data = new DataTransfer();
      data.setData("text/plain", "City\tVisitors\r\nOslo\t120\r\nBergen\t95\r\n");
      data.setData("text/html", "<table></table>");
      field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    });
    assert.equal(await composer.inputValue(), "City\tVisitors\nOslo\t120\nBergen\t95");
    await composer.press("End");
    await composer.press("Shift+Enter");
    await composer.pressSequentially("a second line");
    await composer.press("Enter");
    const text = page.locator("#main .message .markdown").last();
    await text.waitFor();
    assert.match(await text.textContent(), /City\tVisitors/);
  });
});

test("a text above 2000 characters becomes message.txt", async () => {
  await visit({}, async (visitor) => {
    await visitor.composer.fill("word ".repeat(500));
    await visitor.page.locator("#main .counter", { hasText: "message.txt" }).waitFor();
    await visitor.composer.press("Enter");
    await visitor.page.locator("#main .file", { hasText: "message.txt" }).waitFor();
  });
});

test("markup from a person is shown, and never becomes part of the page", async () => {
  await visit({}, async (visitor) => {
    const { page, composer } = visitor;
    const hostile = '<img src=x onerror="document.title=1"> <script>1</script> [x](javascript:alert(1)) **bold** ||hidden|| `code`';
    await composer.fill(hostile);
    await composer.press("Enter");
    const text = page.locator("#main .message .markdown").last();
    await text.locator("strong", { hasText: "bold" }).waitFor();
    assert.equal(await text.locator("img, script, a").count(), 0);
    assert.match(await text.textContent(), /<img src=x/);
    await text.locator(".spoiler").click();
    await text.locator(".spoiler.open").waitFor();
  });
});

test("own messages are edited, reacted to, replied to and deleted", async () => {
  await visit({}, async (visitor) => {
    const { page, composer } = visitor;
    await composer.fill("first");
    await composer.press("Enter");
    const message = page.locator("#main .message").first();
    await message.waitFor();
    await composer.press("ArrowUp");
    await message.locator("textarea").fill("changed");
    await message.locator("textarea").press("Enter");
    await message.locator(".edited").waitFor();
    assert.match(await message.locator(".markdown").textContent(), /^changed/);

    await message.hover();
    await message.getByRole("button", { name: "Add reaction" }).click();
    await page.locator(".emoji-grid button", { hasText: "👍" }).click();
    await message.locator('.reaction[aria-pressed="true"]').waitFor();

    await visitor.actAs("cleo");
    await message.locator('.reaction[aria-pressed="false"]').click();
    await message.locator(".count", { hasText: "2" }).waitFor();
    await message.hover();
    await message.getByRole("button", { name: "Reply" }).click();
    await composer.fill("an answer");
    await composer.press("Enter");
    const reply = page.locator("#main .message").nth(1);
    await reply.locator(".reference", { hasText: "changed" }).waitFor();

    await visitor.actAs("ben");
    await message.click({ button: "right", position: { x: 300, y: 10 } });
    await page.getByRole("menuitem", { name: "Delete message" }).click();
    await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
    await page.locator("#main .reference", { hasText: "was deleted" }).waitFor();
    assert.equal(await page.locator("#main .message").count(), 1);
  });
});

test("what is typed while a message is on its way stays in the box", async () => {
  const held = [];
  let hold = true;
  const prepare = (page) =>
    page.routeWebSocket(/socket/, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((text) => (hold && JSON.parse(text).t === "result" ? held.push(() => socket.send(text)) : socket.send(text)));
    });
  await visit({ prepare }, async ({ page, composer }) => {
    await composer.fill("first");
    await composer.press("Enter");
    await page.locator("#main .message", { hasText: "first" }).waitFor();
    await composer.pressSequentially("second");
    assert.equal(held.length, 1);
    hold = false;
    held[0]();
    await composer.press("Enter");
    await page.locator("#main .message", { hasText: "second" }).waitFor();
    assert.equal(await composer.inputValue(), "");

    // The next key belongs to the editor, with no wait between.
    const focused = await composer.evaluate((field) => {
      field.focus();
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp", bubbles: true, cancelable: true }));
      return document.activeElement.getAttribute("aria-label");
    });
    assert.equal(focused, "Edit your message");
  });
});

test("a message that cannot be sent comes back into the box", async () => {
  const prepare = (page) =>
    page.routeWebSocket(/socket/, (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((text) => {
        const { id, action } = JSON.parse(text);
        if (action.type === "post") {
          socket.send(JSON.stringify({ t: "result", id, ok: false, error: "Discord refused: too fast." }));
        } else {
          server.send(text);
        }
      });
    });
  await visit({ prepare }, async ({ page, composer }) => {
    await composer.fill("a long thought");
    await composer.press("Enter");
    await page.locator(".toast.bad", { hasText: "too fast" }).waitFor();
    assert.equal(await composer.inputValue(), "a long thought");
    assert.equal(await page.locator("#main .message").count(), 0);
  });
});

test("an edit goes on while other messages go away", async () => {
  await visit({}, async (visitor) => {
    const { page, composer } = visitor;
    for (const text of ["one", "two"]) {
      await composer.fill(text);
      await composer.press("Enter");
      await page.locator("#main .message", { hasText: text }).waitFor();
    }
    const first = page.locator("#main .message").first();
    const last = page.locator("#main .message").last();
    await composer.press("ArrowUp");
    await page.keyboard.type(" and more");
    const removed = page.evaluate(
      () => new Promise((resolve) => new MutationObserver(() => document.querySelectorAll("#main .message").length === 1 && resolve()).observe(document.querySelector("#main .messages"), { childList: true })),
    );
    await first.click({ button: "right", position: { x: 300, y: 10 } });
    await page.getByRole("menuitem", { name: "Delete message" }).click();
    await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
    await removed;
    assert.equal(await last.locator("textarea").inputValue(), "two and more");
    await last.locator("textarea").press("Enter");
    await last.locator(".markdown", { hasText: "two and more" }).waitFor();
  });
});

test("members see neither the admins' channel nor their buttons", async () => {
  await visit({}, async (visitor) => {
    const { page } = visitor;
    const secret = page.locator(".channel-row", { hasText: "admin-only" });
    assert.equal(await secret.count(), 0);
    await visitor.actAs("ada");
    await secret.click();
    await page.locator("h1", { hasText: "admin-only" }).waitFor();
    await visitor.actAs("ben");
    await page.locator("h1", { hasText: "general" }).waitFor();
    assert.equal(await secret.count(), 0);
  });
});

test("a reset gives an empty server", async () => {
  await visit({}, async (visitor) => {
    await visitor.example("question");
    await visitor.counterIs("Answers", 1);
    await visitor.dock(true);
    await visitor.page.getByRole("button", { name: "Reset everything" }).click();
    await visitor.page.locator("dialog").getByRole("button", { name: "Reset" }).click();
    await visitor.page.locator(".welcome.empty").waitFor();
    await visitor.counterIs("Answers", 0);
    await visitor.botIs("online");
    assert.equal(await visitor.threads().count(), 0);
    await visitor.dock(false);
    await visitor.example("table");
    await visitor.chart();
  });
});
