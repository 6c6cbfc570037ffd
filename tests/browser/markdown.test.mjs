// The page's reading of Markdown, on its own.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const source = readFileSync(new URL("../../crates/plotline-playground/assets/js/markdown.js", import.meta.url));
const { parse, plainText } = await import(`data:text/javascript;base64,${source.toString("base64")}`);

/** A tree as one line: `bold(text)`. */
function flat(nodes) {
  return nodes
    .map((node) => {
      const inner = node.children ? flat(node.children) : (node.text ?? node.id ?? node.name ?? "");
      const items = node.items?.map((item) => `[${flat(item.children)}${item.nested.length > 0 ? ` ${flat(item.nested)}` : ""}]`).join("");
      const extra = node.language || node.url || node.style || node.level || "";
      return node.type === "text" ? inner : `${node.type}${extra ? `:${extra}` : ""}(${items ?? inner})`;
    })
    .join(" ")
    .replaceAll("  ", " ");
}

const cases = [
  ["inline marks nest", "**bold *it* x** ***both*** ~~s~~ __u__ _i_", "paragraph(bold(bold italic(it) x) bold(italic(both)) strike(s) underline(u) italic(i))"],
  ["snake_case stays text", "a_b_c and 2*3*4 kg", "paragraph(a_b_c and 2 italic(3) 4 kg)"],
  ["escapes show the mark", "\\*no\\* \\||no||", "paragraph(*no* ||no||)"],
  ["code hides marks", "`a **b**` ``c`d``", "paragraph(inline-code(a **b**) inline-code(c`d))"],
  ["spoilers may hold code", "||x `a||b`||", "paragraph(spoiler(x inline-code(a||b)))"],
  ["a fence has a language", "before\n```csv\na,b\n```\nafter", "paragraph(before) code:csv(a,b) paragraph(after)"],
  ["a fence may be unfinished", "```csv\na,b", "paragraph(```csv\na,b)"],
  ["lists nest", "- a\n  - b\n- c\n1. d", "list([a list([b])][c]) list([d])"],
  ["headings and small text", "# T\n### S\n-# s\n#no", "heading:1(T) heading:3(S) small(s) paragraph(#no)"],
  ["a quote ends with its lines", "> a\n> b\nc", "quote(paragraph(a\nb)) paragraph(c)"],
  ["a long quote takes the rest", ">>> a\n- b", "quote(paragraph(a) list([b]))"],
  ["mentions", "<@1> <@!2> <@&3> <#4> @everyone </help:5>", "paragraph(user(1) user(2) role(3) channel(4) everyone(everyone) command(help))"],
  ["links keep their brackets", "https://x.y/z(a). (https://a.b)", "paragraph(link:https://x.y/z(a)(https://x.y/z(a)) . ( link:https://a.b(https://a.b) ))"],
  ["masked links", "[t](https://q.r/s_(u))", "paragraph(link:https://q.r/s_(u)(t))"],
  ["other schemes are text", "[t](javascript:alert(1)) <javascript:x>", "paragraph([t](javascript:alert(1)) <javascript:x>)"],
  ["HTML is text", "<b>x</b><img src=x onerror=alert(1)>", "paragraph(<b>x</b><img src=x onerror=alert(1)>)"],
];

for (const [name, text, expected] of cases) {
  test(name, () => assert.equal(flat(parse(text)), expected));
}

test("hostile text takes no time to speak of", () => {
  for (const piece of ["*_~|", "**a", "[a](", "`a", "> ", "- ", "||", "```", "<@", "(https://a"]) {
    const text = piece.repeat(Math.ceil(4000 / piece.length));
    const start = performance.now();
    parse(text);
    parse(text.replaceAll(/(.{20})/g, "$1\n"));
    // A guard against exponential work, which would take minutes; no measurement.
    assert.ok(performance.now() - start < 5000, piece);
  }
});

test("a preview names what it cannot show", () => {
  const names = { user: () => "Ada", channel: () => "data" };
  assert.equal(plainText("**Hi** <@1> in <#2>, ||secret||\n```js\nx\n```", names), "Hi @Ada in #data, (spoiler) x");
});
