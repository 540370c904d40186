// What a message shows, drawn as its chat draws it; and the buttons on it, as one presses them here.

import { card, face as cardFace, markdown } from "./adaptive.js";
import { blocks, face as blockFace } from "./blocks.js";
import { button } from "./button.js";
import { el } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { teamsField } from "./teams_fields.js";

/** The nodes of a message. `acts` has press(message, id, inputs, node) and signIn(url, node). */
export function body(message, world, acts) {
  return message.chat === "teams" ? ofTeams(message, world, acts) : ofSlack(message, world, acts);
}

function ofSlack(message, world, acts) {
  const names = (id) => world.nameOf(id);
  const list = message.raw.blocks ?? [];
  if (!list.length) return el("div", { class: "b-section" }, mrkdwn(message.raw.text, names));
  const press = (element) => pressable(message, blockFace(element), element.action_id, world, acts);
  return blocks(list, { names, button: press });
}

function ofTeams(message, world, acts) {
  const { card: shown, text, note } = message.raw;
  const typed = {};
  let n = 0;
  const context = {
    button: (action) =>
      pressable(message, cardFace(action), message.buttons[n++]?.id, world, acts, typed),
    input: (input) =>
      teamsField(input, {
        value: typed[input.id],
        keep: (now) => (typed[input.id] = now),
      }),
  };
  return [
    text && el("div", { class: "b-section" }, markdown(text)),
    shown ? el("div", { class: "ac-card" }, card(shown, context)) : signIns(message, world, acts),
    note && el("p", { class: "ac-note" }, note),
  ];
}

/** A sign-in card: its words, and its button. */
function signIns(message, world, acts) {
  const asked = message.raw.attachments?.find((one) => one.contentType.endsWith(".card.oauth"));
  if (!asked) return null;
  const faces = message.buttons.map(({ label, url }) => ({ label, url, style: "primary" }));
  return el(
    "div",
    { class: "ac-card" },
    el("p", {}, asked.content.text ?? ""),
    el(
      "div",
      { class: "b-actions" },
      faces.map((one) => pressable(message, one, one.label, world, acts)),
    ),
  );
}

/** A button as one presses it here; beside a sign-in link, the button that follows it for one. */
export function pressable(message, face, id, world, acts, typed = {}) {
  const node = button(face, (where) => acts.press(message, id, typed, face, where));
  if (!isSignIn(face.url, world.bot)) return node;
  const name = world.me.name;
  return el(
    "span",
    { class: "sign-in" },
    node,
    el(
      "button",
      {
        type: "button",
        class: "button is-world",
        onclick: (event) => acts.signIn(face.url, event.currentTarget),
      },
      `Sign in as ${name}`,
      el("small", {}, " done for you"),
    ),
  );
}

function isSignIn(url, bot) {
  const to = url && URL.canParse(url) ? new URL(url) : null;
  return Boolean(
    to && to.pathname.startsWith("/sign-in") && (!bot || to.origin === new URL(bot).origin),
  );
}
