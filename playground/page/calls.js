// The bot's calls to the outside, each with what it was for, and its body to open.

import { byId, el, reconcile } from "./dom.js";
import { json } from "./json.js";
import { stick } from "./stick.js";
import { timeWithSeconds } from "./when.js";

const SYSTEMS = ["slack", "teams", "login", "graph", "aws"];
const MEANINGS = [
  ["slack", /chat\.postMessage$/, "posts a message"],
  ["slack", /chat\.postEphemeral$/, "says something only one person sees"],
  ["slack", /chat\.update$/, "edits a message in place"],
  ["slack", /\/response\//, "answers a command or a click"],
  ["slack", /views\.(open|update|push)$/, "shows a form"],
  ["slack", /views\.publish$/, "draws the Home tab"],
  ["slack", /users\.info$/, "checks afresh who is acting"],
  ["slack", /conversations\.open$/, "opens the direct conversation"],
  ["slack", /auth\.test$/, "checks its own credential"],
  ["teams", /openidconfiguration$/, "learns where Teams lists its keys"],
  ["teams", /well-known\/keys$/, "fetches the keys that sign what Teams sends"],
  ["teams", /\/members(\/|$)|pagedmembers$/, "checks afresh who is acting"],
  ["teams", /\/conversations$/, "begins a conversation, or a post in a channel"],
  ["login", /openid-configuration$/, "learns where to sign in"],
  ["login", /\/keys$/, "fetches the keys that sign tokens"],
  ["login", /\/token$/, "asks for a token"],
  ["login", /\/authorize$/, "a person signs in"],
  ["graph", /eligibility/i, "reads what the person is eligible for"],
  ["graph", /roleManagementPolic/i, "reads what PIM’s policy demands"],
  ["graph", /assignmentScheduleInstances|assignmentSchedules(\/|$)/i, "reads what is active"],
  ["graph", /assignmentScheduleRequests/i, "reads what became of the request"],
  ["graph", /servicePrincipals|appRoleAssign/i, "reads which AWS app the group opens"],
  ["graph", /\/groups/, "reads groups"],
  ["graph", /\/users|\/me$/, "reads a person of the directory"],
  ["aws", /IsMemberInGroups|ListGroupMemberships/i, "looks whether AWS has the membership"],
  [
    "aws",
    /GetUserId|GetGroupId|DescribeUser|DescribeGroup|ListUsers|ListGroups/i,
    "finds the same person or group in AWS",
  ],
  ["aws", /ListInstances/i, "finds the Identity Center instance"],
  [
    "aws",
    /AccountAssignment|PermissionSet|ListAccount|DescribeAccount/i,
    "reads what the group opens",
  ],
  ["aws", /sts/i, "checks its own credential"],
];
const GRANT = /assignmentScheduleRequests$/i;
const ACTIONS = { selfActivate: "activates the membership", selfDeactivate: "ends the activation" };
const LONGEST_PATH = 52;
const TAIL = 44;

/** Draw the calls and keep them so. */
export function showCalls(world) {
  const panel = byId("calls");
  const list = el("ol", { class: "rows" });
  const empty = el(
    "p",
    { class: "empty" },
    "No call yet. Say something to the bot: whatever it does then in Slack, Teams, Entra and AWS stands here, call by call.",
  );
  const filter = filters(() => draw());
  panel.append(filter.node, empty, list);
  const end = stick(panel);

  const draw = () => {
    const shown = world.calls.filter((one) => filter.lets(one.system));
    reconcile(
      list,
      shown,
      (one) => one.n,
      (one) => String(one.n),
      (one) => row(one, world),
    );
    empty.hidden = world.calls.length > 0;
    end.settle();
    byId("count-calls").textContent = world.calls.length;
  };
  world.watch("calls", draw);
}

function filters(changed) {
  const off = new Set();
  const chip = (system) =>
    el(
      "button",
      {
        type: "button",
        class: `system is-${system}`,
        "aria-pressed": "true",
        onclick: (event) => {
          if (!off.delete(system)) off.add(system);
          event.currentTarget.setAttribute("aria-pressed", String(!off.has(system)));
          changed();
        },
      },
      system,
    );
  const node = el(
    "div",
    { class: "filters", role: "group", "aria-label": "Show calls to" },
    SYSTEMS.map(chip),
  );
  return { node, lets: (system) => !off.has(system) };
}

function row(call, world) {
  const grant = call.method === "POST" && GRANT.test(call.path) && call.system === "graph";
  const means = grant ? (ACTIONS[call.body?.action] ?? "asks PIM") : meaning(call);
  return el(
    "li",
    { class: grant ? "call is-grant" : "call" },
    el(
      "details",
      {},
      el(
        "summary",
        {},
        el("span", { class: `system is-${call.system}` }, call.system),
        el(
          "span",
          { class: "call-what" },
          el("span", { class: "means" }, means || call.path),
          el("code", { class: "path" }, `${call.method} ${breakable(short(call.path))}`),
        ),
        el(
          "span",
          { class: "call-end" },
          status(call),
          el("span", { class: "as" }, whom(call, world)),
        ),
      ),
      el(
        "dl",
        { class: "more" },
        pair("path", el("code", {}, breakable(call.path))),
        call.query && pair("query", el("code", {}, decoded(call.query))),
        pair("at", timeWithSeconds(new Date(call.at))),
        call.body !== null && call.body !== "" && pair("body", json(call.body)),
      ),
    ),
  );
}

function pair(name, value) {
  return [el("dt", {}, name), el("dd", {}, value)];
}

function meaning(call) {
  if (call.system === "teams" && /\/activities(\/|$)/.test(call.path))
    return { POST: "posts a message", PUT: "edits a message in place" }[call.method] ?? "deletes it";
  return (
    MEANINGS.find(([system, path]) => system === call.system && path.test(call.path))?.[2] ?? ""
  );
}

function status(call) {
  if (!call.delivered)
    return el(
      "span",
      { class: "status is-bad" },
      call.status ? `${call.status} lost` : "no answer",
    );
  return el("span", { class: call.status < 400 ? "status" : "status is-bad" }, String(call.status));
}

/** As whom a call was made, in words. */
function whom(call, world) {
  const oid = /^user:(.*)$/.exec(call.as)?.[1];
  if (oid) return `as ${world.nameOf(oid) ?? oid}`;
  return (
    { app: "as the bot’s app", grantor: "as the grantor", bot: "as the bot" }[call.as] ?? call.as
  );
}

/** What tells a path from the others: its end, where it is long. */
function short(path) {
  if (path.length <= LONGEST_PATH) return path;
  const slash = path.indexOf("/", path.length - TAIL);
  return `…${path.slice(slash < 0 ? path.lastIndexOf("/") : slash)}`;
}

/** Long paths may break after each slash; nothing is seen of it otherwise. */
function breakable(path) {
  return path.replaceAll("/", "/\u200b");
}

function decoded(query) {
  try {
    return decodeURIComponent(query.replaceAll("+", " "));
  } catch {
    return query;
  }
}
