// A person's conversation with the bot: what they typed and every message they can see, in order.

import { avatar } from "./people.js";
import { body } from "./bodies.js";
import { byId, el, icon, reconcile } from "./dom.js";
import { stick } from "./stick.js";
import { day, time } from "./when.js";

const SLACKBOT = "USLACKBOT";
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
const EYE =
  "M8 3C4.5 3 2 5.6 1 8c1 2.4 3.5 5 7 5s6-2.6 7-5c-1-2.4-3.5-5-7-5Zm0 8a3 3 0 1 1 0-6 3 3 0 0 1 0 6Z";
const KEY =
  "M10.5 1a4.5 4.5 0 0 0-4.2 6.1L1 12.4V15h3v-2h2v-2h1.6l1.3-1.3A4.5 4.5 0 1 0 10.5 1Zm1 4.5a1.25 1.25 0 1 1 0-2.5 1.25 1.25 0 0 1 0 2.5Z";

/** Draw the conversation and keep it so. `acts` has press(), signIn() and outside(). */
export function showConversation(world, journal, acts) {
  const list = byId("messages");
  const newer = byId("newer");
  const end = stick(byId("scroll"), () => {
    if (end.atEnd()) newer.hidden = true;
  });
  const known = new Map();
  let shownFor = "";
  let settled = false;

  const draw = () => {
    const switched = shownFor !== world.place;
    shownFor = world.place;
    if (switched) settled = false;
    const items = merged(world, journal);
    const fresh = reconcile(
      list,
      items,
      (item) => item.key,
      sign,
      (item, old) => drawn(item, old, { world, acts }),
    );
    byId("welcome").hidden = items.length > 0 || world.messages === null;
    const arrived = notice(items, known);
    if (settled) {
      announce(arrived);
      for (const node of fresh) node.classList.add("is-fresh");
    }
    if (!settled) end.toEnd();
    else if (arrived.length && !end.atEnd()) newer.hidden = false;
    end.settle();
    settled = world.messages !== null;
  };

  newer.addEventListener("click", () => {
    end.toEnd();
    byId("line").focus();
  });
  list.addEventListener("click", (event) => leaving(event, (url) => acts.outside(url)));
  journal.addEventListener("change", draw);
  world.watch("who messages", draw);
}

/** A link that leads out of the playground is not followed: what it names is not simulated. */
function leaving(event, told) {
  const link = event.target.closest("a[href]");
  if (!link || LOOPBACK.has(link.hostname)) return;
  event.preventDefault();
  told(link.href);
}

function merged(world, journal) {
  const heard = (world.messages ?? []).map((one) => ({
    key: one.id,
    kind: "message",
    at: one.chat === "teams" ? Number(one.raw.id) : Number(one.raw.ts) * 1000,
    message: one,
  }));
  const own = journal.of(world.place).map((one) => ({
    key: `own ${one.id}`,
    kind: one.kind,
    at: Date.parse(one.at),
    entry: one,
  }));
  const all = [...heard, ...own].sort((a, b) => a.at - b.at);
  return all.map((item, n) => ({ ...item, day: dayChange(all[n - 1], item) }));
}

function dayChange(before, item) {
  const today = day(new Date(item.at));
  return before && day(new Date(before.at)) === today ? "" : today;
}

function sign(item) {
  return JSON.stringify([item.day, item.message ?? item.entry]);
}

/** Which messages and notes are new, or say something new, since the last look. */
function notice(items, known) {
  const arrived = items.filter(
    (item) => item.kind !== "said" && known.get(item.key) !== words(item),
  );
  known.clear();
  for (const item of items) known.set(item.key, words(item));
  return arrived;
}

function words(item) {
  return item.message ? item.message.text : `${item.entry.text} ${item.entry.detail}`;
}

function announce(arrived) {
  if (arrived.length) byId("spoken").textContent = arrived.map((item) => said(item)).join("\n");
}

function said(item) {
  if (!item.message) return words(item);
  const only = item.message.ephemeral ? " (only visible to you)" : "";
  return `${author(item.message)}${only}: ${item.message.text}`;
}

function author(message) {
  return message.raw.user === SLACKBOT ? "Slackbot" : "AWS Access";
}

function drawn(item, old, context) {
  const body = item.message ? message(item, context) : own(item, context);
  return el("li", { class: "item" }, item.day && el("p", { class: "day" }, item.day), body);
}

function message(item, { world, acts }) {
  const { message: told, at } = item;
  const slackbot = told.raw.user === SLACKBOT;
  return el(
    "article",
    { class: told.ephemeral ? "message is-ephemeral" : "message" },
    el(
      "span",
      { class: slackbot ? "avatar is-slackbot" : "avatar is-bot", "aria-hidden": "true" },
      slackbot ? "S" : icon(KEY, 20),
    ),
    el(
      "div",
      { class: "message-body" },
      el(
        "header",
        {},
        el("strong", { class: "author" }, author(told)),
        el("span", { class: "badge" }, slackbot ? "Slack" : "App"),
        stamp(at),
        told.raw.channel_name && el("span", { class: "where" }, `in #${told.raw.channel_name}`),
        told.ephemeral && el("span", { class: "only" }, icon(EYE, 13), "Only visible to you"),
        !told.ephemeral && !told.new && el("span", { class: "edited" }, "edited"),
      ),
      body(told, world, acts),
    ),
  );
}

function own(item, { world }) {
  const { entry, at } = item;
  if (entry.kind === "said") {
    return el(
      "article",
      { class: "message is-mine" },
      avatar(world.me),
      el(
        "div",
        { class: "message-body" },
        el("header", {}, el("strong", { class: "author" }, world.me.name), stamp(at)),
        el("p", { class: "typed" }, entry.text),
        entry.detail && el("p", { class: "fate" }, entry.detail),
      ),
    );
  }
  return el(
    "p",
    { class: "note" },
    el("strong", {}, entry.text),
    entry.detail && ["\n", entry.detail],
  );
}

function stamp(at) {
  const moment = new Date(at);
  return el("time", { class: "stamp", datetime: moment.toISOString() }, time(moment));
}
