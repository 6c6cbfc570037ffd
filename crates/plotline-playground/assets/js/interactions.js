// Interactions under way: what waits for the bot, and the sentence when it does not answer within Discord's three seconds.

import { toast } from "./dom.js";
import { store } from "./store.js";

/** Interaction id → what to do on `acknowledged` or `failed`. */
const waiting = new Map();
/** Outcomes that came before the action's own answer, by interaction id. */
const early = new Map();
// As many early outcomes as are kept; each is collected within milliseconds.
const EARLY_MAX = 64;

store.on("interaction", (event) => {
  const outcome = { interaction_acknowledged: "acknowledged", interaction_failed: "failed" }[event.type];
  if (!outcome) {
    return;
  }
  const handlers = waiting.get(event.interaction_id);
  if (handlers) {
    waiting.delete(event.interaction_id);
    handlers[outcome]?.();
  } else {
    early.set(event.interaction_id, outcome);
    if (early.size > EARLY_MAX) {
      early.delete(early.keys().next().value);
    }
  }
});

/** Follows an interaction whose id `started` resolves to. */
export async function follow(started, { acknowledged, failed }) {
  let answer;
  try {
    answer = await started;
  } catch (error) {
    toast(error.message, "bad");
    failed?.();
    return;
  }
  const handlers = { acknowledged, failed };
  const outcome = early.get(answer.interaction_id);
  if (outcome) {
    early.delete(answer.interaction_id);
    handlers[outcome]?.();
  } else {
    waiting.set(answer.interaction_id, handlers);
  }
}
