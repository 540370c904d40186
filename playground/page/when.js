// Times as the world's people read them: on the world's clock, in UTC, as their chat profiles say.

const FORMAT = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });
const TIME = FORMAT({ hour: "2-digit", minute: "2-digit" });
const TIME_SECONDS = FORMAT({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = FORMAT({ weekday: "short", day: "numeric", month: "short" });
const NUMERIC = FORMAT({ year: "numeric", month: "2-digit", day: "2-digit" });
const SHORT = FORMAT({ day: "numeric", month: "short", year: "numeric" });
const MIDDLE = FORMAT({ day: "numeric", month: "long", year: "numeric" });
const LONG = FORMAT({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const DAY_MS = 86_400_000;

let ahead = 0;

/** Tell this page how the world's clock stands (an ISO time). */
export function setClock(iso) {
  const at = Date.parse(iso);
  if (!Number.isNaN(at)) ahead = at - Date.now();
}

/** The world's time. */
export function worldNow() {
  return new Date(Date.now() + ahead);
}

/** "14:32". */
export function time(date) {
  return TIME.format(date);
}

/** "14:32:05". */
export function timeWithSeconds(date) {
  return TIME_SECONDS.format(date);
}

/** "Mon, 23 Nov". */
export function day(date) {
  return DAY.format(date);
}

/** How far off a moment is, in words: "52 min", "1 h 5 min"; "now" within a minute. */
export function distance(date, from = worldNow()) {
  const minutes = Math.round(Math.abs(date - from) / 60_000);
  if (minutes < 1) return "now";
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [hours ? `${hours} h` : "", rest ? `${rest} min` : ""].filter(Boolean).join(" ");
}

/**
 * Slack's date token filled in for a reader in UTC.
 * https://docs.slack.dev/messaging/formatting-message-text#date-formatting
 */
export function slackDate(format, seconds) {
  const date = new Date(seconds * 1000);
  return format.replaceAll(/\{(\w+)\}/g, (whole, name) => {
    const pretty = name.endsWith("_pretty") ? relativeDay(date) : null;
    return pretty ?? PLAIN[name.replace("_pretty", "")]?.(date) ?? whole;
  });
}

/** A date as cards tell it (COMPACT, SHORT or LONG), for a reader in UTC. */
export function cardDate(date, how = "COMPACT") {
  return { COMPACT: NUMERIC, SHORT, LONG }[how].format(date);
}

const PLAIN = {
  time: time,
  time_secs: timeWithSeconds,
  date: (date) => MIDDLE.format(date),
  date_num: (date) => NUMERIC.format(date),
  date_short: (date) => SHORT.format(date),
  date_long: (date) => LONG.format(date),
  ago: (date) => `${distance(date)} ${date > worldNow() ? "from now" : "ago"}`,
};

function relativeDay(date) {
  const apart = Math.floor(date / DAY_MS) - Math.floor(worldNow() / DAY_MS);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[apart] ?? null;
}
