// The list of suggestions above a text field (a combobox): arrows choose, Enter or Tab takes, Esc closes.

import { avatar } from "./avatars.js";
import { fill, freshId, h, icon } from "./dom.js";

export class Suggestions {
  #entries = [];
  #at = 0;
  #dismissedFor = null;

  constructor(field) {
    this.field = field;
    this.list = h("div", { class: "suggestion-list", role: "listbox", id: freshId("suggestions") });
    this.heading = h("div", { class: "suggestion-heading" });
    this.element = h("div", { class: "suggestions", hidden: true }, this.heading, this.list);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-controls", this.list.id);
    field.addEventListener("blur", () => this.hide());
  }

  /** Offers entries of `{label, note, icon | user, pick}`; an empty list closes it. */
  show(heading, entries) {
    if (entries.length === 0 || this.field !== document.activeElement || this.#dismissedFor === this.field.value) {
      this.hide();
      return;
    }
    this.#dismissedFor = null;
    this.#entries = entries;
    this.#at = 0;
    this.heading.textContent = heading;
    this.list.setAttribute("aria-label", heading);
    fill(
      this.list,
      entries.map((entry, i) =>
        h(
          "div",
          {
            role: "option",
            id: `${this.list.id}-${i}`,
            class: "suggestion",
            on: {
              // The field keeps the focus: a press must not take it away before the click arrives.
              mousedown: (event) => event.preventDefault(),
              click: () => this.#take(i),
              mousemove: () => this.#mark(i),
            },
          },
          entry.user ? avatar(entry.user) : icon(entry.icon ?? "at"),
          h("span", { class: "suggestion-label" }, entry.label),
          entry.note && h("span", { class: "suggestion-note" }, entry.note),
        ),
      ),
    );
    this.element.hidden = false;
    this.field.setAttribute("aria-expanded", "true");
    this.#mark(0);
  }

  hide() {
    this.#entries = [];
    this.element.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  #mark(i) {
    this.#at = i;
    [...this.list.children].forEach((child, k) => child.setAttribute("aria-selected", String(k === i)));
    this.field.setAttribute("aria-activedescendant", `${this.list.id}-${i}`);
    this.list.children[i]?.scrollIntoView({ block: "nearest" });
  }

  #take(i) {
    const entry = this.#entries[i];
    this.hide();
    entry?.pick();
  }

  /** Handles a key of the field; true when it was for the list. */
  key(event) {
    const count = this.#entries.length;
    if (count === 0) {
      return false;
    }
    switch (event.key) {
      case "ArrowDown":
        this.#mark((this.#at + 1) % count);
        break;
      case "ArrowUp":
        this.#mark((this.#at + count - 1) % count);
        break;
      case "Enter":
      case "Tab":
        if (event.shiftKey) {
          return false;
        }
        this.#take(this.#at);
        break;
      case "Escape":
        this.#dismissedFor = this.field.value;
        this.hide();
        break;
      default:
        return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
