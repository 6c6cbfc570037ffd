// The newest jobs of the ledger, each as a small pipeline of its states.

import { h } from "./dom.js";
import { store } from "./store.js";
import { durationText } from "./time.js";

const STEPS = ["claimed", "thread", "placeholder", "answering", "delivered"];
const ENDS = { failed: "failed", cancelled: "cancelled" };
// Jobs shown at most, newest first.
const JOBS_MAX = 6;
// A quick job passes several states between two looks; they light up one after the other, this far apart.
const STEP_PAUSE_MS = 130;

export class JobList {
  /** Job id → its row, the step it shows and the one it is to reach. */
  #rows = new Map();

  constructor() {
    this.list = h("ol", { class: "jobs" });
    this.empty = h("p", { class: "hint" }, "No job yet. Send an example and watch it pass.");
    this.element = h("div", {}, this.empty, this.list);
  }

  render() {
    const jobs = store.jobs.slice(0, JOBS_MAX);
    this.empty.hidden = jobs.length > 0;
    const wanted = new Set(jobs.map((job) => job.id));
    for (const [id, row] of this.#rows) {
      if (!wanted.has(id)) {
        clearTimeout(row.timer);
        this.#rows.delete(id);
        row.element.remove();
      }
    }
    jobs.forEach((job, index) => {
      const row = this.#rows.get(job.id) ?? this.#add(job);
      if (this.list.children[index] !== row.element) {
        this.list.insertBefore(row.element, this.list.children[index] ?? null);
      }
      this.#aim(row, job);
    });
  }

  #add(job) {
    const dots = STEPS.map((step) => h("li", { class: "step" }, h("span", {}, step)));
    const about = h("span", { class: "hint" });
    const element = h("li", { class: "job" }, h("div", { class: "job-head" }, h("strong", {}, `Job ${job.id}`), about), h("ol", { class: "steps", "aria-label": "States" }, dots));
    const row = { element, dots, about, told: "", shown: -1, target: -1, timer: 0 };
    this.#rows.set(job.id, row);
    return row;
  }

  #aim(row, job) {
    const end = ENDS[job.state];
    row.element.classList.toggle("failed", end !== undefined);
    row.end = end;
    row.target = end ? STEPS.length - 1 : Math.max(0, STEPS.indexOf(job.state));
    const finished = end !== undefined || job.state === "delivered";
    row.told = finished ? (end ?? "done") : `${job.owner ? `by ${job.owner}` : "waiting for a bot"}, ${durationText(job.age_ms ?? 0)}`;
    if (!finished) {
      row.about.textContent = row.told;
    }
    row.dots.at(-1).firstChild.textContent = end ?? "delivered";
    if (row.timer === 0) {
      this.#step(row);
    }
  }

  #step(row) {
    row.timer = 0;
    if (row.shown === row.target) {
      // The words do not run ahead of the steps.
      row.about.textContent = row.told;
      return;
    }
    row.shown += row.shown < row.target ? 1 : -1;
    row.dots.forEach((dot, i) => {
      dot.classList.toggle("past", i < row.shown || (i === row.shown && i === STEPS.length - 1));
      dot.classList.toggle("now", i === row.shown && i < STEPS.length - 1);
    });
    row.timer = setTimeout(() => this.#step(row), STEP_PAUSE_MS);
  }
}
