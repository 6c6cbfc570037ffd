// Times as a chat shows them, in the reader's own language and time zone.

// Discord's epoch (2015-01-01T00:00:00Z) and the bits below the time in an id.
const DISCORD_EPOCH_MS = 1420070400000n;
const SEQUENCE_BITS = 22n;

/** When the thing with this id was made. */
export function timeOfId(id) {
  return new Date(Number((BigInt(id) >> SEQUENCE_BITS) + DISCORD_EPOCH_MS));
}

const FORMATS = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};

/** A time in one of Discord's timestamp styles (`t T d D f F R`). */
export function timeText(date, style) {
  return style === "R" ? relative(date) : new Intl.DateTimeFormat(undefined, FORMATS[style] ?? FORMATS.f).format(date);
}

const UNITS = [
  ["year", 31536000],
  ["month", 2592000],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

function relative(date) {
  const s = (date.getTime() - Date.now()) / 1000;
  const format = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  for (const [unit, length] of UNITS) {
    if (Math.abs(s) >= length) {
      return format.format(Math.round(s / length), unit);
    }
  }
  return format.format(Math.round(s), "second");
}

/** The time beside a message: the hour today, else with its day. */
export function messageTime(date) {
  const today = new Date().toDateString() === date.toDateString();
  return today ? timeText(date, "t") : `${timeText(date, "d")} ${timeText(date, "t")}`;
}

/** Whole bytes as people read them. */
export function sizeText(bytes) {
  if (bytes < 1024) {
    return `${bytes} B`;
  }
  const kib = bytes / 1024;
  return kib < 1024 ? `${kib.toFixed(kib < 10 ? 1 : 0)} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}

/** A short duration: `340 ms`, `2.1 s`, `3 min`. */
export function durationText(ms) {
  if (ms < 1000) {
    return `${Math.round(ms)} ms`;
  }
  return ms < 60000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60000)} min`;
}
