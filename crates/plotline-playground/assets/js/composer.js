// The message box: several lines, mentions and commands to pick, files by picker, paste and drop, replies.

import { connection } from "./app-connection.js";
import { append, fill, freshId, h, icon, iconButton, toast } from "./dom.js";
import { summary } from "./message.js";
import { commandEntries, CommandForm } from "./slash.js";
import { isThread, store } from "./store.js";
import { Suggestions } from "./suggestions.js";
import { sizeText } from "./time.js";

// Discord's limits: characters of a message, files of a message, bytes of a file.
const CONTENT_CHARS_MAX = 2000;
const FILES_MAX = 10;
const FILE_BYTES_MAX = 10 * 1024 * 1024;
// Mentions suggested at once; of commands all that fit what was typed, since there are few enough to scroll through.
const SUGGESTIONS_MAX = 8;
const NOTHING_WRITTEN = { text: "", files: [], reply: null };

export class Composer {
  #files = [];
  #reply = null;
  #channel = null;
  #sent = Promise.resolve();
  #drafts = new Map();
  #command = null;

  constructor({ id, onEditLast }) {
    this.field = h("textarea", { id, class: "composer-field", rows: "1", "aria-label": "Message", spellcheck: "true", autocomplete: "off" });
    this.#suggestions = new Suggestions(this.field);
    this.picker = h("input", { type: "file", multiple: true, class: "visually-hidden", tabindex: "-1", "aria-label": "Attach files" });
    this.tray = h("ul", { class: "tray", "aria-label": "Files to send", hidden: true });
    this.replyBar = h("div", { class: "reply-bar", hidden: true });
    this.counter = h("span", { class: "counter", "aria-live": "polite" });
    this.sendButton = iconButton("send", "Send message", () => this.send(), { class: "send" });
    this.box = h(
      "div",
      { class: "composer-box" },
      this.replyBar,
      this.tray,
      h(
        "div",
        { class: "composer-line" },
        iconButton("plus", "Attach a file", () => this.picker.click()),
        this.field,
        this.counter,
        iconButton("slash", "Use a command", () => this.#startCommand()),
        this.sendButton,
      ),
      this.picker,
    );
    this.notice = h("p", { class: "composer-notice", hidden: true });
    this.typing = h("p", { class: "typing", "aria-live": "polite" });
    this.element = h("div", { class: "composer" }, this.#suggestions.element, this.box, this.notice, this.typing);
    this.onEditLast = onEditLast;
    this.#listen();
    // Another width breaks the lines elsewhere. Only a change of width counts: the height is what follows from it.
    let width = 0;
    new ResizeObserver(([entry]) => {
      if (entry.contentRect.width !== width) {
        width = entry.contentRect.width;
        this.#fit();
      }
    }).observe(this.field);
    // A bot that has just started registers its commands a moment later.
    store.on("commands", () => document.activeElement === this.field && this.#suggest());
    store.on("typing", ({ channel }) => channel === this.#channel && this.#showTyping());
    store.on("message", ({ channel }) => channel === this.#channel && this.#showTyping());
  }

  #suggestions;

  #listen() {
    this.field.addEventListener("input", () => this.#changed());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("click", () => this.#suggest());
    this.field.addEventListener("paste", (event) => this.#paste(event));
    this.picker.addEventListener("change", () => {
      this.addFiles([...this.picker.files]);
      this.picker.value = "";
      this.field.focus();
    });
  }

  /** Turns to another channel; what was being written to the old one is kept for when it is opened again. */
  show(channel) {
    if (this.#channel) {
      this.#drafts.set(this.#channel, this.#draft());
    }
    this.#channel = channel;
    this.#endCommand();
    this.refresh();
    this.#fillFrom(this.#drafts.get(channel) ?? NOTHING_WRITTEN);
    this.#showTyping();
  }

  /** Shows whether the person acted as may write here. */
  refresh() {
    const channel = store.channels.get(this.#channel);
    if (!channel) {
      return;
    }
    const allowed = store.can("send", this.#channel);
    this.box.hidden = !allowed;
    this.notice.hidden = allowed;
    this.notice.textContent = "You do not have permission to send messages here.";
    const name = isThread(channel) ? "this thread" : channel.type === 1 ? `@${store.nameOf(store.bot)}` : `#${channel.name}`;
    this.field.placeholder = `Message ${name}`;
    this.field.setAttribute("aria-label", `Message ${name}`);
  }

  /** Starts or ends a reply. */
  setReply(message) {
    this.#reply = message;
    this.replyBar.hidden = !message;
    fill(
      this.replyBar,
      message && [
        h("span", { class: "preview" }, "Replying to ", h("strong", {}, store.nameOf(message.author)), ` ${summary(message)}`),
        iconButton("close", "Cancel the reply", () => {
          this.setReply(null);
          this.field.focus();
        }),
      ],
    );
  }

  /** Adds files to the message, within Discord's limits. */
  addFiles(files) {
    for (const file of files) {
      if (file.size > FILE_BYTES_MAX) {
        toast(`${file.name} is larger than 10 MiB, which is Discord's limit.`, "bad");
      } else if (this.#files.length >= FILES_MAX) {
        toast("A message takes 10 files at most.", "bad");
        break;
      } else {
        this.#files = [...this.#files, file];
      }
    }
    this.#showFiles();
  }

  /** Puts text into the box, as if it had been typed. */
  setText(text) {
    // The focus first: suggestions are shown only to a field that has it.
    this.field.focus();
    this.field.value = text;
    this.#changed();
  }

  /** Sends what is in the box. The box is free for the next message at once; what cannot be sent comes back into it. */
  send() {
    const draft = { text: this.field.value, files: this.#files, reply: this.#reply };
    const content = draft.text.trim();
    if (content === "" && draft.files.length === 0) {
      return;
    }
    const channel = this.#channel;
    const details = { channel, content: this.#encode(content), reply_to: draft.reply?.id ?? null };
    this.#fillFrom(NOTHING_WRITTEN);
    // One after the other, so that they arrive in the order in which they were written.
    this.#sent = this.#sent
      .then(() => connection.act("post", details, draft.files))
      .catch((error) => {
        toast(error.message, "bad");
        this.#takeBack(channel, draft);
      });
  }

  /** Puts an unsent message before what was written to its channel since. */
  #takeBack(channel, draft) {
    const here = channel === this.#channel;
    const now = here ? this.#draft() : (this.#drafts.get(channel) ?? NOTHING_WRITTEN);
    const both = {
      text: [draft.text, now.text].filter((text) => text !== "").join("\n"),
      files: [...draft.files, ...now.files].slice(0, FILES_MAX),
      reply: draft.reply ?? now.reply,
    };
    if (here) {
      this.#fillFrom(both);
    } else {
      this.#drafts.set(channel, both);
    }
  }

  #draft() {
    return { text: this.field.value, files: this.#files, reply: this.#reply };
  }

  #fillFrom({ text, files, reply }) {
    this.field.value = text;
    this.#files = files;
    this.setReply(reply);
    this.#showFiles();
    this.#changed();
  }

  /** Names that a person reads and types (`@Plotline`) become the ids that Discord sends. */
  #encode(text) {
    const names = [
      ...[...store.members.values()].map((m) => [`@${store.nameOf(m.user)}`, `<@${m.user.id}>`]),
      ...[...store.roles.values()].filter((r) => r.id !== store.guild.id).map((r) => [`@${r.name}`, `<@&${r.id}>`]),
      ...store.topChannels().map((c) => [`#${c.name}`, `<#${c.id}>`]),
    ].sort((a, b) => b[0].length - a[0].length);
    // Code keeps its text: nothing within fences or backticks is a mention.
    return text
      .split(/(```[^]*?```|`[^`\n]+`)/)
      .map((part, i) => (i % 2 === 1 ? part : names.reduce((done, [name, token]) => replaceWord(done, name, token), part)))
      .join("");
  }

  /** Makes the box as high as its text. */
  #fit() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, FIELD_PX_MAX)}px`;
  }

  #changed() {
    this.#fit();
    const left = CONTENT_CHARS_MAX - this.field.value.length;
    this.counter.textContent = left < 0 ? "sent as message.txt" : left <= COUNTER_FROM ? String(left) : "";
    this.sendButton.disabled = this.field.value.trim() === "" && this.#files.length === 0;
    this.#suggest();
  }

  #suggest() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const slash = /^\/([\w -]*)$/.exec(before);
    const mention = /(?:^|[\s(])([@#])([\w-]{0,32})$/.exec(before);
    if (slash && !this.field.value.includes("\n")) {
      this.#suggestions.show("Commands", this.#commandSuggestions(slash[1].toLowerCase()));
    } else if (mention) {
      this.#suggestions.show(mention[1] === "@" ? "Members" : "Channels", this.#mentionSuggestions(mention[1], mention[2].toLowerCase()));
    } else {
      this.#suggestions.hide();
    }
  }

  #commandSuggestions(typed) {
    const wanted = typed.trim();
    const starts = (entry) => Number(entry.name.startsWith(wanted));
    return commandEntries(this.#channel)
      .filter((entry) => entry.name.includes(wanted))
      .sort((a, b) => starts(b) - starts(a))
      .map((entry) => ({
        label: `/${entry.name}`,
        note: entry.description,
        icon: "slash",
        pick: () => this.#openCommand(entry),
      }));
  }

  #mentionSuggestions(sign, typed) {
    const all =
      sign === "#"
        ? store.topChannels().map((channel) => ({ label: `#${channel.name}`, icon: "hash" }))
        : [
            ...[...store.members.values()]
              .sort((a, b) => Number(b.user.id === store.bot) - Number(a.user.id === store.bot))
              .map((member) => ({ label: `@${store.nameOf(member.user)}`, user: member.user, note: member.user.bot ? "App" : "" })),
            ...[...store.roles.values()].filter((role) => role.mentionable).map((role) => ({ label: `@${role.name}`, icon: "people", note: "Role" })),
          ];
    return all
      .filter((entry) => entry.label.slice(1).toLowerCase().includes(typed))
      .slice(0, SUGGESTIONS_MAX)
      .map((entry) => ({ ...entry, pick: () => this.#insertMention(sign, entry.label) }));
  }

  #insertMention(sign, label) {
    const end = this.field.selectionStart;
    const start = this.field.value.lastIndexOf(sign, end - 1);
    this.field.setRangeText(`${label} `, start, end, "end");
    this.#changed();
    this.field.focus();
  }

  #key(event) {
    if (event.isComposing || this.#suggestions.key(event)) {
      return;
    }
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape" && this.#reply) {
      event.stopPropagation();
      this.setReply(null);
    } else if (event.key === "ArrowUp" && this.field.value === "") {
      event.preventDefault();
      this.onEditLast();
    }
  }

  // A copied spreadsheet range comes as text with tabs and, from most programs, as a picture or HTML too: the text is the
  // table, so it wins and stays exactly as it is.
  #paste(event) {
    const text = event.clipboardData.getData("text/plain");
    const files = [...event.clipboardData.files];
    if (text === "" && files.length > 0) {
      event.preventDefault();
      this.addFiles(files);
    } else if (text.includes("\t")) {
      event.preventDefault();
      const table = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
      const needsBreak = this.field.selectionStart > 0 && this.field.value[this.field.selectionStart - 1] !== "\n";
      this.field.setRangeText((needsBreak ? "\n" : "") + table, this.field.selectionStart, this.field.selectionEnd, "end");
      this.#changed();
      const rows = table.split("\n");
      toast(`Pasted a table of ${rows.length} × ${rows[0].split("\t").length} cells.`);
    }
  }

  #showFiles() {
    this.tray.hidden = this.#files.length === 0;
    fill(
      this.tray,
      this.#files.map((file) =>
        h(
          "li",
          { class: "tray-file" },
          icon("file"),
          h("span", { class: "name" }, file.name),
          h("span", { class: "hint" }, sizeText(file.size)),
          iconButton("close", `Remove ${file.name}`, () => {
            this.#files = this.#files.filter((other) => other !== file);
            this.#showFiles();
            this.field.focus();
          }),
        ),
      ),
    );
    this.sendButton.disabled = this.field.value.trim() === "" && this.#files.length === 0;
  }

  #showTyping() {
    const now = Date.now();
    const who = [...(store.typing.get(this.#channel) ?? [])].filter(([, until]) => until > now).map(([user]) => store.nameOf(user));
    fill(this.typing);
    if (who.length > 0) {
      append(this.typing, [
        h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
        h("strong", {}, who.join(", ")),
        who.length === 1 ? " is typing…" : " are typing…",
      ]);
    }
  }

  #startCommand() {
    this.setText("/");
  }

  #openCommand(entry) {
    this.field.value = "";
    this.#suggestions.hide();
    this.#changed();
    this.#endCommand();
    this.#command = new CommandForm(entry, this.#channel, () => {
      this.#endCommand();
      this.field.focus();
    });
    this.box.classList.add("has-command");
    this.box.append(this.#command.element);
    this.#command.focus();
  }

  #endCommand() {
    this.#command?.element.remove();
    this.#command = null;
    this.box.classList.remove("has-command");
  }
}

// The box grows up to this height (in pixels), then scrolls.
const FIELD_PX_MAX = 240;
// The counter shows once so many characters are left.
const COUNTER_FROM = 200;

function replaceWord(text, name, token) {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return text.replace(new RegExp(`(^|[^\\w<])${escaped}(?!\\w)`, "gi"), (_, before) => before + token);
}

/** Lets files be dropped anywhere on `area`. */
export function acceptDrops(area, composer) {
  const veil = h("div", { class: "drop-veil", id: freshId("drop"), hidden: true }, icon("file"), h("p", {}, "Drop to attach"));
  area.append(veil);
  let depth = 0;
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const leave = () => {
    depth = 0;
    veil.hidden = true;
  };
  area.addEventListener("dragenter", (event) => {
    if (carriesFiles(event)) {
      depth += 1;
      veil.hidden = false;
    }
  });
  area.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  area.addEventListener("dragleave", () => {
    depth -= 1;
    if (depth <= 0) {
      leave();
    }
  });
  area.addEventListener("drop", (event) => {
    leave();
    if (carriesFiles(event)) {
      event.preventDefault();
      composer.addFiles([...event.dataTransfer.files]);
      composer.field.focus();
    }
  });
}
