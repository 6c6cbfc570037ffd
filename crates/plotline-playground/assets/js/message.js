// One message as an element: who, when, what it answers, text, files, embeds, components, reactions, its thread.

import { avatar } from "./avatars.js";
import { renderComponents } from "./components.js";
import { button, h, icon, iconButton } from "./dom.js";
import { openLightbox } from "./lightbox.js";
import { plainText } from "./markdown.js";
import { renderMarkdown } from "./markdown-view.js";
import { isThread, store } from "./store.js";
import { messageTime, sizeText, timeOfId, timeText } from "./time.js";

const SLASH_COMMAND = 20;
const MENU_COMMAND = 23;
const KIND = { THREAD_CREATED: 18, THREAD_STARTER: 21, RECIPIENT_ADD: 1, NAME_CHANGE: 4 };
const FLAG = { EPHEMERAL: 1 << 6, LOADING: 1 << 7 };

/** Messages of one author this close together (in milliseconds) share one head. */
const GROUP_MS_MAX = 7 * 60 * 1000;

/** Whether `message` continues `previous` without a head of its own. */
export function continues(previous, message) {
  return (
    previous &&
    previous.author.id === message.author.id &&
    !message.message_reference &&
    !isSystem(previous) &&
    !isCommandAnswer(message) &&
    !isEphemeral(message) &&
    !isEphemeral(previous) &&
    timeOfId(message.id) - timeOfId(previous.id) < GROUP_MS_MAX
  );
}

/** Whether it is a notice that Discord wrote itself. */
export function isSystem(message) {
  return Object.values(KIND).includes(message.type);
}

/** Whether it answers a command, and names who used it. */
function isCommandAnswer(message) {
  return message.type === SLASH_COMMAND || message.type === MENU_COMMAND;
}

/** Whether only one person sees it. */
export function isEphemeral(message) {
  return (message.flags & FLAG.EPHEMERAL) !== 0;
}

/** A line about a message for lists, previews and screen readers. */
export function summary(message) {
  const names = {
    user: (id) => store.nameOf(id),
    role: (id) => store.roles.get(id)?.name,
    channel: (id) => store.channels.get(id)?.name,
  };
  const text = plainText(message.content ?? "", names);
  const files = message.attachments ?? [];
  const about = files.length === 0 ? "" : files.length === 1 ? `file ${files[0].filename}` : `${files.length} files`;
  return [text, about, message.embeds?.[0]?.title].filter(Boolean).join(", ") || "empty message";
}

/**
 * The element of a message. `actions` holds what a person can do: `reply`, `react`, `menu`, `edit`, `openThread`,
 * `openChannel`, `dismiss`.
 */
export function renderMessage(message, { grouped, actions, starter = false }) {
  if (message.type === KIND.THREAD_STARTER) {
    return renderStarter(message, actions);
  }
  if (isSystem(message)) {
    return renderSystem(message, actions);
  }
  const author = store.nameOf(message.author);
  const when = timeOfId(message.id);
  const pinged = message.mentions?.some((user) => user.id === store.you);
  const classes = ["message", grouped && "grouped", pinged && "pinged", isEphemeral(message) && "ephemeral"];
  const reference = message.message_reference && message.type === 19 ? renderReference(message) : null;
  const head = h(
    "div",
    { class: "message-head" },
    h("span", { class: ["author", message.author.id === store.bot && "bot"] }, author),
    message.author.bot && h("span", { class: "tag" }, "APP"),
    h("time", { datetime: when.toISOString(), title: timeText(when, "F") }, messageTime(when)),
  );
  const body = h(
    "div",
    { class: "message-body" },
    reference,
    commandLine(message),
    !grouped && head,
    content(message, actions),
    (message.attachments ?? []).length > 0 && h("div", { class: "attachments" }, message.attachments.map(renderAttachment)),
    (message.embeds ?? []).map((embed) => renderEmbed(embed, actions)),
    renderComponents(message),
    reactions(message, actions),
    !starter && threadCard(message, actions),
    isEphemeral(message) &&
      h(
        "p",
        { class: "ephemeral-note" },
        icon("eye"),
        h("span", {}, "Only you can see this"),
        h("button", { type: "button", class: "text-button", on: { click: () => actions.dismiss(message) } }, "Dismiss message"),
      ),
  );
  return h(
    "li",
    {
      class: classes,
      tabindex: "-1",
      "data-id": message.id,
      "aria-label": `${author}, ${timeText(when, "t")}: ${summary(message)}`.slice(0, 300),
      on: { contextmenu: (event) => openMenu(event, message, actions) },
    },
    h("div", { class: "gutter" }, grouped ? h("time", { class: "quiet-time", datetime: when.toISOString() }, timeText(when, "t")) : avatar(message.author)),
    body,
    !isEphemeral(message) && toolbar(message, actions),
  );
}

function openMenu(event, message, actions) {
  // A link, an image or selected text keeps the browser's own menu.
  if (event.target.closest("a, img, input, textarea") || String(getSelection()) !== "") {
    return;
  }
  event.preventDefault();
  const at = event.clientX > 0 ? { x: event.clientX, y: event.clientY } : null;
  actions.menu(message, event.currentTarget, at);
}

function content(message, actions) {
  if ((message.flags & FLAG.LOADING) !== 0 && !message.content) {
    return h("p", { class: "thinking" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), `${store.nameOf(message.author)} is thinking…`);
  }
  if (!message.content) {
    return null;
  }
  const text = h("div", { class: "markdown" }, renderMarkdown(message.content, { onChannel: actions.openChannel }));
  if (message.edited_timestamp) {
    // Beside the last words where they are plain text, else on a line of its own.
    const end = text.lastElementChild?.matches("p") ? text.lastElementChild : text;
    end.append(h("span", { class: "edited", title: timeText(new Date(message.edited_timestamp), "F") }, "(edited)"));
  }
  return text;
}

function commandLine(message) {
  const command = message.interaction_metadata;
  const name = command?.name ?? message.interaction?.name;
  if (!command || !name || !isCommandAnswer(message)) {
    return null;
  }
  const used = message.type === SLASH_COMMAND ? h("code", {}, `/${name}`) : [icon("apps"), h("code", {}, name)];
  return h("p", { class: "used-command" }, icon("reply"), h("strong", {}, store.nameOf(command.user ?? message.interaction.user)), " used ", used);
}

function renderReference(message) {
  const answered = message.referenced_message;
  if (!answered) {
    return h("p", { class: "reference" }, icon("reply"), h("em", {}, "The original message was deleted"));
  }
  return h(
    "button",
    {
      type: "button",
      class: "reference",
      title: "Go to the message",
      on: {
        click: () => {
          const target = document.querySelector(`[data-id="${answered.id}"]`);
          target?.scrollIntoView({ block: "center" });
          target?.focus();
        },
      },
    },
    icon("reply"),
    h("strong", {}, store.nameOf(answered.author)),
    h("span", { class: "preview" }, summary(answered)),
  );
}

function renderStarter(message, actions) {
  const source = message.referenced_message ?? store.messagesOf(message.message_reference?.channel_id).get(message.message_reference?.message_id);
  if (!source) {
    return h("li", { class: "system", tabindex: "-1", "data-id": message.id }, icon("thread"), h("span", {}, "The first message of this thread was deleted."));
  }
  const shown = renderMessage(source, { grouped: false, actions, starter: true });
  shown.classList.add("starter");
  shown.dataset.id = message.id;
  shown.querySelector(".message-tools")?.remove();
  return shown;
}

function renderSystem(message, actions) {
  const who = h("strong", {}, store.nameOf(message.author));
  const when = timeOfId(message.id);
  const thread = store.channels.get(message.message_reference?.channel_id);
  const said = {
    [KIND.THREAD_CREATED]: () => [
      who,
      " started a thread: ",
      thread ? h("button", { type: "button", class: "text-button", on: { click: () => actions.openChannel(thread) } }, thread.name) : h("strong", {}, message.content || "a thread"),
    ],
    [KIND.RECIPIENT_ADD]: () => [who, " added ", h("strong", {}, (message.mentions ?? []).map((user) => store.nameOf(user)).join(", ") || "someone")],
    [KIND.NAME_CHANGE]: () => [who, " changed the name to ", h("strong", {}, message.content)],
  };
  return h(
    "li",
    { class: "system", tabindex: "-1", "data-id": message.id, "aria-label": `${store.nameOf(message.author)}: notice` },
    icon(message.type === KIND.RECIPIENT_ADD ? "plus" : "thread"),
    h("span", {}, said[message.type]()),
    h("time", { datetime: when.toISOString() }, messageTime(when)),
  );
}

function renderAttachment(file) {
  const name = file.title ? `${file.title}${/\.\w+$/.exec(file.filename)?.[0] ?? ""}` : file.filename;
  if (isImage(file)) {
    const label = file.description || name;
    const ratio = file.width && file.height ? { width: file.width, height: file.height } : {};
    return h(
      "figure",
      { class: "image" },
      h(
        "button",
        { type: "button", class: "image-open", "aria-label": `Open image: ${label}`, on: { click: () => openLightbox(file) } },
        h("img", { src: file.url, alt: file.description ?? "", loading: "lazy", decoding: "async", ...ratio }),
      ),
      file.description && renderAltText(file.description),
    );
  }
  return h(
    "div",
    { class: "file" },
    h("span", { class: "file-icon" }, icon("file")),
    h("div", { class: "file-about" }, h("a", { href: file.url, target: "_blank", rel: "noopener" }, name), h("span", { class: "hint" }, sizeText(file.size))),
    h("a", { class: "icon-button", href: file.url, download: name, title: `Download ${name}`, "aria-label": `Download ${name}` }, icon("download")),
  );
}

function renderAltText(text) {
  const toggle = (event) => {
    const mark = event.currentTarget;
    mark.setAttribute("aria-expanded", String(mark.getAttribute("aria-expanded") !== "true"));
  };
  // By keyboard the text shows as soon as the image has the focus, so its mark is no stop of its own.
  const mark = h("button", { type: "button", class: "alt-mark", tabindex: "-1", title: "Description of the image", "aria-expanded": "false", on: { click: toggle } }, "ALT");
  return h("figcaption", { class: "alt" }, mark, h("span", { class: "alt-text" }, text));
}

/** Whether the page shows a file as a picture. */
export function isImage(file) {
  return /^image\/(png|jpeg|gif|webp)/.test(file.content_type ?? "");
}

function renderEmbed(embed, actions) {
  const colour = Number.isInteger(embed.color) ? `#${embed.color.toString(16).padStart(6, "0")}` : null;
  const card = h(
    "article",
    { class: "embed" },
    embed.author?.name && h("p", { class: "embed-author" }, embed.author.name),
    embed.title && h("p", { class: "embed-title" }, safeUrl(embed.url) ? h("a", { href: embed.url, target: "_blank", rel: "noopener noreferrer" }, embed.title) : embed.title),
    embed.description && h("div", { class: "markdown" }, renderMarkdown(embed.description, { onChannel: actions.openChannel })),
    embed.fields?.length > 0 &&
      h(
        "dl",
        { class: "embed-fields" },
        embed.fields.map((field) =>
          h(
            "div",
            { class: field.inline ? "inline" : "" },
            h("dt", {}, renderMarkdown(field.name)),
            h("dd", { class: "markdown" }, renderMarkdown(field.value, { onChannel: actions.openChannel })),
          ),
        ),
      ),
    embed.image?.url && embed.image.url.startsWith("/") && h("img", { class: "embed-image", src: embed.image.url, alt: "" }),
    (embed.footer?.text || embed.timestamp) &&
      h("p", { class: "embed-footer" }, [embed.footer?.text, embed.timestamp && timeText(new Date(embed.timestamp), "f")].filter(Boolean).join(" · ")),
  );
  if (colour) {
    card.style.setProperty("--embed", colour);
  }
  return card;
}

function safeUrl(url) {
  return typeof url === "string" && /^https?:\/\//.test(url) && URL.canParse(url);
}

function reactions(message, actions) {
  const shown = (message.reactions ?? []).filter((reaction) => reaction.count > 0);
  if (shown.length === 0) {
    return null;
  }
  return h(
    "div",
    { class: "reactions" },
    shown.map((reaction) => {
      const mine = reaction.users?.includes(store.you) ?? false;
      const who = (reaction.users ?? []).map((user) => store.nameOf(user)).join(", ");
      return h(
        "button",
        {
          type: "button",
          class: "reaction",
          title: who,
          "aria-pressed": String(mine),
          "aria-label": `${reaction.emoji.name}, ${reaction.count}${who ? `: ${who}` : ""}`,
          on: { click: () => actions.react(message, reaction.emoji.name, !mine) },
        },
        h("span", { "aria-hidden": "true" }, reaction.emoji.name),
        h("span", { class: "count", "aria-hidden": "true" }, String(reaction.count)),
      );
    }),
  );
}

function threadCard(message, actions) {
  const thread = store.channels.get(message.id);
  if (!thread || !isThread(thread) || message.channel_id === thread.id) {
    return null;
  }
  const inside = [...store.messagesOf(thread.id).values()].filter((m) => !isSystem(m) && !isEphemeral(m));
  const last = inside.at(-1);
  const count = inside.length;
  return h(
    "button",
    { type: "button", class: "thread-card", on: { click: () => actions.openChannel(thread) } },
    h("span", { class: "thread-title" }, icon("thread"), h("strong", {}, thread.name), h("span", { class: "thread-count" }, count === 1 ? "1 message" : `${count} messages`)),
    last && h("span", { class: "thread-last" }, avatar(last.author), h("span", { class: "preview" }, `${store.nameOf(last.author)}: ${summary(last)}`)),
  );
}

function toolbar(message, actions) {
  return h(
    "div",
    { class: "message-tools", role: "group", "aria-label": "Message actions" },
    iconButton("smile", "Add reaction", (event) => actions.pickReaction(message, event.currentTarget), { tabindex: "-1" }),
    iconButton("reply", "Reply", () => actions.reply(message), { tabindex: "-1" }),
    message.author.id === store.you && iconButton("edit", "Edit", () => actions.edit(message), { tabindex: "-1" }),
    iconButton("more", "More: apps, copy, delete", (event) => actions.menu(message, event.currentTarget), { tabindex: "-1", "aria-haspopup": "menu" }),
  );
}

/** An editor in place of a message's text. Whoever shows it gives it the focus. */
export function renderEditor(message, { save, cancel }) {
  const field = h("textarea", { class: "input", "aria-label": "Edit your message", maxlength: "2000" });
  field.value = message.content;
  const done = () => save(field.value.trim());
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") {
      cancel();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      done();
    }
  });
  const editor = h(
    "div",
    { class: "editor" },
    field,
    h("div", { class: "editor-actions" }, button("Cancel", cancel, { kind: "quiet" }), button("Save", done, { kind: "primary" }), h("span", { class: "hint" }, "Enter saves, Esc cancels")),
  );
  return editor;
}
