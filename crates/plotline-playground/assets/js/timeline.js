// The messages of one channel as a list that follows new ones, patches edited ones in place, and moves by arrow keys.

import { connection } from "./app-connection.js";
import { announce, append, fill, h, rove, toast } from "./dom.js";
import { continues, isEphemeral, isSystem, renderEditor, renderMessage, summary } from "./message.js";
import { confirmDialog, openMenu, pickEmoji } from "./overlay.js";
import { store } from "./store.js";
import { timeOfId, timeText } from "./time.js";
import { runMessageCommand } from "./slash.js";

// Closer to the end than this (in pixels), the list follows new messages.
const FOLLOW_PX = 120;

export class Timeline {
  #channel = null;
  #list = h("ol", { class: "messages", "aria-label": "Messages" });
  #tidyStops;
  /** The edit under way: the message's id and the editor, which outlives every redrawing of the message. */
  #edit = null;
  #dismissed = new Set();
  #follows = true;

  /** `intro` makes what stands above the first message; `onReply` starts a reply; `onOpen` opens a channel. */
  constructor({ intro, onReply, onOpen }) {
    this.intro = h("div", { class: "intro" });
    this.makeIntro = intro;
    this.element = h("div", { class: "timeline", tabindex: "-1" }, this.intro, this.#list);
    this.#tidyStops = rove(this.#list, "li[data-id]", { axis: "y", last: true });
    this.actions = {
      reply: onReply,
      openChannel: onOpen,
      react: (message, emoji, on) => this.#act("react", { ...place(message), emoji, on }),
      pickReaction: (message, anchor) => pickEmoji(anchor, (emoji) => this.#act("react", { ...place(message), emoji, on: true })),
      edit: (message) => this.#startEdit(message),
      menu: (message, anchor, at) => this.#menu(message, anchor, at),
      dismiss: (message) => this.#dismiss(message),
    };
    this.element.addEventListener("scroll", () => {
      this.#follows = this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight < FOLLOW_PX;
    });
    new ResizeObserver(() => this.#follow()).observe(this.#list);
    new ResizeObserver(() => this.#follow()).observe(this.element);
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    store.on("message", (change) => this.#change(change));
    store.on("channels", () => this.#refreshThreads());
  }

  /** Shows a channel from its end. */
  show(channel) {
    this.#channel = channel;
    this.#edit = null;
    this.#follows = true;
    this.#renderAll();
    this.#follow();
  }

  get channel() {
    return this.#channel;
  }

  /** Edits the last message that the person wrote here, as Arrow-Up does in an empty message box. */
  editLast() {
    const own = this.#visible().filter((message) => message.author.id === store.you && !isSystem(message)).at(-1);
    if (own) {
      this.#startEdit(own);
    }
  }

  #visible() {
    return [...store.messagesOf(this.#channel).values()].filter((message) => !this.#dismissed.has(message.id));
  }

  #renderAll() {
    this.#showIntro();
    this.#list.replaceChildren();
    let previous = null;
    for (const message of this.#visible()) {
      this.#appendMessage(message, previous);
      previous = message;
    }
    this.#tidyStops();
  }

  #showIntro() {
    const channel = store.channels.get(this.#channel);
    fill(this.intro, channel ? this.makeIntro(channel, this.#visible().length === 0) : null);
  }

  #appendMessage(message, previous) {
    const day = timeOfId(message.id).toDateString();
    if (previous && timeOfId(previous.id).toDateString() !== day) {
      this.#list.append(h("li", { class: "day", role: "separator" }, timeText(timeOfId(message.id), "D")));
    }
    this.#list.append(this.#element(message, previous));
  }

  #element(message, previous) {
    const element = renderMessage(message, { grouped: continues(previous, message), actions: this.actions });
    if (this.#edit?.id === message.id) {
      this.#putEditor(element);
    }
    return element;
  }

  #change({ kind, channel, message }) {
    if (channel !== this.#channel) {
      this.#refreshCard(channel);
      return;
    }
    const shown = this.#find(message.id);
    if (kind === "deleted") {
      if (this.#edit?.id === message.id) {
        this.#edit = null;
      }
      this.#renderKeepingFocus();
      return;
    }
    if (kind === "created" && !shown) {
      const before = this.#visible().filter((m) => m.id !== message.id).at(-1);
      this.#appendMessage(message, before);
      this.#showIntro();
      this.#tidyStops();
      if (message.author.id === store.you) {
        this.#follows = true;
      }
      this.#follow();
      announce(`${store.nameOf(message.author)}: ${summary(message)}`.slice(0, 240));
      return;
    }
    if (shown && this.#edit?.id !== message.id) {
      this.#replace(message, shown);
    }
  }

  #replace(message, shown) {
    const all = this.#visible();
    const index = all.findIndex((m) => m.id === message.id);
    const fresh = this.#element(message, all[index - 1] ?? null);
    fresh.tabIndex = shown.tabIndex;
    // Spoilers that were opened stay open, and the focus stays where it was, though the elements are new.
    const opened = [...shown.querySelectorAll(".spoiler")].map((spoiler) => spoiler.classList.contains("open"));
    [...fresh.querySelectorAll(".spoiler")].forEach((spoiler, i) => opened[i] && spoiler.click());
    keepPictures(shown, fresh);
    const focus = focusPath(shown);
    shown.replaceWith(fresh);
    restoreFocus(fresh, focus);
    this.#follow();
  }

  #renderKeepingFocus() {
    const scroll = this.element.scrollTop;
    const focused = this.#list.contains(document.activeElement) ? document.activeElement : null;
    this.#renderAll();
    this.element.scrollTop = scroll;
    // Of what is drawn anew only the editor is still the same element.
    (focused?.isConnected ? focused : focused && this.element)?.focus();
  }

  /** A message that carries a thread's card shows the thread's last message. */
  #refreshCard(thread) {
    const source = store.messagesOf(this.#channel).get(thread);
    const shown = source && this.#find(thread);
    if (shown && this.#edit?.id !== thread) {
      this.#replace(source, shown);
    }
  }

  #refreshThreads() {
    for (const shown of this.#list.querySelectorAll(":scope > li[data-id]")) {
      const hasCard = shown.querySelector(".thread-card") !== null;
      const thread = store.channels.get(shown.dataset.id);
      if (hasCard !== Boolean(thread) || (thread && shown.querySelector(".thread-title strong")?.textContent !== thread.name)) {
        this.#refreshCard(shown.dataset.id);
      }
    }
  }

  #find(id) {
    return this.#list.querySelector(`:scope > li[data-id="${id}"]`);
  }

  #follow() {
    if (this.#follows) {
      this.element.scrollTop = this.element.scrollHeight;
    }
  }

  async #act(type, details) {
    try {
      return await connection.act(type, details);
    } catch (error) {
      toast(error.message, "bad");
      return null;
    }
  }

  #dismiss(message) {
    this.#dismissed.add(message.id);
    this.#renderKeepingFocus();
  }

  #startEdit(message) {
    this.#endEdit();
    const shown = this.#find(message.id);
    if (!shown) {
      return;
    }
    let saving = false;
    const editor = renderEditor(message, {
      cancel: () => this.#endEdit(),
      save: async (content) => {
        if (saving) {
          return;
        }
        saving = true;
        try {
          if (content !== "" && content !== message.content) {
            await connection.act("edit", { ...place(message), content });
          }
          // By then the person may have turned to another message.
          if (this.#edit?.editor === editor) {
            this.#endEdit();
          }
        } catch (error) {
          toast(error.message, "bad");
          saving = false;
        }
      },
    });
    this.#edit = { id: message.id, editor };
    this.#replace(message, shown);
    // At once and not a frame later: the next key that is pressed belongs into the editor.
    editor.querySelector("textarea").focus();
  }

  /** Shows the message again in place of its editor. The focus goes to the message if it was in the editor. */
  #endEdit() {
    if (!this.#edit) {
      return;
    }
    const { id, editor } = this.#edit;
    const focused = editor.contains(document.activeElement);
    this.#edit = null;
    const shown = this.#find(id);
    const latest = store.messagesOf(this.#channel).get(id);
    if (shown && latest) {
      this.#replace(latest, shown);
      if (focused) {
        this.#find(id).focus();
      }
    }
  }

  #putEditor(element) {
    const { editor } = this.#edit;
    const text = element.querySelector(".message-body > .markdown");
    if (text) {
      text.replaceWith(editor);
    } else {
      append(element.querySelector(".message-body"), [editor]);
    }
  }

  #menu(message, anchor, at) {
    const own = message.author.id === store.you;
    const apps = store.commandsIn(message.channel_id, 3);
    const items = [
      { label: "Add reaction", icon: "smile", run: () => this.actions.pickReaction(message, this.#find(message.id) ?? anchor) },
      { label: "Reply", icon: "reply", run: () => this.actions.reply(message) },
      { label: "Copy text", icon: "copy", run: () => copy(message.content) },
      own && { label: "Edit message", icon: "edit", run: () => this.#startEdit(message) },
      ...(apps.length > 0 ? ["Apps", ...apps.map((command) => ({ label: command.name, icon: "apps", run: () => runMessageCommand(command, message) }))] : []),
      ...(own || store.can("manage_messages", message.channel_id)
        ? [null, { label: "Delete message", icon: "trash", danger: true, run: () => this.#askDelete(message) }]
        : []),
    ];
    openMenu(items.filter((item) => item !== false), anchor, { at, label: "Message actions" });
  }

  #askDelete(message) {
    confirmDialog({
      title: "Delete message",
      text: "This message goes away for everyone. Deleting a question stops the answer to it.",
      action: "Delete",
      onConfirm: () => this.#act("delete_message", place(message)),
    });
  }

  #key(event) {
    const row = event.target.closest("li[data-id]");
    if (!row || event.target !== row || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const message = store.messagesOf(this.#channel).get(row.dataset.id);
    if (!message || isSystem(message)) {
      return;
    }
    const run = {
      r: () => this.actions.reply(message),
      e: () => message.author.id === store.you && this.#startEdit(message),
      "+": () => this.actions.pickReaction(message, row),
      Enter: () => !isEphemeral(message) && this.#menu(message, row, null),
      Delete: () => (message.author.id === store.you || store.can("manage_messages", this.#channel)) && this.#askDelete(message),
    }[event.key];
    if (run) {
      event.preventDefault();
      run();
    }
  }
}

function place(message) {
  return { channel: message.channel_id, message: message.id };
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied.");
  } catch {
    toast("The browser did not allow copying.", "bad");
  }
}

/** Pictures that are already loaded move over, so that a streamed edit does not make them flicker. */
function keepPictures(from, to) {
  const loaded = new Map([...from.querySelectorAll("img")].map((img) => [img.getAttribute("src"), img]));
  for (const img of to.querySelectorAll("img")) {
    const old = loaded.get(img.getAttribute("src"));
    if (old) {
      old.alt = img.alt;
      img.replaceWith(old);
    }
  }
}

const FOCUSABLE = "button, a[href], textarea, input, [tabindex]";

function focusPath(element) {
  const active = document.activeElement;
  if (!element.contains(active)) {
    return null;
  }
  return active === element ? { self: true } : { key: active.dataset.key, index: [...element.querySelectorAll(FOCUSABLE)].indexOf(active) };
}

function restoreFocus(element, path) {
  if (!path) {
    return;
  }
  const byKey = path.key && [...element.querySelectorAll("[data-key]")].find((part) => part.dataset.key === path.key);
  const target = path.self ? element : (byKey ?? [...element.querySelectorAll(FOCUSABLE)][path.index]);
  (target ?? element).focus({ preventScroll: true });
}
