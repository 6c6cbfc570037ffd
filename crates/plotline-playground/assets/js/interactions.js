// Interactions under way: what waits for the bot, and the sentence when it does not answer within Discord's three seconds.

import { toast } from "./dom.js";
import { store } from "./store.js";

const OUTCOMES = { interaction_acknowledged: "acknowledged", interaction_failed: "failed", autocomplete_choices: "choices" };
/** Interaction id → what to do on `acknowledged`, `failed` or `choices`. */
const waiting = new Map();
/** The latest outcome that came before the action's own answer, by interaction id. */
const early = new Map();
// As many early outcomes as are kept; each is collected within milliseconds.
const EARLY_MAX = 64;

store.on("interaction", (event) => {
  const id = event.interaction_id;
  if (!OUTCOMES[event.type]) {
    return;
  }
  if (waiting.has(id)) {
    settle(id, event);
  } else {
    early.set(id, event);
    if (early.size > EARLY_MAX) {
      early.delete(early.keys().next().value);
    }
  }
});

function settle(id, event) {
  const handlers = waiting.get(id);
  const outcome = OUTCOMES[event.type];
  // Choices come right after their own acknowledgement.
  if (handlers.choices && outcome === "acknowledged") {
    return;
  }
  waiting.delete(id);
  handlers[outcome]?.(event);
}

/** Follows an interaction whose id `started` resolves to. With `quiet`, nothing is said when it cannot be started. */
export async function follow(started, handlers, { quiet = false } = {}) {
  let id;
  try {
    ({ interaction_id: id } = await started);
  } catch (error) {
    if (!quiet) {
      toast(error.message, "bad");
    }
    handlers.failed?.();
    return;
  }
  waiting.set(id, handlers);
  if (early.has(id)) {
    const event = early.get(id);
    early.delete(id);
    settle(id, event);
  }
}
