// Block Kit as DOM nodes: https://docs.slack.dev/reference/block-kit/blocks
// `context` is what blocks need to know: names(userId), and button(element) which draws a button.

import { el } from "./dom.js";
import { mrkdwn, unescaped } from "./mrkdwn.js";
import { richText } from "./rich_text.js";

const DRAWN = {
  header: (block) => el("h3", { class: "b-header" }, plain(block.text)),
  divider: () => el("hr", { class: "b-divider" }),
  section,
  context: (block, context) =>
    el(
      "div",
      { class: "b-context" },
      block.elements.map((one) => small(one, context)),
    ),
  actions: (block, context) =>
    el(
      "div",
      { class: "b-actions" },
      block.elements.map((one) => control(one, context)),
    ),
  rich_text: (block, context) => el("div", { class: "b-rich" }, richText(block, context.names)),
  markdown: (block, context) =>
    el("div", { class: "b-section" }, mrkdwn(block.text, context.names)),
  alert: (block, context) =>
    el("div", { class: `b-alert is-${block.level ?? "default"}` }, textObject(block.text, context)),
  image: (block) => el("p", { class: "b-unknown" }, `Picture: ${block.alt_text}`),
};

/** Every block drawn; one this page does not know says so instead of vanishing. */
export function blocks(list, context) {
  return list.map((block) => DRAWN[block.type]?.(block, context) ?? unknown(block.type));
}

/** A text object, plain or mrkdwn, as nodes. */
export function textObject(text, context) {
  return text.type === "mrkdwn" ? mrkdwn(text.text, context.names) : plain(text);
}

/** The words of a plain_text object. */
export function plain(text) {
  return text ? unescaped(text.text) : "";
}

function section(block, context) {
  const fields = block.fields?.map((one) => el("div", {}, textObject(one, context)));
  return el(
    "div",
    { class: block.accessory ? "b-section has-accessory" : "b-section" },
    el(
      "div",
      {},
      block.text && el("div", {}, textObject(block.text, context)),
      fields && el("div", { class: "b-fields" }, fields),
    ),
    block.accessory && el("div", { class: "b-accessory" }, control(block.accessory, context)),
  );
}

function small(element, context) {
  if (element.type === "image") return el("span", {}, element.alt_text);
  return el("span", {}, textObject(element, context));
}

function control(element, context) {
  return element.type === "button" ? context.button(element) : unknown(element.type);
}

function unknown(type) {
  return el("p", { class: "b-unknown" }, `This page does not draw “${type}”; Slack does.`);
}

/** What stands on a button, who hears it instead, and where it leads. */
export function face(element) {
  return {
    label: plain(element.text),
    spoken: element.accessibility_label,
    style: element.style ?? "plain",
    url: element.url,
  };
}
