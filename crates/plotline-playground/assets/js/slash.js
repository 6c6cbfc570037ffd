// Slash commands: the list to pick from, and the form for a command's options. Message commands run from the menu.

import { connection } from "./app-connection.js";
import { button, fill, freshId, h, icon, iconButton, toast } from "./dom.js";
import { follow } from "./interactions.js";
import { isThread, store } from "./store.js";
import { Suggestions } from "./suggestions.js";
import { sizeText } from "./time.js";

const OPTION = { SUB: 1, GROUP: 2, STRING: 3, INTEGER: 4, BOOLEAN: 5, USER: 6, CHANNEL: 7, ROLE: 8, MENTIONABLE: 9, NUMBER: 10, ATTACHMENT: 11 };
// Discord's own limit for a text option that names none, in characters.
const TEXT_LENGTH_MAX = 6000;
// Pause in typing (in milliseconds) before the bot is asked for choices.
const AUTOCOMPLETE_PAUSE_MS = 180;

/** Every slash command that can be run in a channel, subcommands as entries of their own: `{name, description, options}`. */
export function commandEntries(channel) {
  const entries = [];
  for (const command of store.commandsIn(channel, 1)) {
    const walk = (node, names) => {
      const subs = (node.options ?? []).filter((option) => option.type === OPTION.SUB || option.type === OPTION.GROUP);
      if (subs.length === 0) {
        entries.push({ name: names.join(" "), description: node.description ?? "", options: node.options ?? [] });
      }
      for (const sub of subs) {
        walk(sub, [...names, sub.name]);
      }
    };
    walk(command, [command.name]);
  }
  return entries.sort((a, b) => a.name.localeCompare(b.name));
}

/** Runs a command from a menu, and says so when the bot does not answer. */
export function runMenuCommand(name, channel, target) {
  const note = toastWaiting(name);
  follow(connection.act("command", { channel, target }), {
    acknowledged: note,
    failed: () => {
      note();
      toast("The application did not respond.", "bad");
    },
  });
}

/** Runs a message command on a message. */
export function runMessageCommand(command, message) {
  runMenuCommand(command.name, message.channel_id, { kind: "message", name: command.name, message: message.id });
}

function toastWaiting(name) {
  const line = h("div", { class: "toast" }, `${name}…`);
  document.getElementById("toasts").append(line);
  return () => line.remove();
}

/** The form for one command's options, in place of the message box. */
export class CommandForm {
  #fields = new Map();
  #busy = false;

  constructor(entry, channel, onDone) {
    this.entry = entry;
    this.channel = channel;
    this.onDone = onDone;
    this.rows = h("div", { class: "command-options" });
    this.more = h("div", { class: "command-more" });
    this.error = h("p", { class: "error-text", role: "alert", hidden: true });
    this.submit = button("Run", () => {}, { kind: "primary", iconName: "send" });
    this.submit.type = "submit";
    this.element = h(
      "form",
      { class: "command-form", novalidate: true, "aria-label": `Command ${entry.name}`, on: { submit: (event) => this.#run(event), keydown: (event) => this.#key(event) } },
      h("div", { class: "command-head" }, icon("slash"), h("strong", {}, `/${entry.name}`), h("span", { class: "hint" }, entry.description), iconButton("close", "Cancel the command", onDone)),
      this.rows,
      this.more,
      this.error,
      h("div", { class: "command-foot" }, h("span", { class: "hint" }, "Enter runs it, Esc cancels"), this.submit),
    );
    for (const option of entry.options.filter((o) => o.required)) {
      this.#addField(option);
    }
    this.#showMore();
  }

  focus() {
    (this.rows.querySelector("input, select, textarea") ?? this.submit).focus();
  }

  #key(event) {
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      event.stopPropagation();
      this.onDone();
    } else if (event.key === "Enter" && event.target.matches("select, input[type=file]")) {
      // These fields do not send a form by themselves; the arrow keys and the space bar open them.
      event.preventDefault();
      this.element.requestSubmit();
    }
  }

  #showMore() {
    const left = this.entry.options.filter((option) => !this.#fields.has(option.name));
    fill(
      this.more,
      left.length > 0 && h("span", { class: "hint" }, "Options:"),
      left.map((option) =>
        h(
          "button",
          {
            type: "button",
            class: "chip",
            title: option.description,
            on: {
              click: () => {
                this.#addField(option).focus();
                this.#showMore();
              },
            },
          },
          icon("plus"),
          option.name,
        ),
      ),
    );
  }

  #addField(option) {
    const id = freshId("option");
    const { control, read } = this.#control(option, id);
    const label = h("label", { class: "label" }, option.name, option.required && h("span", { class: "required", "aria-hidden": "true" }, " *"));
    label.setAttribute("for", id);
    const row = h(
      "div",
      { class: "field" },
      h(
        "div",
        { class: "field-head" },
        label,
        h("span", { class: "hint" }, option.description),
        !option.required &&
          iconButton("close", `Remove ${option.name}`, () => {
            this.#fields.delete(option.name);
            row.remove();
            this.#showMore();
            this.focus();
          }),
      ),
      control.wrapper ?? control,
    );
    this.rows.append(row);
    this.#fields.set(option.name, { option, read, control: control.input ?? control });
    return control.input ?? control;
  }

  #control(option, id) {
    const select = (choices) => {
      const control = h("select", { id, class: "input" }, h("option", { value: "" }, "Choose…"), choices.map((choice) => h("option", { value: String(choice.value) }, choice.name)));
      return { control, read: () => control.value };
    };
    if (option.choices?.length > 0) {
      return select(option.choices);
    }
    switch (option.type) {
      case OPTION.BOOLEAN:
        return select([{ name: "True", value: true }, { name: "False", value: false }]);
      case OPTION.USER:
        return select(people());
      case OPTION.ROLE:
        return select(roles());
      case OPTION.MENTIONABLE:
        return select([...people(), ...roles()]);
      case OPTION.CHANNEL:
        return select(channels(option.channel_types));
      case OPTION.ATTACHMENT:
        return attachmentControl(id);
      case OPTION.INTEGER:
      case OPTION.NUMBER: {
        if (option.autocomplete) {
          return this.#textControl(option, id);
        }
        const control = h("input", { id, class: "input", type: "number", step: option.type === OPTION.INTEGER ? "1" : "any", min: option.min_value, max: option.max_value, inputmode: "decimal" });
        return { control, read: () => control.value };
      }
      default:
        return this.#textControl(option, id);
    }
  }

  #textControl(option, id) {
    const input = h("input", { id, class: "input", type: "text", autocomplete: "off", on: { paste: pasteAsOneLine } });
    if (!option.autocomplete) {
      return { control: input, read: () => input.value };
    }
    // A choice shows its name and stands for its value.
    let picked = null;
    const suggestions = new Suggestions(input);
    let timer;
    const ask = () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.#askChoices(option, input, suggestions, (choice) => {
        input.value = choice.name;
        picked = choice;
      }), AUTOCOMPLETE_PAUSE_MS);
    };
    input.addEventListener("input", () => {
      picked = null;
      ask();
    });
    input.addEventListener("focus", ask);
    input.addEventListener("keydown", (event) => suggestions.key(event));
    return { control: { wrapper: h("div", { class: "with-suggestions" }, suggestions.element, input), input }, read: () => picked?.value ?? input.value };
  }

  #askChoices(option, input, suggestions, pick) {
    const asked = input.value;
    const typing = { name: option.name, type: OPTION.STRING, value: asked };
    const options = [...this.#values(option.name).filter((given) => given.type !== OPTION.ATTACHMENT), typing];
    const started = connection.act("autocomplete", { channel: this.channel, path: this.entry.name, options, focused: option.name });
    const choices = ({ choices = [] }) => {
      // Choices for what was typed before may come after those for what is typed now.
      if (input.value === asked) {
        suggestions.show(option.name, choices.map((choice) => ({ label: choice.name, icon: "check", pick: () => pick(choice) })));
      }
    };
    // Choices are a help; without them the value can still be typed.
    follow(started, { choices }, { quiet: true });
  }

  /** The values given so far, without the option named. */
  #values(except = null) {
    const values = [];
    for (const [name, { option, read }] of this.#fields) {
      const raw = read();
      if (name !== except && raw !== "" && raw !== null) {
        values.push({ name, ...typed(option.type, raw) });
      }
    }
    return values;
  }

  #problem() {
    for (const [name, { option, read, control }] of this.#fields) {
      const raw = read();
      const empty = raw === "" || raw === null;
      let problem = null;
      if (option.required && empty) {
        problem = `${name} is required.`;
      } else if (!empty && control.validity && !control.validity.valid) {
        problem = `${name}: ${control.validationMessage}`;
      } else if (!empty && option.min_length && raw.length < option.min_length) {
        problem = `${name} needs at least ${option.min_length} characters.`;
      } else if (!empty && option.type === OPTION.STRING && raw.length > (option.max_length ?? TEXT_LENGTH_MAX)) {
        problem = `${name} takes ${(option.max_length ?? TEXT_LENGTH_MAX).toLocaleString("en")} characters at most.`;
      }
      control.setAttribute("aria-invalid", String(problem !== null));
      if (problem) {
        control.focus();
        return problem;
      }
    }
    return null;
  }

  #run(event) {
    event.preventDefault();
    if (this.#busy) {
      return;
    }
    const problem = this.#problem();
    this.error.hidden = problem === null;
    this.error.textContent = problem ?? "";
    if (problem) {
      return;
    }
    this.#busy = true;
    this.submit.setAttribute("aria-busy", "true");
    const files = [];
    const values = this.#values().map((value) => {
      if (value.type !== OPTION.ATTACHMENT) {
        return value;
      }
      files.push(value.value);
      return { ...value, value: files.length - 1 };
    });
    follow(connection.act("command", { channel: this.channel, target: { kind: "slash", path: this.entry.name, options: values } }, files), {
      acknowledged: this.onDone,
      failed: () => {
        this.#busy = false;
        this.submit.removeAttribute("aria-busy");
        this.error.hidden = false;
        this.error.textContent = "The application did not respond.";
      },
    });
  }
}

/** An option is one line; as in Discord, a line break that is pasted into it becomes a space. The browser would drop it. */
function pasteAsOneLine(event) {
  const text = event.clipboardData.getData("text/plain");
  if (/[\r\n]/.test(text)) {
    event.preventDefault();
    const field = event.currentTarget;
    field.setRangeText(text.trim().replace(/\s*[\r\n]+/g, " "), field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** A value with Discord's type for it. A mentionable is sent as the user or role that it is. */
function typed(type, raw) {
  switch (type) {
    case OPTION.INTEGER:
    case OPTION.NUMBER:
      return { type, value: Number.isNaN(Number(raw)) ? raw : Number(raw) };
    case OPTION.BOOLEAN:
      return { type, value: raw === "true" };
    case OPTION.MENTIONABLE:
      return { type: store.roles.has(raw) ? OPTION.ROLE : OPTION.USER, value: raw };
    default:
      return { type, value: raw };
  }
}

const people = () => [...store.members.values()].map((member) => ({ name: store.nameOf(member.user), value: member.user.id }));
const roles = () => [...store.roles.values()].map((role) => ({ name: role.name === "@everyone" ? role.name : `@${role.name}`, value: role.id }));
const channels = (types) =>
  [...store.channels.values()]
    .filter((channel) => channel.guild_id && !isThread(channel) && (!types?.length || types.includes(channel.type)))
    .map((channel) => ({ name: `#${channel.name}`, value: channel.id }));

function attachmentControl(id) {
  const input = h("input", { id, type: "file", class: "input file-input" });
  const about = h("span", { class: "hint" });
  input.addEventListener("change", () => {
    about.textContent = input.files[0] ? sizeText(input.files[0].size) : "";
  });
  return { control: { wrapper: h("div", {}, input, about), input }, read: () => input.files[0] ?? null };
}
