// The page: puts the parts together and keeps the channel in the middle.

import { connection } from "./app-connection.js";
import { acceptDrops, Composer } from "./composer.js";
import { fill, h, icon, iconButton, toast } from "./dom.js";
import { exampleCards } from "./examples.js";
import { closePopover } from "./overlay.js";
import { Panel } from "./panel.js";
import { Sidebar } from "./sidebar.js";
import { isThread, store } from "./store.js";
import { Timeline } from "./timeline.js";
import { TroubleDock } from "./trouble.js";
import "./modal.js";

const app = document.getElementById("app");
const main = document.getElementById("main");

/** Opens a channel in the middle, or a thread in the side panel beside its channel. */
function open(channel) {
  closeDrawer();
  closePopover();
  if (isThread(channel)) {
    store.open({ channel: store.channels.has(channel.parent_id) ? channel.parent_id : store.channel, thread: channel.id });
    panel.composer.field.focus({ preventScroll: true });
  } else {
    store.open({ channel: channel.id, thread: null });
    composer.field.focus({ preventScroll: true });
  }
}

/** While the drawer is open, nothing behind it takes the focus. */
function setBehind(behind) {
  for (const part of [main, document.getElementById("panel"), document.getElementById("trouble")]) {
    part.inert = behind;
  }
}

function openDrawer() {
  app.classList.add("drawer-open");
  setBehind(true);
  menuButton.setAttribute("aria-expanded", "true");
  document.querySelector(".channel-row[aria-current]")?.focus();
}

function closeDrawer() {
  app.classList.remove("drawer-open");
  setBehind(false);
  menuButton.setAttribute("aria-expanded", "false");
}

function toggleTheme() {
  const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem("plotline-theme", next);
  } catch {
    // Storage is switched off: the choice holds until the page is closed.
  }
  showThemeButton();
}

function showThemeButton() {
  const dark = document.documentElement.dataset.theme === "dark";
  fill(themeButton, icon(dark ? "sun" : "moon"));
  themeButton.title = dark ? "Light theme" : "Dark theme";
  themeButton.setAttribute("aria-label", themeButton.title);
}

const menuButton = iconButton("menu", "Channels", openDrawer, { class: "only-narrow", "aria-expanded": "false", "aria-controls": "sidebar" });
const themeButton = iconButton("moon", "Dark theme", toggleTheme);
const membersButton = iconButton("people", "Members", () => {
  panel.toggleMembers();
  showBar();
});
const title = h("h1");
const topic = h("p", { class: "topic" });
const bar = h("header", { class: "bar" }, menuButton, title, topic, h("span", { class: "spacer" }), h("div", { class: "tools" }, membersButton, themeButton));

const composer = new Composer({ id: "composer-main", onEditLast: () => timeline.editLast() });
const timeline = new Timeline({
  intro,
  onReply: (message) => {
    composer.setReply(message);
    composer.field.focus();
  },
  onOpen: open,
});
const chips = h("div", { class: "chips-row" });
const scrim = h("button", { type: "button", class: "scrim", "aria-label": "Close the channel list", on: { click: closeDrawer } });

main.append(bar, timeline.element, chips, composer.element);
app.append(scrim);
acceptDrops(main, composer);
const sidebar = new Sidebar(document.getElementById("sidebar"), { onOpen: open });
const panel = new Panel(document.getElementById("panel"), {
  onOpen: open,
  onClose: () => {
    store.open({ thread: null });
    composer.field.focus({ preventScroll: true });
  },
});
panel.onMention = (member) => composer.setText(`${composer.field.value}@${store.nameOf(member.user)} `);
const dock = new TroubleDock(document.getElementById("trouble"));

/** What stands above a channel's first message. */
function intro(channel, empty) {
  const direct = channel.type === 1;
  const examples = !channel.private || store.can("send", channel.id);
  return h(
    "div",
    { class: ["welcome", empty && "empty"] },
    h("span", { class: "welcome-icon" }, icon(direct ? "bot" : channel.private ? "lock" : "hash")),
    h("h2", {}, direct ? `Your messages with ${store.nameOf(store.bot)}` : `Welcome to #${channel.name}`),
    h("p", {}, channel.topic || "Mention the bot with a table, and it opens a thread and draws the chart."),
    empty && examples && [h("p", { class: "welcome-lead" }, "One click gives you the first chart:"), exampleCards({ large: true })],
  );
}

function showBar() {
  const channel = store.channels.get(store.channel);
  if (!channel) {
    return;
  }
  const direct = channel.type === 1;
  const name = direct ? store.nameOf(store.bot) : channel.name;
  fill(title, icon(direct ? "bot" : channel.private ? "lock" : "hash"), h("span", { class: "name" }, name));
  topic.textContent = channel.topic ?? "";
  topic.hidden = !channel.topic;
  document.title = `${direct ? "" : "#"}${name} · Plotline playground`;
  membersButton.setAttribute("aria-pressed", String(panel.membersShown));
}

function showChips() {
  const hasMessages = store.messagesOf(store.channel).size > 0;
  fill(chips, hasMessages && store.can("send", store.channel) ? exampleCards({ large: false }) : null);
}

function showView() {
  if (timeline.channel !== store.channel || showView.loaded !== store.messages) {
    showView.loaded = store.messages;
    timeline.show(store.channel);
    composer.show(store.channel);
  }
  showBar();
  showChips();
}

store.on("view", showView);
store.on("loaded", () => {
  document.getElementById("boot").hidden = true;
  app.hidden = false;
  app.classList.remove("offline");
  showView();
  sidebar.render();
  dock.render();
});
store.on("channels", ({ created }) => {
  showBar();
  composer.refresh();
  // The first thread that the bot opens for a person is shown at once, as the place where the answer appears.
  if (created && isThread(created) && store.thread === null && created.parent_id === store.channel && !matchMedia("(max-width: 860px)").matches) {
    const source = store.messagesOf(store.channel).get(created.id);
    if (source?.author.id === store.you) {
      store.open({ thread: created.id });
    }
  }
});
store.on("message", ({ channel }) => channel === store.channel && showChips());

connection.addEventListener("frame", (event) => store.receive(event.detail));
connection.addEventListener("lost", () => {
  app.classList.add("offline");
  if (store.connected) {
    store.connected = false;
    toast("The connection to the playground was lost. Trying again…", "bad");
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && app.classList.contains("drawer-open")) {
    closeDrawer();
    menuButton.focus();
  }
});
matchMedia("(min-width: 861px)").addEventListener("change", closeDrawer);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => requestAnimationFrame(showThemeButton));
showThemeButton();
connection.open();
