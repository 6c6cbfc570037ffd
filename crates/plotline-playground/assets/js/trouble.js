// The strip of counters under the page and the dock above it, where trouble is caused and the promises can be watched.

import { connection } from "./app-connection.js";
import { button, fill, h, icon, iconButton, rove, toast } from "./dom.js";
import { JobList } from "./jobs.js";
import { confirmDialog, openDialog } from "./overlay.js";
import { store } from "./store.js";

const COUNTERS = [
  { key: "events", label: "Events", about: "Everything that the gateway told the bot, copies included" },
  { key: "gate_1_drops", label: "Dropped: gate 1", about: "Copies dropped at the first gate: this message was already seen", drop: true },
  { key: "gate_2_drops", label: "gate 2", about: "Copies dropped at the second gate: this person's command on this message already runs", drop: true },
  { key: "ledger_drops", label: "ledger", about: "Copies dropped by the ledger: another process or an earlier life has it", drop: true },
  { key: "threads", label: "Threads", about: "Threads that the bot started" },
  { key: "answers", label: "Answers", about: "Answers that were delivered whole" },
  { key: "model_calls", label: "Model calls", about: "Calls to a language model; the built-in answerer makes none" },
  { key: "charts", label: "Charts", about: "Charts that were drawn" },
];

const COPIES = [1, 2, 3, 4, 5];

const STATE_TEXT = { starting: "starting", connecting: "connecting", ready: "online", stopping: "stopping", stopped: "stopped", killed: "killed", failed: "ended by itself" };
const RUNNING = new Set(["starting", "connecting", "ready", "stopping"]);

export class TroubleDock {
  #open = false;

  constructor(element) {
    this.element = element;
    this.toggle = h(
      "button",
      { type: "button", class: "dock-toggle", "aria-expanded": "false", "aria-controls": "dock", on: { click: () => this.setOpen(!this.#open) } },
      icon("bolt"),
      h("span", {}, "Trouble"),
      icon("chevron"),
    );
    this.cells = new Map();
    this.strip = h("dl", { class: "strip", tabindex: "0", "aria-label": "Live counters" }, COUNTERS.map((counter) => this.#cell(counter)));
    this.light = h("span", { class: "light-list" });
    this.jobs = new JobList();
    this.bots = h("div", { class: "bots" });
    this.pending = h("ul", { class: "pending" });
    this.dock = h("div", { id: "dock", class: "dock", hidden: true });
    element.append(this.dock, h("div", { class: "strip-bar" }, this.toggle, this.strip, this.light));
    this.#build();
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#open && !event.defaultPrevented) {
        this.setOpen(false);
        this.toggle.focus();
      }
    });
    store.on("status", () => this.render());
  }

  setOpen(open) {
    this.#open = open;
    this.dock.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
    this.element.classList.toggle("open", open);
  }

  #cell(counter) {
    const value = h("dd", {}, "0");
    this.cells.set(counter.key, value);
    return h("div", { class: ["cell", counter.drop && "drop"], title: counter.about }, h("dt", {}, counter.label), value);
  }

  #build() {
    this.copies = h("div", { class: "segments", role: "radiogroup", "aria-label": "Copies of each message" });
    for (const count of COPIES) {
      this.copies.append(
        h("button", { type: "button", role: "radio", class: "segment", "aria-label": count === 1 ? "Once" : `${count} times`, "data-count": count, on: { click: () => this.#act("trouble", { deliver: count }) } }, `${count}×`),
      );
    }
    rove(this.copies, ".segment", { axis: "both" });
    this.again = h("input", { type: "checkbox", id: "again-in-thread", on: { change: () => this.#act("trouble", { again_in_thread: this.again.checked }) } });
    this.route = h(
      "select",
      { class: "input small", "aria-label": "Which request" },
      [["any", "request"], ["thread", "start of a thread"], ["post", "new message"], ["edit", "edit"]].map(([value, label]) => h("option", { value }, label)),
    );
    this.delay = h(
      "select",
      { class: "input small", "aria-label": "How long" },
      [["2000", "2 s"], ["5000", "5 s"], ["15000", "15 s"]].map(([value, label]) => h("option", { value }, label)),
    );
    fill(
      this.dock,
      h(
        "div",
        { class: "dock-head" },
        h("h2", {}, "Trouble and promises"),
        button("Reset", () => this.#askReset(), { kind: "quiet", iconName: "refresh", "aria-label": "Reset everything" }),
        iconButton("close", "Close", () => {
          this.setOpen(false);
          this.toggle.focus();
        }),
      ),
      h(
        "div",
        { class: "dock-grid" },
        h("div", { class: "dock-column" }, this.#deliverGroup(), this.#connectionGroup()),
        h("div", { class: "dock-column" }, this.#requestGroup()),
        h("div", { class: "dock-column" }, group("The bot", "A cut answer is finished in the same message, after a restart or by the replica.", this.bots)),
        h("div", { class: "dock-column" }, group("Jobs, as they pass", "One question is one job, whoever works on it.", this.jobs.element)),
      ),
    );
  }

  #deliverGroup() {
    return group(
      "Deliver each message",
      "However often it arrives: one thread, one answer.",
      this.copies,
      h("label", { class: "check", for: "again-in-thread" }, this.again, h("span", {}, "and once more inside its thread")),
    );
  }

  #connectionGroup() {
    const drop = (resumable) => () => this.#act("drop_connection", { resumable }, "The connection was dropped.");
    return group(
      "Drop the connection",
      "No mention is lost while the bot reconnects.",
      h("div", { class: "buttons" }, button("Can resume", drop(true)), button("Cannot resume", drop(false))),
    );
  }

  #requestGroup() {
    const fault = (kind, when) => () =>
      this.#act("next_request", { fault: kind, when, route: this.route.value, ms: kind === "delay" ? Number(this.delay.value) : 0 });
    const pick = (kind, when, label) => button(when, fault(kind, when), { "aria-label": label, title: label });
    return group(
      "The bot's next request",
      "A failure is tried again without doing anything twice.",
      h("div", { class: "inline-field" }, h("span", {}, "The next"), this.route),
      h(
        "div",
        { class: "fault-table" },
        h("span", { class: "fault-name" }, "fails"),
        pick("fail", "before", "Fails before Discord does it"),
        pick("fail", "after", "Fails after Discord did it"),
        h("span", { class: "fault-name" }, "waits", this.delay),
        pick("delay", "before", "Waits before Discord does it"),
        pick("delay", "after", "Waits after Discord did it"),
      ),
      this.pending,
    );
  }

  async #act(type, details = {}, said = null) {
    try {
      await connection.act(type, details);
      if (said) {
        toast(said);
      }
    } catch (error) {
      toast(error.message, "bad");
      this.render();
    }
  }

  #askReset() {
    confirmDialog({
      title: "Reset everything",
      text: "All messages, threads and settings go away, the bot starts with an empty database, and the trouble ends.",
      action: "Reset",
      onConfirm: () => this.#act("reset", {}, "Everything is as it was at the start."),
    });
  }

  /** Shows the newest status. */
  render() {
    for (const { key } of COUNTERS) {
      const cell = this.cells.get(key);
      const text = String(store.counters[key] ?? 0);
      if (cell.textContent !== text) {
        const grew = Number(text) > Number(cell.textContent);
        cell.textContent = text;
        if (grew) {
          cell.parentElement.classList.remove("bumped");
          // Reading the width makes the browser start the animation anew.
          void cell.offsetWidth;
          cell.parentElement.classList.add("bumped");
        }
      }
    }
    const { deliver, again_in_thread: again, pending } = store.trouble;
    for (const segment of this.copies.children) {
      const checked = Number(segment.dataset.count) === deliver;
      segment.setAttribute("aria-checked", String(checked));
      segment.tabIndex = checked ? 0 : -1;
    }
    this.again.checked = again;
    this.toggle.classList.toggle("active", deliver > 1 || again || pending.length > 0);
    fill(
      this.pending,
      pending.map((fault) =>
        h("li", {}, icon("bolt"), h("span", {}, fault.text), iconButton("close", `Take back: ${fault.text}`, () => this.#act("cancel_fault", { fault: fault.id }))),
      ),
    );
    this.#renderBots();
    this.jobs.render();
  }

  #renderBots() {
    const shape = JSON.stringify(store.processes.map((p) => [p.slot, p.state, p.pid]));
    fill(
      this.light,
      store.processes
        .filter((process) => process.slot === 1 || RUNNING.has(process.state))
        .map((process) => h("span", { class: ["light", process.state], title: `${process.name}: ${STATE_TEXT[process.state]}` }, `${process.name} ${STATE_TEXT[process.state]}`)),
    );
    if (shape === this.botShape) {
      return;
    }
    this.botShape = shape;
    const focused = this.bots.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    fill(this.bots, store.processes.map((process) => this.#bot(process)));
    if (focused) {
      const slot = focused.split("-")[1];
      (this.bots.querySelector(`[data-key="${focused}"]`) ?? this.bots.querySelector(`[data-key$="-${slot}"]:not(:disabled)`))?.focus();
    }
  }

  #bot(process) {
    const running = RUNNING.has(process.state);
    const key = (what) => ({ "data-key": `${what}-${process.slot}` });
    const act = (what) => () => this.#act(what, { slot: process.slot });
    return h(
      "div",
      { class: "bot-row" },
      h(
        "div",
        { class: "bot-about" },
        h("span", { class: ["light", process.state] }, process.name),
        h("span", { class: "hint" }, running && process.pid ? `${STATE_TEXT[process.state]}, process ${process.pid}` : STATE_TEXT[process.state]),
      ),
      h(
        "div",
        { class: "buttons" },
        running
          ? [
              button("Kill", act("kill"), { kind: "danger", ...key("kill"), "aria-label": `Kill ${process.name}`, title: "SIGKILL: no time to tidy up" }),
              process.slot > 1 && button("Stop", act("stop"), { ...key("stop"), "aria-label": `Stop ${process.name}` }),
            ]
          : button(process.slot > 1 ? "Start a replica" : "Start again", act("start"), { kind: "primary", iconName: "play", ...key("start") }),
        button("Log", () => openLog(process), { kind: "quiet", ...key("log"), "aria-label": `Log of ${process.name}` }),
      ),
      process.note && h("p", { class: "hint" }, process.note),
    );
  }
}

function group(title, promise, ...content) {
  return h("section", { class: "trouble-group" }, h("h3", {}, title), h("p", { class: "hint" }, promise), content);
}

function openLog(process) {
  const lines = h("pre", { class: "log", tabindex: "0", "aria-label": `Log of ${process.name}` });
  const show = ({ slot }) => {
    if (slot === process.slot) {
      lines.textContent = (store.logs.get(slot) ?? []).join("\n") || "Nothing was logged yet.";
      lines.scrollTop = lines.scrollHeight;
    }
  };
  const listener = (event) => show(event.detail);
  store.addEventListener("log", listener);
  openDialog({
    label: `Log of ${process.name}`,
    kind: "wide",
    onClose: () => store.removeEventListener("log", listener),
    build: (close) => [h("div", { class: "dialog-head" }, h("h2", {}, `Log of ${process.name}`), iconButton("close", "Close", close)), lines],
  });
  show({ slot: process.slot });
}
