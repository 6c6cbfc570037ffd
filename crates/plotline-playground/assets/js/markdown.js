// Reads the Markdown that Discord understands into a small tree. Pure: it knows nothing of the page, so that it can be
// tested on its own. `markdown-view.js` makes elements of the tree.

// Markup nested deeper than this is shown as text. It bounds the work on hostile input.
const DEPTH_MAX = 12;

const FENCE = /^```(?:([A-Za-z0-9_+.#-]{1,32})\n)?\n?([^]*?)\n?```/;
const HEADING = /^(#{1,3}) +(.+)$/;
const SMALL = /^-# +(.+)$/;
const LIST_ITEM = /^(\s*)(?:([-*])|(\d{1,9})\.) +(.*)$/;
const QUOTE = /^> ?(.*)$/;

/** The tree of a message: a list of blocks. */
export function parse(text) {
  return parseBlocks(text.replaceAll("\r\n", "\n"), 0);
}

function parseBlocks(text, depth) {
  const blocks = [];
  // Fences are cut out first: nothing within them is markup, and they may start in the middle of a line.
  let rest = text;
  while (rest !== "") {
    const at = rest.indexOf("```");
    const fence = at < 0 ? null : FENCE.exec(rest.slice(at));
    if (!fence || fence[2].trim() === "") {
      parseLines(rest, depth, blocks);
      break;
    }
    const before = rest.slice(0, at);
    if (/^>>> /m.test(before) || /(^|\n)> [^\n]*$/.test(before)) {
      // A fence within a quote belongs to the quote, which is read as a whole.
      parseLines(rest, depth, blocks);
      break;
    }
    parseLines(before.replace(/\n$/, ""), depth, blocks);
    blocks.push({ type: "code", language: fence[1] ?? "", text: fence[2] });
    rest = rest.slice(at + fence[0].length).replace(/^\n/, "");
  }
  return blocks;
}

function parseLines(text, depth, blocks) {
  if (text === "") {
    return;
  }
  const lines = text.split("\n");
  let paragraph = [];
  const flush = () => {
    if (paragraph.some((line) => line.trim() !== "")) {
      blocks.push({ type: "paragraph", children: parseInline(paragraph.join("\n").replace(/^\n+|\n+$/g, ""), depth) });
    }
    paragraph = [];
  };
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i];
    if (depth < DEPTH_MAX && line.startsWith(">>> ")) {
      flush();
      const inner = [line.slice(4), ...lines.slice(i + 1)].join("\n");
      blocks.push({ type: "quote", children: parseBlocks(inner, depth + 1) });
      return;
    }
    if (depth < DEPTH_MAX && line.startsWith("> ")) {
      flush();
      const inner = [];
      for (; i < lines.length && /^>( |$)/.test(lines[i]); i += 1) {
        inner.push(QUOTE.exec(lines[i])[1]);
      }
      i -= 1;
      blocks.push({ type: "quote", children: parseBlocks(inner.join("\n"), depth + 1) });
      continue;
    }
    const heading = HEADING.exec(line);
    const small = SMALL.exec(line);
    if (heading) {
      flush();
      blocks.push({ type: "heading", level: heading[1].length, children: parseInline(heading[2], depth) });
    } else if (small) {
      flush();
      blocks.push({ type: "small", children: parseInline(small[1], depth) });
    } else if (LIST_ITEM.test(line)) {
      flush();
      const items = [];
      for (; i < lines.length; i += 1) {
        const item = LIST_ITEM.exec(lines[i]);
        if (item) {
          items.push({ indent: item[1].length, number: item[3] ? Number(item[3]) : null, text: item[4] });
        } else if (items.length > 0 && /^\s+\S/.test(lines[i])) {
          items.at(-1).text += `\n${lines[i].trim()}`;
        } else {
          break;
        }
      }
      i -= 1;
      blocks.push(...nestList(items, depth));
    } else if (line.trim() === "" && paragraph.length > 0 && blocks.length === 0 && depth > 0) {
      flush();
    } else {
      paragraph.push(line);
    }
  }
  flush();
}

/** Turns items with indents into lists within lists. */
function nestList(items, depth) {
  const lists = [];
  let at = 0;
  while (at < items.length) {
    const { indent, number } = items[at];
    const list = { type: "list", ordered: number !== null, start: number ?? 1, items: [] };
    while (at < items.length && items[at].indent <= indent && (items[at].number !== null) === list.ordered) {
      const children = parseInline(items[at].text, depth);
      at += 1;
      const inner = [];
      while (at < items.length && items[at].indent > indent) {
        inner.push(items[at]);
        at += 1;
      }
      const nested = inner.length === 0 ? [] : depth < DEPTH_MAX ? nestList(inner, depth + 1) : [];
      list.items.push({ children, nested });
    }
    lists.push(list);
  }
  return lists;
}

// Spans that are written with the same mark on both sides, longest mark first.
const PAIRS = [
  { mark: "||", type: "spoiler" },
  { mark: "**", type: "bold" },
  { mark: "__", type: "underline" },
  { mark: "~~", type: "strike" },
  { mark: "*", type: "italic" },
  { mark: "_", type: "italic" },
];

// Tokens that are recognised where they start with one of these characters.
const TOKENS = [
  { pattern: /^<@!?(\d{1,20})>/, make: (m) => ({ type: "user", id: m[1] }) },
  { pattern: /^<@&(\d{1,20})>/, make: (m) => ({ type: "role", id: m[1] }) },
  { pattern: /^<#(\d{1,20})>/, make: (m) => ({ type: "channel", id: m[1] }) },
  { pattern: /^<\/([^:>\n]{1,100}):(\d{1,20})>/, make: (m) => ({ type: "command", name: m[1] }) },
  { pattern: /^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/, make: (m) => ({ type: "time", unixS: Number(m[1]), style: m[2] ?? "f" }) },
  { pattern: /^<a?:(\w{1,32}):\d{1,20}>/, make: (m) => ({ type: "emoji", name: m[1] }) },
  { pattern: /^<(https?:\/\/[^\s<>]+)>/, make: (m) => ({ type: "link", url: m[1], children: [textNode(m[1])] }) },
  { pattern: /^@(everyone|here)\b/, make: (m) => ({ type: "everyone", name: m[1] }) },
];
const CODE = /^(`{1,2})(?!`)([^]*?[^`])\1(?!`)/;
const MASKED = /^\[((?:[^[\]\\\n]|\\.){1,500})\]\(<?(https?:\/\/[^\s<>()]+(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?: +"[^"\n]*")?\)/;
const URL_START = /^https?:\/\/[^\s<>\]]+/;
const ESCAPED = /^\\([^\sA-Za-z0-9])/;

function textNode(text) {
  return { type: "text", text };
}

/** The tree of text within a block. */
export function parseInline(text, depth = 0) {
  const nodes = [];
  let plain = "";
  const push = (node, length) => {
    if (plain !== "") {
      nodes.push(textNode(plain));
      plain = "";
    }
    nodes.push(node);
    at += length;
  };
  let at = 0;
  while (at < text.length) {
    const found = depth < DEPTH_MAX ? inlineAt(text, at, depth) : null;
    if (found?.plain) {
      plain += found.plain;
      at += found.length;
    } else if (found) {
      push(found.node, found.length);
    } else {
      plain += text[at];
      at += 1;
    }
  }
  if (plain !== "") {
    nodes.push(textNode(plain));
  }
  return nodes;
}

// Characters that can start something other than plain text.
const SPECIAL = /[\\`<@[*_~|h]/;

function inlineAt(text, at, depth) {
  if (!SPECIAL.test(text[at])) {
    return null;
  }
  const rest = text.slice(at, at + INLINE_SPAN_MAX);
  const escaped = ESCAPED.exec(rest);
  if (escaped) {
    return { plain: escaped[1], length: 2 };
  }
  const code = CODE.exec(rest);
  if (code) {
    return { node: { type: "inline-code", text: code[2] }, length: code[0].length };
  }
  if (rest[0] === "<" || rest[0] === "@") {
    for (const { pattern, make } of TOKENS) {
      const match = pattern.exec(rest);
      if (match) {
        return { node: make(match), length: match[0].length };
      }
    }
    return null;
  }
  if (rest[0] === "[") {
    const masked = MASKED.exec(rest);
    return masked && { node: { type: "link", url: masked[2], children: parseInline(masked[1], depth + 1) }, length: masked[0].length };
  }
  if (rest[0] === "h") {
    const url = URL_START.exec(rest);
    return url && bareLink(url[0]);
  }
  return pairAt(text, rest, at, depth);
}

// No span of markup is longer than the longest message.
const INLINE_SPAN_MAX = 4096;

function bareLink(raw) {
  let url = raw.replace(/[.,:;!?'"*_~|]+$/, "");
  // A closing bracket belongs to the sentence unless one was opened within the link.
  while (url.endsWith(")") && url.split("(").length < url.split(")").length) {
    url = url.slice(0, -1);
  }
  return { node: { type: "link", url, children: [textNode(url)] }, length: url.length };
}

function pairAt(text, rest, at, depth) {
  for (const { mark, type } of PAIRS) {
    if (!rest.startsWith(mark)) {
      continue;
    }
    const end = closing(rest, mark);
    if (end < 0) {
      continue;
    }
    const inner = rest.slice(mark.length, end);
    if (mark === "_" && (/\w/.test(text[at - 1] ?? "") || /\w/.test(rest[end + 1] ?? ""))) {
      // Underscores within a word, such as `snake_case_name`, are text.
      continue;
    }
    if (mark === "*" && (/^\s/.test(inner) || /\s$/.test(inner))) {
      continue;
    }
    return { node: { type, children: parseInline(inner, depth + 1) }, length: end + mark.length };
  }
  return null;
}

/** Where the closing mark stands, skipping escapes and inline code; -1 when there is none or nothing is between. */
function closing(rest, mark) {
  let i = mark.length;
  while (i < rest.length) {
    if (rest[i] === "\\") {
      i += 2;
      continue;
    }
    if (rest[i] === "`") {
      const code = CODE.exec(rest.slice(i));
      if (code) {
        i += code[0].length;
        continue;
      }
    }
    if (rest.startsWith(mark, i)) {
      // `**` inside `*…*` belongs to a bold span.
      if (mark.length === 1 && rest[i + 1] === mark) {
        const inner = closing(rest.slice(i), mark + mark);
        i += inner < 0 ? 2 : inner + 2;
        continue;
      }
      // `***` closes the inner span first.
      if (mark.length === 2 && mark[0] === "*" && rest[i + 2] === "*" && rest[mark.length] === "*") {
        i += 1;
      }
      return i > mark.length ? i : -1;
    }
    i += 1;
  }
  return -1;
}

/** The text of a message without any markup, for previews and for screen readers. */
export function plainText(text, names = {}) {
  const walk = (nodes) => nodes.map((node) => flat(node)).join("");
  const flat = (node) => {
    switch (node.type) {
      case "text":
      case "inline-code":
      case "code":
        return node.text;
      case "list":
        return node.items.map((item) => `${walk(item.children)} ${walk(item.nested)}`).join(" ");
      case "user":
        return `@${names.user?.(node.id) ?? "user"}`;
      case "role":
        return `@${names.role?.(node.id) ?? "role"}`;
      case "channel":
        return `#${names.channel?.(node.id) ?? "channel"}`;
      case "everyone":
        return `@${node.name}`;
      case "command":
        return `/${node.name}`;
      case "emoji":
        return `:${node.name}:`;
      case "time":
        return new Date(node.unixS * 1000).toLocaleString();
      case "spoiler":
        return "(spoiler)";
      default:
        return walk(node.children);
    }
  };
  return parse(text).map(flat).join(" ").replace(/\s+/g, " ").trim();
}
