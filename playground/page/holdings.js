// What Entra and AWS hold right now: who is active in what, and who is in which AWS group.

import { byId, el } from "./dom.js";
import { distance, time, worldNow } from "./when.js";

const EACH_MS = 15_000;

/** Draw both panels and keep them so. */
export function showHoldings(world) {
  const draw = () => {
    drawEntra(world);
    drawAws(world);
  };
  world.watch("entra aws people clock", throttled(draw));
  setInterval(draw, EACH_MS);
}

/** The clock is read with everything else; drawing the same again would take the focus away. */
function throttled(draw) {
  let waits = false;
  return () => {
    if (waits) return;
    waits = true;
    queueMicrotask(() => {
      waits = false;
      draw();
    });
  };
}

function drawEntra(world) {
  const { activations, requests, groups } = world.entra;
  const rows = activations.map((one) => [
    person(one.oid, world),
    el("code", {}, groups[one.group]?.name ?? one.group),
    one.type,
    one.end
      ? [
          el("time", { datetime: one.end }, `until ${time(new Date(one.end))}`),
          small(left(one.end)),
        ]
      : "no end",
  ]);
  const asked = requests.map((one) => [
    person(one.principalId, world),
    el("code", {}, one.action),
    el("code", {}, groups[one.groupId]?.name ?? one.groupId ?? ""),
    [one.status, small(one.justification ?? "")],
  ]);
  replace(byId("entra"), [
    part(
      "Memberships in force",
      "What Entra holds now. PIM ends an activation on time, with or without the bot.",
      ["who", "group", "how", "until"],
      rows,
      "Nobody is active in anything.",
    ),
    part(
      "Requests to PIM",
      "Every request anyone made, through the bot or beside it.",
      ["who", "action", "group", "status"],
      asked,
      "No request yet.",
    ),
  ]);
  byId("count-entra").textContent = activations.length;
}

function left(end) {
  const ends = new Date(end);
  return ends > worldNow() ? `${distance(ends)} left` : "over";
}

function drawAws(world) {
  const { memberships, assignments } = world.aws;
  const rows = memberships.map((one) => [
    person(one.oid, world) || one.user,
    el("code", {}, world.accessOf(one.group) ?? one.group ?? "a group of AWS’s own"),
    [el("time", { datetime: one.since }, `since ${time(new Date(one.since))}`)],
  ]);
  const opened = assignments.map((one) => [
    [one.account_name, small(one.account)],
    one.permission_set,
    [
      world.nameOf(one.principal) ?? el("code", {}, one.principal),
      small(one.principal_type.toLowerCase()),
    ],
  ]);
  replace(byId("aws"), [
    part(
      "Members of groups",
      "What AWS knows of people. SCIM brings a membership about four minutes after Entra has it, and takes it away later.",
      ["who", "group", "since"],
      rows,
      "AWS has no membership now.",
    ),
    part(
      "Who may do what where",
      "Assigned once by an administrator; a membership is what opens it.",
      ["account", "permission set", "to"],
      opened,
      "Nothing is assigned.",
    ),
  ]);
  byId("count-aws").textContent = memberships.length;
}

function person(oid, world) {
  return world.nameOf(oid) ?? oid ?? "";
}

function small(text) {
  return text && el("small", {}, text);
}

function part(title, about, heads, rows, none) {
  return el(
    "section",
    { class: "part" },
    el("h3", {}, title),
    el("p", { class: "about" }, about),
    rows.length
      ? el(
          "table",
          {},
          el(
            "thead",
            {},
            el(
              "tr",
              {},
              heads.map((head) => el("th", { scope: "col" }, head)),
            ),
          ),
          el(
            "tbody",
            {},
            rows.map((row) =>
              el(
                "tr",
                {},
                row.map((cell, n) => el("td", { "data-head": heads[n] }, cell)),
              ),
            ),
          ),
        )
      : el("p", { class: "empty" }, none),
  );
}

/** Put new children in place only where they differ from what stands there. */
function replace(panel, children) {
  const next = el("div", {}, children);
  if (panel.firstElementChild?.isEqualNode(next)) return;
  panel.replaceChildren(next);
}
