// The bot's audit record: every decision and effect, chained by hashes.

import { byId, el, reconcile } from "./dom.js";
import { json } from "./json.js";
import { timeWithSeconds } from "./when.js";

const GOOD = new Set(["granted", "linked", "aws_seen"]);
const BAD = new Set(["refused", "sign_in_refused", "denied", "failed", "unknown", "lapsed"]);
const NEAR_PX = 40;

/** Draw the record and keep it so. */
export function showRecord(world) {
  const panel = byId("record");
  const list = el("ol", { class: "rows" });
  const empty = el("p", { class: "empty" }, "Nothing recorded yet. A decision is written here before anything is done about it, in a chain of hashes that anyone can check.");
  panel.append(empty, list);
  world.watch("audit people", () => {
    const near = panel.scrollHeight - panel.scrollTop - panel.clientHeight < NEAR_PX;
    reconcile(list, world.audit, (row) => row.seq, (row) => row.row_hash ?? JSON.stringify(row), (row) => entry(row, world));
    empty.hidden = world.audit.length > 0;
    if (near) panel.scrollTop = panel.scrollHeight;
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
        el("span", { class: "entry-what" },
          el("span", { class: `what ${mood}` }, what.replaceAll("_", " ")),
          el("span", { class: "facts" }, facts(row, world))),
        el("time", { class: "stamp", datetime: row.at }, timeWithSeconds(new Date(row.at))),
      ),
      el("dl", { class: "more" },
        row.request_id && [el("dt", {}, "request"), el("dd", {}, el("code", {}, row.request_id))],
        row.row_hash && [el("dt", {}, "hash"), el("dd", {}, el("code", {}, row.row_hash))],
        row.prev_hash && [el("dt", {}, "after"), el("dd", {}, el("code", {}, row.prev_hash))],
        el("dt", {}, "says"), el("dd", {}, json(row.payload ?? "erased"))),
    ),
  );
}

/** Who, and the plain values of what the event says, on one line. */
function facts(row, world) {
  const data = row.payload?.data ?? {};
  const told = Object.entries(data).filter(([, value]) => value !== "" && String(value).length <= 60);
  const who = row.actor_oid ? world.nameOf(row.actor_oid) ?? row.actor_oid : "";
  return [who, ...told.map(([name, value]) => `${name.replaceAll("_", " ")} ${inWords(value, world)}`)]
    .filter(Boolean)
    .join(" · ");
}

function inWords(value, world) {
  return world.accessOf(value) ?? world.nameOf(value) ?? value;
}
