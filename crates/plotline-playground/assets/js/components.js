// Buttons and select menus of a message, and what happens when one is used.

import { connection } from "./app-connection.js";
import { freshId, h, icon } from "./dom.js";
import { follow } from "./interactions.js";
import { popover } from "./overlay.js";
import { isThread, store } from "./store.js";

const TYPE = { ROW: 1, BUTTON: 2, STRING_SELECT: 3, TEXT_INPUT: 4, USER_SELECT: 5, ROLE_SELECT: 6, MENTIONABLE_SELECT: 7, CHANNEL_SELECT: 8 };
const BUTTON_KIND = { 1: "primary", 2: "", 3: "good", 4: "danger" };
const LINK_BUTTON = 5;

/** The rows of components under a message; nothing when there are none. */
export function renderComponents(message) {
  const rows = (message.components ?? []).filter((row) => row.type === TYPE.ROW);
  if (rows.length === 0) {
    return null;
  }
  const holder = h("div", { class: "components" });
  holder.append(...rows.map((row) => h("div", { class: "component-row" }, row.components.map((part) => renderPart(part, message, holder)))));
  return holder;
}

function renderPart(part, message, holder) {
  if (part.type === TYPE.BUTTON) {
    return renderButton(part, message, holder);
  }
  return isSelect(part) ? renderSelect(part, message, holder) : null;
}

function isSelect({ type }) {
  return type === TYPE.STRING_SELECT || (type >= TYPE.USER_SELECT && type <= TYPE.CHANNEL_SELECT);
}

function emojiOf(part) {
  return part.emoji?.name ? h("span", { "aria-hidden": "true" }, part.emoji.id ? `:${part.emoji.name}:` : part.emoji.name) : null;
}

function renderButton(part, message, holder) {
  const inside = [emojiOf(part), part.label && h("span", {}, part.label)];
  if (part.style === LINK_BUTTON) {
    const safe = /^https?:\/\//.test(part.url ?? "") && URL.canParse(part.url);
    return h("a", { class: "button", href: safe ? part.url : null, target: "_blank", rel: "noopener noreferrer" }, inside, icon("send"));
  }
  const element = h(
    "button",
    {
      type: "button",
      class: ["button", BUTTON_KIND[part.style] ?? ""],
      disabled: part.disabled ?? false,
      "aria-label": part.label ? null : (part.emoji?.name ?? "Button"),
      "data-key": part.custom_id,
      on: { click: () => use(element, holder, message, part, []) },
    },
    inside,
  );
  return element;
}

/** Sends the use of a component and shows that it waits, or that it failed. */
function use(element, holder, message, part, values) {
  if (element.getAttribute("aria-busy") === "true") {
    return;
  }
  holder.querySelector(".error-text")?.remove();
  element.setAttribute("aria-busy", "true");
  const settle = () => element.removeAttribute("aria-busy");
  follow(
    connection.act("component", { message: message.id, custom_id: part.custom_id, values }),
    {
      acknowledged: settle,
      failed: () => {
        settle();
        holder.append(h("p", { class: "error-text", role: "alert" }, "This interaction failed. The bot did not answer within 3 seconds."));
      },
    },
  );
}

/** The choices of a select menu: its own options, or the server's people, roles or channels. */
export function choicesOf(part) {
  const people = () => [...store.members.values()].map((member) => ({ value: member.user.id, label: store.nameOf(member.user) }));
  const roles = () => [...store.roles.values()].filter((role) => role.id !== store.guild.id).map((role) => ({ value: role.id, label: `@${role.name}` }));
  switch (part.type) {
    case TYPE.USER_SELECT:
      return people();
    case TYPE.ROLE_SELECT:
      return roles();
    case TYPE.MENTIONABLE_SELECT:
      return [...people(), ...roles()];
    case TYPE.CHANNEL_SELECT:
      return [...store.channels.values()]
        .filter((channel) => channel.guild_id && !isThread(channel) && (!part.channel_types?.length || part.channel_types.includes(channel.type)))
        .map((channel) => ({ value: channel.id, label: `#${channel.name}` }));
    default:
      return part.options ?? [];
  }
}

function renderSelect(part, message, holder) {
  const element = selectControl(part, (values) => use(element, holder, message, part, values));
  return element;
}

/** A select menu as a button with a list of choices. `done` gets the chosen values. */
export function selectControl(part, done) {
  const many = (part.max_values ?? 1) > 1;
  const preset = (part.default_values ?? []).map((value) => value.id);
  const choices = choicesOf(part);
  let chosen = choices.filter((choice) => choice.default || preset.includes(choice.value)).map((choice) => choice.value);
  const shown = h("span", { class: "select-shown" });
  const show = () => {
    const labels = choices.filter((choice) => chosen.includes(choice.value)).map((choice) => choice.label);
    shown.textContent = labels.join(", ") || part.placeholder || "Choose…";
    shown.classList.toggle("placeholder", labels.length === 0);
  };
  show();
  const element = h(
    "button",
    {
      type: "button",
      class: "select",
      disabled: part.disabled ?? false,
      "aria-haspopup": "listbox",
      "data-key": part.custom_id,
      on: { click: () => open() },
    },
    shown,
    icon("chevron"),
  );
  const open = () => {
    const list = h("div", { class: "options", role: "listbox", "aria-label": part.placeholder ?? "Choices", "aria-multiselectable": many ? "true" : null });
    const { close, fit } = popover(list, element, { label: part.placeholder ?? "Choices", asWide: true });
    const finish = (values) => {
      chosen = values;
      show();
      close();
      element.focus();
      done(values);
    };
    for (const choice of choices) {
      list.append(option(choice, many));
    }
    if (many) {
      list.append(h("button", { type: "button", class: "button primary", on: { click: () => finish([...chosen]) } }, "Done"));
    }
    wireList(list, {
      pick: (entry) => {
        const value = entry.dataset.value;
        if (!many) {
          finish([value]);
          return;
        }
        const has = chosen.includes(value);
        chosen = has ? chosen.filter((v) => v !== value) : [...chosen, value].slice(0, part.max_values);
        for (const other of list.querySelectorAll("[role=option]")) {
          other.setAttribute("aria-selected", String(chosen.includes(other.dataset.value)));
        }
      },
    });
    fit();
    (list.querySelector("[aria-selected=true]") ?? list.firstElementChild)?.focus();
  };
  const option = (choice) =>
    h(
      "div",
      { role: "option", id: freshId("option"), tabindex: "-1", "data-value": choice.value, "aria-selected": String(chosen.includes(choice.value)) },
      emojiOf(choice),
      h("span", { class: "option-text" }, h("span", {}, choice.label), choice.description && h("small", {}, choice.description)),
      icon("check"),
    );
  return element;
}

/** Arrow keys, Home, End, Enter, Space, the first letter and clicks on a list of options. */
function wireList(list, { pick }) {
  const entries = [...list.querySelectorAll("[role=option]")];
  list.addEventListener("click", (event) => {
    const entry = event.target.closest("[role=option]");
    if (entry) {
      pick(entry);
    }
  });
  list.addEventListener("keydown", (event) => {
    const now = entries.indexOf(document.activeElement);
    const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: entries.length - 1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      entries[Math.max(0, Math.min(entries.length - 1, next))]?.focus();
    } else if ((event.key === "Enter" || event.key === " ") && now >= 0) {
      event.preventDefault();
      pick(entries[now]);
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      const letter = event.key.toLowerCase();
      const order = [...entries.slice(now + 1), ...entries.slice(0, now + 1)];
      order.find((entry) => entry.textContent.trim().toLowerCase().startsWith(letter))?.focus();
    }
  });
}
