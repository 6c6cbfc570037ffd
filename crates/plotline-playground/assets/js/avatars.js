// Avatars drawn from a name: initials on a colour that the id chooses. The bot has its own mark.

import { svg } from "./dom.js";
import { store } from "./store.js";

// Grounds dark enough for white letters (at least 4.5:1).
const GROUNDS = ["#8a4b2a", "#3d5a98", "#6b4a8f", "#2d6a4f", "#9a3b4f", "#4a5c2c", "#28666e", "#7a4a12"];

/** A decorative avatar; the name always stands beside it. */
export function avatar(user) {
  if (user.id === store.bot) {
    return botAvatar();
  }
  const name = store.nameOf(user);
  const people = store.people.findIndex((person) => person.id === user.id);
  const ground = GROUNDS[people >= 0 ? people : Number(BigInt(user.id) % BigInt(GROUNDS.length))];
  const text = svg("text", { x: 20, y: 21, "text-anchor": "middle", "dominant-baseline": "central", fill: "#fff" });
  text.textContent = initials(name);
  return svg("svg", { class: "avatar", viewBox: "0 0 40 40", "aria-hidden": "true" }, svg("circle", { cx: 20, cy: 20, r: 20, fill: ground }), text);
}

function botAvatar() {
  return svg(
    "svg",
    { class: "avatar", viewBox: "0 0 40 40", "aria-hidden": "true" },
    svg("circle", { cx: 20, cy: 20, r: 20, fill: "#0d6b66" }),
    svg("path", { d: "M12 28v-6m8 6V16m8 12v-8", stroke: "#fff", "stroke-width": 3.6, "stroke-linecap": "round" }),
    svg("path", { d: "m10.500 15.500 7.500-5 6.500 4 5.500-5", fill: "none", stroke: "#ffd38a", "stroke-width": 2.400, "stroke-linecap": "round", "stroke-linejoin": "round" }),
  );
}

function initials(name) {
  const words = name.split(/[\s_-]+/).filter(Boolean);
  return [...(words[0] ?? "?")][0].toUpperCase() + (words.length > 1 ? [...words[1]][0].toUpperCase() : "");
}
