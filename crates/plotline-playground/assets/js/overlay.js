// Things over the page: dialogs, menus and small pickers. Each gives the focus back to where it was.

import { button, freshId, h, icon, iconButton } from "./dom.js";

/**
 * Opens a modal dialog on the browser's own `<dialog>`, which keeps the focus within and closes on Esc. `build` gets the
 * function that closes it and returns its content; `onClose` runs however it was closed.
 */
export function openDialog({ label, kind = "", build, onClose }) {
  const before = document.activeElement;
  const dialog = h("dialog", { class: ["dialog", kind], "aria-label": label });
  const close = () => dialog.close();
  dialog.append(...[build(close)].flat(Infinity).filter(Boolean));
  dialog.addEventListener("close", () => {
    dialog.remove();
    onClose?.();
    if (before?.isConnected) {
      // The browser has given the focus back already, but without the caret: a text field would take no letters.
      before.blur();
      before.focus();
    }
  });
  dialog.addEventListener("mousedown", (event) => {
    if (event.target === dialog) {
      close();
    }
  });
  document.getElementById("overlays").append(dialog);
  dialog.showModal();
  return dialog;
}

/** Asks before something that cannot be undone. */
export function confirmDialog({ title, text, action, onConfirm, kind = "danger" }) {
  const heading = freshId("confirm");
  openDialog({
    label: title,
    build: (close) => [
      h("div", { class: "dialog-head" }, h("h2", { id: heading }, title), iconButton("close", "Close", close)),
      h("div", { class: "dialog-body" }, h("p", {}, text)),
      h(
        "div",
        { class: "dialog-foot" },
        button("Cancel", close, { kind: "quiet" }),
        button(
          action,
          () => {
            close();
            onConfirm();
          },
          { kind, autofocus: true },
        ),
      ),
    ],
  });
}

let openPopover = null;

/** Closes the menu or picker that is open. */
export function closePopover() {
  openPopover?.();
}

/**
 * Shows `content` beside `anchor` (or at a point) until Esc, a click elsewhere or the returned `close`. Whoever fills it
 * later calls `fit` then. `asWide` makes it at least as wide as the anchor.
 */
export function popover(content, anchor, { at = null, label, role = "dialog", asWide = false } = {}) {
  closePopover();
  const before = document.activeElement;
  const box = h("div", { class: "popover", role, "aria-label": label, tabindex: "-1" }, content);
  // Nothing outside a modal dialog can be reached while it is open.
  (anchor?.closest("dialog") ?? document.getElementById("overlays")).append(box);
  if (asWide) {
    box.style.minWidth = `${anchor.offsetWidth}px`;
  }
  const fit = () => place(box, anchor, at);
  fit();
  anchor?.setAttribute("aria-expanded", "true");
  const close = () => {
    if (openPopover !== close) {
      return;
    }
    openPopover = null;
    const focusWasInside = box.contains(document.activeElement);
    box.remove();
    anchor?.removeAttribute("aria-expanded");
    document.removeEventListener("mousedown", outside, true);
    removeEventListener("resize", close);
    if (focusWasInside && before?.isConnected) {
      before.focus();
    }
  };
  const outside = (event) => {
    if (!box.contains(event.target) && !anchor?.contains(event.target)) {
      close();
    }
  };
  openPopover = close;
  document.addEventListener("mousedown", outside, true);
  addEventListener("resize", close);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Tab" && role === "menu") {
      close();
    }
  });
  return { box, close, fit };
}

// Room between a popover and the edge of the window, in pixels.
const EDGE_PX = 8;

function place(box, anchor, at) {
  const { width, height } = box.getBoundingClientRect();
  const from = at ? { left: at.x, right: at.x, top: at.y, bottom: at.y } : anchor.getBoundingClientRect();
  const below = from.bottom + height + EDGE_PX < innerHeight;
  const left = at ? from.left : from.right - width;
  box.style.left = `${Math.max(EDGE_PX, Math.min(left, innerWidth - width - EDGE_PX))}px`;
  box.style.top = `${Math.max(EDGE_PX, below ? from.bottom + 4 : from.top - height - 4)}px`;
}

/** A menu of `{label, icon, danger, run}` items; a string is a heading, `null` a line between. */
export function openMenu(items, anchor, { at = null, label }) {
  const list = h("div", { class: "menu" });
  const { box, close, fit } = popover(list, anchor, { at, label, role: "menu" });
  for (const item of items) {
    if (item === null) {
      list.append(h("div", { class: "menu-line", role: "separator" }));
    } else if (typeof item === "string") {
      list.append(h("div", { class: "menu-heading", role: "presentation" }, item));
    } else {
      list.append(
        h(
          "button",
          {
            type: "button",
            role: "menuitem",
            tabindex: "-1",
            class: ["menu-item", item.danger && "danger"],
            on: {
              click: () => {
                close();
                item.run();
              },
            },
          },
          item.icon && icon(item.icon),
          h("span", {}, item.label),
        ),
      );
    }
  }
  const entries = [...list.querySelectorAll("[role=menuitem]")];
  box.addEventListener("keydown", (event) => {
    const now = entries.indexOf(document.activeElement);
    const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: entries.length - 1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      entries.at(next % entries.length).focus();
    }
  });
  fit();
  entries[0]?.focus();
}

const EMOJI = ["👍", "👎", "❤️", "🎉", "😄", "😮", "😢", "🤔", "👀", "✅", "❌", "🔥", "📈", "📉", "📊", "💡", "🙏", "🚀", "⭐", "❓", "👏", "🐛", "☕", "💯"];

/** A small grid of emoji; `choose` gets the one that was picked. */
export function pickEmoji(anchor, choose) {
  const grid = h("div", { class: "emoji-grid" });
  const { close, fit } = popover(grid, anchor, { label: "Pick a reaction" });
  for (const emoji of EMOJI) {
    grid.append(
      h(
        "button",
        {
          type: "button",
          on: {
            click: () => {
              close();
              choose(emoji);
            },
          },
        },
        emoji,
      ),
    );
  }
  const all = [...grid.children];
  grid.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: EMOJI_COLUMNS, ArrowUp: -EMOJI_COLUMNS }[event.key];
    if (step) {
      event.preventDefault();
      all[Math.max(0, Math.min(all.length - 1, all.indexOf(document.activeElement) + step))].focus();
    }
  });
  fit();
  all[0].focus();
}

// As in the style sheet.
const EMOJI_COLUMNS = 6;
