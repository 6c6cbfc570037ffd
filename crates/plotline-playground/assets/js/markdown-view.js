// Makes elements of the tree that `markdown.js` reads. Only known elements with text and checked links are made.

import { h, icon, toast } from "./dom.js";
import { parse } from "./markdown.js";
import { store } from "./store.js";
import { timeText } from "./time.js";

/** The elements of a message's text. `onChannel` opens a channel that is mentioned. */
export function renderMarkdown(text, { onChannel } = {}) {
  const context = { onChannel };
  return parse(text).map((block) => renderBlock(block, context));
}

function renderAll(nodes, context) {
  return nodes.map((node) => renderInline(node, context));
}

function renderBlock(block, context) {
  switch (block.type) {
    case "code":
      return codeBlock(block);
    case "heading":
      // The page's own headings end at level 2, so a message's start at level 3.
      return h(`h${block.level + 2}`, { class: `md-h${block.level}` }, renderAll(block.children, context));
    case "small":
      return h("p", { class: "md-small" }, renderAll(block.children, context));
    case "quote":
      return h("blockquote", { class: "md-quote" }, block.children.map((child) => renderBlock(child, context)));
    case "list":
      return list(block, context);
    default:
      return h("p", { class: "md-p" }, renderAll(block.children, context));
  }
}

function list(block, context) {
  const items = block.items.map((item) =>
    h("li", {}, renderAll(item.children, context), item.nested.map((nested) => list(nested, context))),
  );
  return block.ordered
    ? h("ol", { class: "md-list", start: block.start }, items)
    : h("ul", { class: "md-list" }, items);
}

function codeBlock({ language, text }) {
  const copy = h(
    "button",
    {
      type: "button",
      class: "code-copy",
      title: "Copy",
      "aria-label": "Copy this code",
      on: {
        click: async () => {
          try {
            await navigator.clipboard.writeText(text);
            toast("Copied.");
          } catch {
            toast("The browser did not allow copying.", "bad");
          }
        },
      },
    },
    icon("copy"),
  );
  return h(
    "figure",
    { class: "md-code" },
    language && h("figcaption", {}, language),
    copy,
    h("pre", { tabindex: "0", "aria-label": language ? `Code, ${language}` : "Code" }, h("code", {}, text)),
  );
}

function renderInline(node, context) {
  switch (node.type) {
    case "text":
      return node.text;
    case "inline-code":
      return h("code", { class: "md-code-inline" }, node.text);
    case "bold":
      return h("strong", {}, renderAll(node.children, context));
    case "italic":
      return h("em", {}, renderAll(node.children, context));
    case "underline":
      return h("u", {}, renderAll(node.children, context));
    case "strike":
      return h("s", {}, renderAll(node.children, context));
    case "spoiler":
      return spoiler(node, context);
    case "link":
      return link(node, context);
    case "user":
      return h("span", { class: ["mention", node.id === store.you && "me"] }, `@${store.nameOf(node.id)}`);
    case "role":
      return h("span", { class: "mention" }, `@${store.roles.get(node.id)?.name ?? "unknown role"}`);
    case "everyone":
      return h("span", { class: "mention" }, `@${node.name}`);
    case "channel":
      return channelMention(node, context);
    case "command":
      return h("span", { class: "mention" }, `/${node.name}`);
    case "emoji":
      return `:${node.name}:`;
    case "time":
      return time(node);
    default:
      return renderAll(node.children ?? [], context);
  }
}

function link({ url, children }, context) {
  // The parser lets only http and https through; the URL class refuses what a browser would not open.
  if (!URL.canParse(url)) {
    return renderAll(children, context);
  }
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow", title: url }, renderAll(children, context));
}

function channelMention({ id }, context) {
  const channel = store.channels.get(id);
  if (!channel) {
    return h("span", { class: "mention" }, "#unknown");
  }
  return h("button", { type: "button", class: "mention", on: { click: () => context.onChannel?.(channel) } }, `#${channel.name}`);
}

function spoiler({ children }, context) {
  const inner = h("span", { class: "spoiler-text", "aria-hidden": "true" }, renderAll(children, context));
  const cover = h("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Spoiler. Press Enter to reveal.", "aria-expanded": "false" }, inner);
  const reveal = () => {
    cover.classList.add("open");
    for (const name of ["role", "tabindex", "aria-label", "aria-expanded"]) {
      cover.removeAttribute(name);
    }
    inner.removeAttribute("aria-hidden");
  };
  cover.addEventListener("click", reveal, { once: true });
  cover.addEventListener("keydown", (event) => {
    if ((event.key === "Enter" || event.key === " ") && event.target === cover) {
      event.preventDefault();
      reveal();
    }
  });
  return cover;
}

function time({ unixS, style }) {
  const date = new Date(unixS * 1000);
  if (Number.isNaN(date.getTime())) {
    return "Invalid date";
  }
  return h("time", { class: "md-time", datetime: date.toISOString(), title: timeText(date, "F") }, timeText(date, style));
}
