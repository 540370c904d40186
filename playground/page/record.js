// The bot's audit record: every decision and effect, chained by hashes.

import { byId, el, reconcile } from "./dom.js";
import { json } from "./json.js";
import { stick } from "./stick.js";
import { time, timeWithSeconds } from "./when.js";

const GOOD = new Set(["granted", "linked", "aws_seen"]);
/** What of an event's data is worth a glance, in this order; the rest is in its details. */
const GLANCE = {
  access: (value) => value,
  minutes: (value) => `${value} min`,
  ticket: (value) => value,
  reason: (value) => `“${value}”`,
  why: (value) => value.replaceAll("_", " "),
  rule: (value) => value,
  by: (value) => `by ${value}`,
  how: (value) => value,
  state: (value) => value,
  ends: (value) => `until ${time(new Date(value))}`,
};
const BAD = new Set(["refused", "sign_in_refused", "denied", "failed", "unknown", "lapsed"]);

/** Draw the record and keep it so. */
export function showRecord(world) {
  const panel = byId("record");
  const list = el("ol", { class: "rows" });
  const empty = el(
    "p",
    { class: "empty" },
    "Nothing recorded yet. A decision is written here before anything is done about it, in a chain of hashes that anyone can check.",
  );
  panel.append(empty, list);
  const end = stick(panel);
  world.watch("audit people", () => {
    reconcile(
      list,
      world.audit,
      (row) => row.seq,
      (row) => row.row_hash ?? JSON.stringify(row),
      (row) => entry(row, world),
    );
    empty.hidden = world.audit.length > 0;
    end.settle();
    byId("count-record").textContent = world.audit.length;
  });
}

function entry(row, world) {
  const what = row.what ?? row.type ?? "event";
  const mood = GOOD.has(what) ? "is-good" : BAD.has(what) ? "is-bad" : "";
  return el(
    "li",
    { class: "entry" },
    el(
      "details",
      {},
      el(
        "summary",
        {},
        el("span", { class: "seq" }, `#${row.seq}`),
        el(
          "span",
          { class: "entry-what" },
          el("span", { class: `what ${mood}` }, what.replaceAll("_", " ")),
          el("span", { class: "facts" }, facts(row, world)),
        ),
        el("time", { class: "stamp", datetime: row.at }, timeWithSeconds(new Date(row.at))),
      ),
      el(
        "dl",
        { class: "more" },
        row.request_id && [el("dt", {}, "request"), el("dd", {}, el("code", {}, row.request_id))],
        row.row_hash && [el("dt", {}, "hash"), el("dd", {}, el("code", {}, row.row_hash))],
        row.prev_hash && [el("dt", {}, "after"), el("dd", {}, el("code", {}, row.prev_hash))],
        el("dt", {}, "says"),
        el("dd", {}, json(row.payload ?? "erased")),
      ),
    ),
  );
}

/** Who, and what one wants to see of what the event says, on one line. */
function facts(row, world) {
  const data = row.payload?.data ?? {};
  const told = Object.entries(GLANCE).map(
    ([name, words]) => data[name] && words(String(data[name])),
  );
  return [world.nameOf(row.actor_oid), ...told].filter(Boolean).join(" · ");
}
