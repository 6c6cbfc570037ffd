// What the page knows, kept up to date by the server's frames. Views listen for the topic that they show.

class Store extends EventTarget {
  you = null;
  bot = null;
  people = [];
  guild = null;
  roles = new Map();
  members = new Map();
  channels = new Map();
  /** Channel id → Map of message id → message, oldest first. */
  messages = new Map();
  /** Commands on offer in the server and in direct messages. */
  commands = { server: [], direct: [] };
  /** Channel id → Map of user id → time (ms) at which the typing ends. */
  typing = new Map();
  unread = new Set();
  processes = [];
  counters = {};
  jobs = [];
  trouble = { deliver: 1, again_in_thread: false, pending: [] };
  logs = new Map();
  /** What is open: channel, thread, and the reply or edit under way in each composer. */
  channel = null;
  thread = null;
  connected = false;

  /** Calls `listener` with the details whenever the topic changes. */
  on(topic, listener) {
    this.addEventListener(topic, (event) => listener(event.detail));
  }

  emit(topic, detail = {}) {
    this.dispatchEvent(new CustomEvent(topic, { detail }));
  }

  /** Takes in one frame from the server. */
  receive(frame) {
    switch (frame.t) {
      case "snapshot":
        this.#load(frame);
        break;
      case "event":
        this.#apply(frame.event);
        break;
      case "status":
        this.processes = frame.processes;
        this.counters = frame.counters;
        this.jobs = frame.jobs;
        this.trouble = frame.trouble;
        this.emit("status");
        break;
      case "log":
        this.#log(frame);
        break;
      default:
        // A newer server may say more than this page understands.
        break;
    }
  }

  #load(frame) {
    this.you = frame.you;
    this.bot = frame.bot;
    this.people = frame.people;
    this.#loadGuild(frame.guild);
    this.channels = new Map(frame.channels.map((channel) => [channel.id, channel]));
    this.messages = new Map();
    for (const message of frame.messages) {
      this.messagesOf(message.channel_id).set(message.id, message);
    }
    this.commands = frame.commands;
    this.typing.clear();
    this.unread = new Set([...this.unread].filter((id) => this.channels.has(id)));
    this.connected = true;
    if (!this.channels.has(this.channel)) {
      this.channel = this.topChannels()[0]?.id ?? null;
    }
    if (!this.channels.has(this.thread)) {
      this.thread = null;
    }
    this.emit("loaded");
  }

  #loadGuild(guild) {
    this.guild = guild;
    this.roles = new Map(guild.roles.map((role) => [role.id, role]));
    this.members = new Map(guild.members.map((member) => [member.user.id, member]));
  }

  /** The messages of a channel, oldest first. */
  messagesOf(channel) {
    let found = this.messages.get(channel);
    if (!found) {
      found = new Map();
      this.messages.set(channel, found);
    }
    return found;
  }

  #apply(event) {
    switch (event.type) {
      case "message_created":
        this.typing.get(event.channel_id)?.delete(event.message.author.id);
        this.messagesOf(event.channel_id).set(event.message.id, event.message);
        this.#markUnread(event.channel_id);
        this.emit("message", { kind: "created", channel: event.channel_id, message: event.message });
        break;
      case "message_updated": {
        const known = this.messagesOf(event.channel_id);
        if (known.has(event.message.id)) {
          known.set(event.message.id, event.message);
          this.emit("message", { kind: "updated", channel: event.channel_id, message: event.message });
          this.#tellReplies(event.channel_id, event.message.id, event.message);
        }
        break;
      }
      case "message_deleted":
        this.messagesOf(event.channel_id).delete(event.message_id);
        this.emit("message", { kind: "deleted", channel: event.channel_id, message: { id: event.message_id } });
        this.#tellReplies(event.channel_id, event.message_id, null);
        break;
      case "channel_created":
      case "channel_updated":
        this.channels.set(event.channel.id, event.channel);
        this.emit("channels", { created: event.type === "channel_created" ? event.channel : null });
        break;
      case "channel_deleted":
        this.#dropChannel(event.channel_id);
        break;
      case "guild_changed":
        this.#loadGuild(event.guild);
        this.emit("channels", {});
        break;
      case "commands_changed":
        this.commands = event.commands;
        this.emit("commands");
        break;
      case "typing":
        if (event.user_id !== this.you) {
          this.#type(event.channel_id, event.user_id);
        }
        break;
      default:
        this.emit("interaction", event);
    }
  }

  /** Replies carry a copy of what they answer; it follows the original, as Discord's clients show it. */
  #tellReplies(channel, id, original) {
    for (const message of this.messagesOf(channel).values()) {
      if (message.message_reference?.message_id === id && message.type === REPLY) {
        message.referenced_message = original;
        this.emit("message", { kind: "updated", channel, message });
      }
    }
  }

  #dropChannel(id) {
    for (const channel of [...this.channels.values()]) {
      if (channel.id === id || channel.parent_id === id) {
        this.channels.delete(channel.id);
        this.messages.delete(channel.id);
        this.unread.delete(channel.id);
      }
    }
    if (!this.channels.has(this.thread)) {
      this.thread = null;
    }
    if (!this.channels.has(this.channel)) {
      this.channel = this.topChannels()[0]?.id ?? null;
    }
    this.emit("channels", { deleted: id });
    this.emit("view");
  }

  #markUnread(channel) {
    if (channel !== this.channel && channel !== this.thread && !this.unread.has(channel)) {
      this.unread.add(channel);
      this.emit("channels", {});
    }
  }

  #type(channel, user) {
    const typing = this.typing.get(channel) ?? new Map();
    this.typing.set(channel, typing);
    typing.set(user, Date.now() + TYPING_MS);
    this.emit("typing", { channel });
    setTimeout(() => this.emit("typing", { channel }), TYPING_MS + 50);
  }

  #log({ slot, lines }) {
    const log = this.logs.get(slot) ?? [];
    log.push(...lines);
    log.splice(0, Math.max(0, log.length - LOG_LINES_MAX));
    this.logs.set(slot, log);
    this.emit("log", { slot });
  }

  /** Channels of the server that hold messages, in their order, without threads. */
  topChannels() {
    return [...this.channels.values()].filter((c) => !isThread(c) && c.guild_id && c.type !== 4).sort((a, b) => a.position - b.position);
  }

  /** The direct-message channel with the bot, if there is one. */
  directMessage() {
    return [...this.channels.values()].find((channel) => channel.type === 1) ?? null;
  }

  /** Threads of a channel, oldest first. */
  threadsOf(parent) {
    return [...this.channels.values()]
      .filter((channel) => isThread(channel) && channel.parent_id === parent)
      .sort((a, b) => compareIds(a.id, b.id));
  }

  /** The name to show for a user. */
  nameOf(user) {
    const id = typeof user === "string" ? user : user.id;
    const member = this.members.get(id);
    const known = member?.user ?? (typeof user === "string" ? null : user);
    return member?.nick ?? known?.global_name ?? known?.username ?? "Unknown user";
  }

  /** Opens a channel or, in the side panel, a thread. */
  open({ channel = this.channel, thread = null }) {
    this.channel = channel;
    this.thread = thread;
    this.unread.delete(channel);
    this.unread.delete(thread);
    this.emit("view");
    this.emit("channels", {});
  }

  /** The commands of a type (1 slash, 2 member, 3 message) that are on offer in a channel. */
  commandsIn(channel, type) {
    const all = this.channels.get(channel)?.type === 1 ? this.commands.direct : this.commands.server;
    return all.filter((command) => (command.type ?? 1) === type);
  }

  /** Whether the person acted as may do this in that channel: `send`, `manage_messages`, `manage_threads`. */
  can(ability, channel) {
    return this.channels.get(channel)?.abilities?.[ability] ?? false;
  }
}

// Discord's number of a reply among the message types.
const REPLY = 19;
// Discord shows "is typing" for about ten seconds after the last sign of it.
const TYPING_MS = 10000;
// As many lines of a bot's log as the page keeps.
const LOG_LINES_MAX = 400;

/** True for the three kinds of thread. */
export function isThread(channel) {
  return channel.type === 10 || channel.type === 11 || channel.type === 12;
}

/** Orders snowflake ids, which are too large for a number. */
export function compareIds(a, b) {
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}

export const store = new Store();
