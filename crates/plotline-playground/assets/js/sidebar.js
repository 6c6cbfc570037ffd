// The server's channels with their threads, the direct message, and who you act as.

import { connection } from "./app-connection.js";
import { avatar } from "./avatars.js";
import { fill, h, icon, rove, toast } from "./dom.js";
import { isThread, store } from "./store.js";

export class Sidebar {
  constructor(element, { onOpen }) {
    this.onOpen = onOpen;
    this.list = h("div", { class: "channels" });
    this.you = h("div", { class: "you" });
    this.name = h("div", { class: "server-name" });
    element.append(this.name, this.list, this.you);
    this.tidyStops = rove(this.list, ".channel-row", { axis: "y" });
    store.on("channels", () => this.render());
    store.on("loaded", () => {
      this.render();
      this.renderPeople();
    });
  }

  render() {
    fill(this.name, h("img", { src: "/assets/icon.svg", alt: "" }), h("span", {}, store.guild.name, h("span", { class: "sub" }, "A simulated Discord")));
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.channel : null;
    const direct = store.directMessage();
    fill(
      this.list,
      h("h2", { id: "channels-heading" }, "Channels"),
      store.topChannels().map((channel) => this.#group(channel)),
      direct && [h("h2", {}, "Direct messages"), this.#row(direct, "bot", store.nameOf(store.bot))],
    );
    this.tidyStops();
    if (focused) {
      this.list.querySelector(`[data-channel="${focused}"]`)?.focus();
    }
  }

  #group(channel) {
    const threads = store.threadsOf(channel.id).filter((thread) => !thread.thread_metadata?.archived);
    return [
      this.#row(channel, channel.private ? "lock" : "hash", channel.name),
      threads.length > 0 && h("div", { class: "thread-rows", role: "group", "aria-label": `Threads in ${channel.name}` }, threads.map((thread) => this.#row(thread, null, thread.name))),
    ];
  }

  #row(channel, iconName, name) {
    const current = isThread(channel) ? store.thread === channel.id : store.channel === channel.id && store.thread === null;
    const unread = store.unread.has(channel.id);
    return h(
      "button",
      {
        type: "button",
        class: ["channel-row", unread && "unread"],
        tabindex: "-1",
        title: name,
        "data-channel": channel.id,
        "aria-current": current ? "true" : null,
        "aria-label": `${isThread(channel) ? "Thread" : channel.type === 1 ? "Direct message" : "Channel"} ${name}${unread ? ", unread" : ""}`,
        on: { click: () => this.onOpen(channel) },
      },
      iconName && icon(iconName),
      h("span", { class: "name" }, name),
    );
  }

  renderPeople() {
    const hadFocus = this.you.contains(document.activeElement);
    const group = h("div", { class: "people", role: "radiogroup", "aria-labelledby": "act-as" });
    for (const person of store.people) {
      const checked = person.id === store.you;
      group.append(
        h(
          "button",
          {
            type: "button",
            class: "person",
            role: "radio",
            "aria-checked": String(checked),
            tabindex: checked ? "0" : "-1",
            "data-person": person.key,
            on: { click: () => this.#actAs(person) },
          },
          avatar(person),
          h("span", {}, person.name),
          h("small", {}, person.note),
        ),
      );
    }
    rove(group, ".person", { axis: "both" });
    fill(this.you, h("span", { class: "label", id: "act-as" }, "You act as"), group);
    if (hadFocus) {
      group.querySelector("[aria-checked=true]")?.focus();
    }
  }

  async #actAs(person) {
    try {
      await connection.act("act_as", { persona: person.key });
    } catch (error) {
      toast(error.message, "bad");
    }
  }
}
