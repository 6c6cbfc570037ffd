// Building elements. Content from people or from the bot only ever enters the page as text nodes and attributes; no part
// of this page parses HTML (the page's policy forbids it as well).

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. `props` sets attributes; `class`, `dataset`, `on` (listeners) and `value`/`checked`/`disabled` (properties)
 * are understood. `false`, `null` and `undefined` leave an attribute out.
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    setProp(element, name, value);
  }
  append(element, children);
  return element;
}

function setProp(element, name, value) {
  if (value === undefined || value === null || value === false) {
    return;
  }
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) {
      element.addEventListener(event, listener);
    }
  } else if (name === "dataset") {
    Object.assign(element.dataset, value);
  } else if (name === "class") {
    element.className = Array.isArray(value) ? value.filter(Boolean).join(" ") : value;
  } else if (name === "value" || name === "checked" || name === "disabled" || name === "htmlFor") {
    element[name] = value;
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Appends nodes, strings and nested lists of them; empty values are left out. */
export function append(parent, children) {
  for (const child of [children].flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false && child !== "") {
      parent.append(child);
    }
  }
  return parent;
}

/** Replaces all children. */
export function fill(parent, ...children) {
  parent.replaceChildren();
  return append(parent, children);
}

/** An SVG element. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

// Line icons on a 24 × 24 grid, one path each.
const ICONS = {
  hash: "M9 4 7 20M17 4l-2 16M4 9h17M3 15h17",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  thread: "M5 5h14v10H10l-4 4v-4H5zM9 9h6M9 12h3",
  people: "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7ZM3 20c0-3.500 2.700-5.500 6-5.500s6 2 6 5.500M16 4.500a3.500 3.500 0 0 1 0 6.500M18 15c2 .8 3 2.500 3 5",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6 6 18",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500Z",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M18.700 5.300l-1.400 1.400M6.700 17.300l-1.400 1.400",
  plus: "M12 5v14M5 12h14",
  send: "M4 12 20 4l-4.500 16-4-6.500zM11.500 13.500 20 4",
  reply: "M10 6 4 12l6 6M4 12h9c4 0 7 2 7 6",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8.500 14.500a4.500 4.500 0 0 0 7 0M9 9.500v.1M15 9.500v.1",
  more: "M4.7 12a.8.8 0 1 0 1.6 0 .8.8 0 0 0-1.6 0Z M11.2 12a.8.8 0 1 0 1.6 0 .8.8 0 0 0-1.6 0Z M17.7 12a.8.8 0 1 0 1.6 0 .8.8 0 0 0-1.6 0Z",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  file: "M6 3h8l4 4v14H6zM14 3v5h4",
  download: "M12 4v11M7.500 11 12 15.500 16.500 11M5 20h14",
  chart: "M4 20h16M7 16v-5M12 16V5M17 16V9",
  question: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.8.4-1 .9-1 1.700M12 16.500v.1",
  bolt: "M13 3 5 14h6l-1 7 8-11h-6z",
  chevron: "M6 9l6 6 6-6",
  bot: "M5 9h14v10H5zM12 9V5M9.500 13.500v.6M14.500 13.500v.6M3 13v3M21 13v3",
  apps: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z",
  refresh: "M19 8a8 8 0 1 0 1 6M19.500 3.500V8H15",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  check: "M5 12.500 10 17.500 19.500 7",
  slash: "M9 19 15 5M4 4h16v16H4z",
  play: "M8 5v14l11-7z",
  stop: "M6 6h12v12H6z",
  at: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0Zm0 0v1.500a2.500 2.500 0 0 0 5 0V12a9 9 0 1 0-4 7.500",
};

/** A decorative icon by name. */
export function icon(name) {
  return svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));
}

/** A button that shows an icon only; `label` is its name and its tooltip. */
export function iconButton(name, label, onClick, props = {}) {
  const { class: extra, ...rest } = props;
  return h(
    "button",
    { type: "button", title: label, "aria-label": label, ...rest, class: ["icon-button", extra], on: { click: onClick } },
    icon(name),
  );
}

/** A labelled button, optionally with an icon. */
export function button(label, onClick, { kind = "", iconName = null, ...props } = {}) {
  return h(
    "button",
    { type: "button", ...props, class: ["button", kind], on: { click: onClick } },
    iconName && icon(iconName),
    h("span", {}, label),
  );
}

let lastId = 0;

/** An id that nothing else in the page has. */
export function freshId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** Tells screen readers something that is seen by others. */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

/** Shows a short line for a few seconds. */
export function toast(text, kind = "") {
  const line = h("div", { class: ["toast", kind] }, text);
  document.getElementById("toasts").append(line);
  setTimeout(() => line.remove(), TOAST_MS);
}

// Long enough to read two lines.
const TOAST_MS = 6000;

/**
 * Arrow keys move the focus within a group that is one tab stop. `selector` finds the items, wherever it is asked (so no
 * `:scope`); Home and End go to the ends. Until the focus comes in, the stop is the first item, or with `last` the last.
 */
export function rove(group, selector, { axis = "both", last = false } = {}) {
  const items = () => [...group.querySelectorAll(selector)].filter((item) => !item.disabled && item.getClientRects().length > 0);
  const setStop = (current) => {
    for (const item of group.querySelectorAll(selector)) {
      item.tabIndex = item === current ? 0 : -1;
    }
  };
  group.addEventListener("focusin", (event) => {
    const item = event.target.closest(selector);
    if (item && group.contains(item)) {
      setStop(item);
    }
  });
  group.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !event.target.matches(selector)) {
      return;
    }
    const forward = (event.key === "ArrowDown" && axis !== "x") || (event.key === "ArrowRight" && axis !== "y");
    const back = (event.key === "ArrowUp" && axis !== "x") || (event.key === "ArrowLeft" && axis !== "y");
    const all = items();
    const at = all.indexOf(event.target);
    let next = null;
    if (forward) {
      next = all[Math.min(at + 1, all.length - 1)];
    } else if (back) {
      next = all[Math.max(at - 1, 0)];
    } else if (event.key === "Home") {
      next = all[0];
    } else if (event.key === "End") {
      next = all.at(-1);
    }
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });
  /** Keeps exactly one tab stop after the items changed. */
  return () => {
    const all = items();
    if (last && !group.contains(document.activeElement)) {
      setStop(all.at(-1));
      return;
    }
    const stop = all.find((item) => item.tabIndex === 0) ?? all.find((item) => item.getAttribute("aria-current") === "true") ?? all[0];
    setStop(stop);
  };
}
