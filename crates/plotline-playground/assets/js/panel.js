// The side panel: the members, or a thread with its own message box.

import { connection } from "./app-connection.js";
import { avatar } from "./avatars.js";
import { acceptDrops, Composer } from "./composer.js";
import { fill, h, icon, iconButton, toast } from "./dom.js";
import { confirmDialog, openMenu } from "./overlay.js";
import { runMenuCommand } from "./slash.js";
import { store } from "./store.js";
import { Timeline } from "./timeline.js";

export class Panel {
  constructor(element, { onOpen, onClose }) {
    this.element = element;
    this.onOpen = onOpen;
    this.onClose = onClose;
    this.wanted = true;
    this.members = h("div", { class: "members" });
    this.membersBar = h("div", { class: "bar" });
    this.threadBar = h("div", { class: "bar" });
    this.composer = new Composer({ id: "composer-thread", onEditLast: () => this.timeline.editLast() });
    this.timeline = new Timeline({
      intro: () => null,
      onReply: (message) => {
        this.composer.setReply(message);
        this.composer.field.focus();
      },
      onOpen,
    });
    this.threadView = h("div", { class: "thread-view" }, this.threadBar, this.timeline.element, this.composer.element);
    acceptDrops(this.threadView, this.composer);
    this.threadView.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) {
        this.onClose();
      }
    });
    this.kind = null;
    store.on("view", () => this.render());
    store.on("loaded", () => this.render());
    store.on("channels", () => this.#refresh());
    store.on("status", () => this.#refreshMembers());
  }

  /** Shows or hides the list of members. */
  toggleMembers() {
    const narrow = matchMedia("(max-width: 1040px)").matches;
    if (this.kind === "thread") {
      this.onClose();
      this.wanted = true;
    } else {
      this.wanted = narrow ? !this.element.classList.contains("asked") : !this.wanted;
    }
    this.element.classList.toggle("asked", this.wanted && narrow);
    this.render();
    if (this.wanted && narrow) {
      this.element.querySelector("button")?.focus();
    }
  }

  get membersShown() {
    return this.kind === "members" && this.element.getClientRects().length > 0;
  }

  render() {
    const thread = store.channels.get(store.thread);
    const kind = thread ? "thread" : this.wanted ? "members" : null;
    this.element.hidden = kind === null;
    if (kind !== this.kind) {
      this.kind = kind;
      this.element.dataset.kind = kind ?? "";
      this.element.setAttribute("aria-label", kind === "thread" ? "Thread" : "Members");
      fill(this.element, kind === "thread" ? this.threadView : kind === "members" ? [this.membersBar, this.members] : null);
    }
    if (kind === "thread") {
      this.#showThread(thread);
    } else if (kind === "members") {
      this.#showMembers();
    }
  }

  #refresh() {
    const thread = store.channels.get(store.thread);
    if (this.kind === "thread" && thread) {
      this.#showThreadBar(thread);
      this.composer.refresh();
    } else if (this.kind === "members") {
      this.#showMembers();
    }
  }

  #showThread(thread) {
    this.#showThreadBar(thread);
    if (this.timeline.channel !== thread.id || this.shownFor !== store.you || this.shownMessages !== store.messages) {
      this.shownFor = store.you;
      this.shownMessages = store.messages;
      this.timeline.show(thread.id);
      this.composer.show(thread.id);
    }
  }

  #showThreadBar(thread) {
    const heading = h("h2", {}, icon("thread"), h("span", { class: "name" }, thread.name));
    if (this.threadBar.dataset.name === thread.name && this.threadBar.dataset.id === thread.id && this.threadBar.dataset.you === store.you) {
      return;
    }
    Object.assign(this.threadBar.dataset, { name: thread.name, id: thread.id, you: store.you });
    fill(
      this.threadBar,
      heading,
      h("span", { class: "spacer" }),
      h(
        "div",
        { class: "tools" },
        store.can("manage_threads", thread.id) &&
          iconButton("more", "Thread options", (event) => this.#menu(event.currentTarget, thread), { "aria-haspopup": "menu" }),
        iconButton("close", "Close the thread", () => this.onClose()),
      ),
    );
  }

  #menu(anchor, thread) {
    openMenu(
      [
        {
          label: "Delete thread",
          icon: "trash",
          danger: true,
          run: () =>
            confirmDialog({
              title: "Delete thread",
              text: "The thread and its messages go away for everyone, and the conversation in it ends.",
              action: "Delete thread",
              onConfirm: () => connection.act("delete_channel", { channel: thread.id }).catch((error) => toast(error.message, "bad")),
            }),
        },
      ],
      anchor,
      { label: "Thread options" },
    );
  }

  #refreshMembers() {
    const online = this.#botOnline();
    if (this.kind === "members" && online !== this.shownOnline) {
      this.#showMembers();
    }
  }

  #botOnline() {
    return store.processes.some((process) => process.state === "ready");
  }

  #showMembers() {
    const online = this.#botOnline();
    this.shownOnline = online;
    fill(this.membersBar, h("h2", {}, h("span", { class: "name" }, "Members")), h("span", { class: "spacer" }), iconButton("close", "Close the member list", () => this.#closeMembers(), { class: "only-medium" }));
    const all = [...store.members.values()];
    const row = (member, note, away = false) =>
      h(
        "button",
        { type: "button", class: ["member", away && "away"], "aria-haspopup": "menu", on: { click: (event) => this.#memberMenu(member, event.currentTarget) } },
        avatar(member.user),
        h("span", {}, store.nameOf(member.user), member.user.bot && [" ", h("span", { class: "tag" }, "APP")], note && h("span", { class: "state" }, note)),
      );
    const note = (member) => store.people.find((person) => person.id === member.user.id)?.note;
    fill(
      this.members,
      h("h3", {}, "People"),
      all.filter((m) => !m.user.bot).map((member) => row(member, note(member))),
      h("h3", {}, "Apps"),
      all.filter((m) => m.user.bot).map((member) => row(member, online ? "Online" : "Offline", !online)),
    );
  }

  #closeMembers() {
    this.wanted = false;
    this.element.classList.remove("asked");
    this.render();
  }

  #memberMenu(member, anchor) {
    const apps = store.commandsIn(store.channel, 2);
    openMenu(
      [
        { label: `Mention ${store.nameOf(member.user)}`, icon: "at", run: () => this.onMention(member) },
        ...(apps.length > 0
          ? [
              "Apps",
              ...apps.map((command) => ({
                label: command.name,
                icon: "apps",
                run: () => runMenuCommand(command.name, store.channel, { kind: "user", name: command.name, user: member.user.id }),
              })),
            ]
          : []),
      ],
      anchor,
      { label: `${store.nameOf(member.user)}` },
    );
  }

  /** Set by the page: puts a mention into the channel's message box. */
  onMention = () => {};
}
