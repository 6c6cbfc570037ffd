// Three ready-made questions. One click sends one, so that the first chart is one click away.

import { connection } from "./app-connection.js";
import { h, icon, toast } from "./dom.js";
import { store } from "./store.js";

const TABLE = `Month	Online	Stores	Returns
January	18,400	31,250	1,930
February	19,100	29,870	1,780
March	22,650	30,410	2,050
April	24,300	28,990	1,990
May	27,850	29,340	2,310
June	31,200	27,760	2,480`;

const CSV = `date,region,orders,revenue_eur
2026-01-31,North,412,18540.50
2026-01-31,South,388,16205.00
2026-01-31,West,275,12110.75
2026-02-28,North,430,19480.00
2026-02-28,South,401,17020.25
2026-02-28,West,298,13377.10
2026-03-31,North,466,21395.40
2026-03-31,South,397,16890.00
2026-03-31,West,341,15604.90
2026-04-30,North,489,22710.00
2026-04-30,South,420,18244.60
2026-04-30,West,372,17002.35
`;

export const EXAMPLES = [
  {
    key: "table",
    title: "Chart this table",
    text: "Pastes a table of sales and asks for a chart",
    iconName: "chart",
    make: (mention) => ({ content: `${mention} create a graph of online and store sales by month\n${TABLE}`, files: [] }),
  },
  {
    key: "question",
    title: "Ask a question",
    text: "Asks something that needs no data",
    iconName: "question",
    make: (mention) => ({ content: `${mention} what can you do with a table that I paste here?`, files: [] }),
  },
  {
    key: "csv",
    title: "CSV file",
    text: "Attaches orders.csv and asks for revenue by region",
    iconName: "file",
    make: (mention) => ({
      content: `${mention} plot revenue by region over time`,
      files: [new File([CSV], "orders.csv", { type: "text/csv" })],
    }),
  },
];

/** Sends an example as the person acted as, to the channel that is open, or to the first one where that may write. */
export async function sendExample(example) {
  const channel = store.can("send", store.channel) ? store.channel : store.topChannels().find((c) => store.can("send", c.id))?.id;
  if (channel !== store.channel) {
    store.open({ channel });
  }
  const { content, files } = example.make(`<@${store.bot}>`);
  try {
    await connection.act("post", { channel, content, reply_to: null }, files);
  } catch (error) {
    toast(error.message, "bad");
  }
}

/** The three as large cards (for an empty channel) or as a row of chips. */
export function exampleCards({ large }) {
  return h(
    "div",
    { class: large ? "example-cards" : "example-chips", role: "group", "aria-label": "Ready-made examples" },
    !large && h("span", { class: "hint" }, "Try:"),
    EXAMPLES.map((example) =>
      h(
        "button",
        { type: "button", class: large ? "example-card" : "chip", title: large ? null : example.text, "data-example": example.key, on: { click: () => sendExample(example) } },
        icon(example.iconName),
        large ? h("span", { class: "example-text" }, h("strong", {}, example.title), h("span", {}, example.text)) : example.title,
      ),
    ),
  );
}
