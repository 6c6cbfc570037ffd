// A modal that the bot opened: text fields and selects with their limits, submitted once.

import { connection } from "./app-connection.js";
import { selectControl } from "./components.js";
import { button, freshId, h, iconButton } from "./dom.js";
import { follow } from "./interactions.js";
import { openDialog } from "./overlay.js";
import { store } from "./store.js";

const TYPE = { ROW: 1, TEXT_INPUT: 4, TEXT_DISPLAY: 10, LABEL: 18 };
const PARAGRAPH = 2;
// Discord's own limit for a field that names none, in characters.
const TEXT_LENGTH_MAX = 4000;
// The count shows from this part of the limit on.
const COUNT_FROM = 0.8;

store.on("interaction", (event) => {
  if (event.type === "modal_opened") {
    openModal(event);
  }
});

function openModal({ interaction_id: interaction, modal }) {
  const fields = [];
  const errorLine = h("p", { class: "error-text", role: "alert", hidden: true });
  let submitted = false;
  const form = h("form", { class: "dialog-form", novalidate: true });
  const dialog = openDialog({
    label: modal.title,
    kind: "modal",
    build: (close) => {
      const submit = button("Submit", () => {}, { kind: "primary" });
      submit.type = "submit";
      form.append(
        h("div", { class: "dialog-head" }, h("h2", {}, modal.title), iconButton("close", "Close", close)),
        h("div", { class: "dialog-body" }, modal.components.map((part) => renderPart(part, fields)), errorLine),
        h("div", { class: "dialog-foot" }, h("span", { class: "hint" }, `This form goes to ${store.nameOf(store.bot)}.`), button("Cancel", close, { kind: "quiet" }), submit),
      );
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (submitted || !check(fields)) {
          return;
        }
        submitted = true;
        errorLine.hidden = true;
        submit.setAttribute("aria-busy", "true");
        follow(connection.act("modal_submit", { interaction, values: values(fields) }), {
          acknowledged: close,
          failed: () => {
            submitted = false;
            submit.removeAttribute("aria-busy");
            errorLine.textContent = "Something went wrong. The bot did not answer within 3 seconds; try again.";
            errorLine.hidden = false;
          },
        });
      });
      return form;
    },
  });
  dialog.querySelector("input, textarea, .select")?.focus();
}

function renderPart(part, fields) {
  switch (part.type) {
    case TYPE.ROW:
      return part.components.map((inner) => renderField(inner, inner.label, null, fields));
    case TYPE.LABEL:
      return renderField(part.component, part.label, part.description, fields);
    case TYPE.TEXT_DISPLAY:
      return h("p", {}, part.content);
    default:
      return null;
  }
}

function renderField(part, label, description, fields) {
  const id = freshId("field");
  const error = h("span", { class: "error-text", id: `${id}-error`, hidden: true });
  const labelText = h("label", { class: "label", htmlFor: id }, label, part.required !== false && h("span", { class: "required", "aria-hidden": "true" }, " *"));
  labelText.setAttribute("for", id);
  const count = h("span", { class: "hint count", "aria-live": "polite" });
  let read;
  let control;
  if (part.type === TYPE.TEXT_INPUT) {
    // No `maxlength`: it would cut a pasted table without a word.
    control = h(part.style === PARAGRAPH ? "textarea" : "input", {
      id,
      class: "input",
      rows: part.style === PARAGRAPH ? "7" : null,
      placeholder: part.placeholder,
      "aria-describedby": `${id}-error`,
      "aria-required": String(part.required !== false),
    });
    control.value = part.value ?? "";
    read = () => control.value;
    const limit = lengthMax(part);
    control.addEventListener("input", () => {
      // What was wrong is being mended; the next try tells whether it is.
      error.hidden = true;
      control.setAttribute("aria-invalid", "false");
    });
    const showCount = () => {
      const length = control.value.length;
      count.textContent = length >= limit * COUNT_FROM ? `${length.toLocaleString("en")} / ${limit.toLocaleString("en")}` : "";
      count.classList.toggle("over", length > limit);
    };
    control.addEventListener("input", showCount);
    showCount();
  } else {
    let chosen = [];
    control = selectControl(part, (picked) => {
      chosen = picked;
    });
    control.id = id;
    read = () => chosen;
  }
  fields.push({ part, read, control, error });
  return h("div", { class: "field" }, h("div", { class: "field-head" }, labelText, count), description && h("span", { class: "hint" }, description), control, error);
}

function lengthMax(part) {
  return part.max_length ?? TEXT_LENGTH_MAX;
}

/** Shows what is missing; true when all is well. */
function check(fields) {
  let first = null;
  for (const { part, read, control, error } of fields) {
    const value = read();
    let problem = "";
    if (part.required !== false && value.length === 0) {
      problem = "This field is required.";
    } else if (part.type === TYPE.TEXT_INPUT && value.length > 0 && value.length < (part.min_length ?? 0)) {
      problem = `At least ${part.min_length} characters are needed.`;
    } else if (part.type === TYPE.TEXT_INPUT && value.length > lengthMax(part)) {
      problem = `This takes ${lengthMax(part).toLocaleString("en")} characters at most.`;
    }
    error.textContent = problem;
    error.hidden = problem === "";
    control.setAttribute("aria-invalid", String(problem !== ""));
    first ??= problem ? control : null;
  }
  first?.focus();
  return first === null;
}

/** Each field's custom id with its value; several choices of a menu are joined by commas. */
function values(fields) {
  return fields.map(({ part, read }) => [part.custom_id, String(read())]);
}
