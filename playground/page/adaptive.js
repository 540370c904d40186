// Adaptive Cards as DOM nodes: https://adaptivecards.io/explorer/
// `context` is what a card needs to know: button(action) draws a button, input(element) a field.

import { el, safeUrl } from "./dom.js";
import { link } from "./mrkdwn.js";
import { cardDate, time } from "./when.js";

const DRAWN = {
  TextBlock: (one) => el(one.weight ? "h3" : "div", look(one, "ac-text"), markdown(one.text)),
  RichTextBlock: (one) => el("div", look(one, "ac-text"), one.inlines.map(run)),
  FactSet: (one) =>
    el(
      "dl",
      { class: "ac-facts" },
      one.facts.map((fact) => [el("dt", {}, fact.title), el("dd", {}, markdown(fact.value))]),
    ),
  Container: (one, context) => el("div", { class: "ac-box" }, elements(one.items, context)),
  ColumnSet: (one, context) =>
    el(
      "div",
      { class: "ac-columns" },
      (one.columns ?? []).map((column) => el("div", {}, elements(column.items, context))),
    ),
  ActionSet: (one, context) => buttons(one.actions, context),
  Image: (one) => el("p", { class: "b-unknown" }, `Picture: ${one.altText ?? ""}`),
};
const MARK = /\[([^[\]]+)\]\(([^()\s]+)\)|\*\*(\S(?:.*?\S)?)\*\*|(?<!\w)_(\S(?:.*?\S)?)_(?!\w)|\\([\\`*_{}[\]()#+\-.!<>|~])/;
const MOMENT = /\{\{(DATE|TIME)\(\s*(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d))\s*(?:,\s*(COMPACT|SHORT|LONG))?\)\}\}/;

/** Everything on a card, its own actions last. */
export function card(shown, context) {
  return [elements(shown.body, context), buttons(shown.actions, context)];
}

/** Elements in their order; one this page does not know says so instead of vanishing. */
export function elements(list, context) {
  return (list ?? [])
    .filter((one) => one.isVisible !== false)
    .map((one) =>
      one.type.startsWith("Input.")
        ? context.input(one)
        : (DRAWN[one.type]?.(one, context) ?? unknown(one.type)),
    );
}

/** What stands on a button, who hears it instead, and where it leads. */
export function face(action) {
  return {
    label: action.title ?? "",
    spoken: action.tooltip,
    style: { positive: "primary", destructive: "danger" }[action.style] ?? "plain",
    url: action.type === "Action.OpenUrl" ? action.url : undefined,
  };
}

function buttons(actions, context) {
  if (!actions?.length) return null;
  const drawn = actions.map((one) =>
    one.type === "Action.ShowCard"
      ? el("div", { class: "ac-box" }, one.title, card(one.card, context))
      : context.button(one),
  );
  return drawn.some(Boolean) ? el("div", { class: "b-actions" }, drawn) : null;
}

function look(one, base) {
  const names = [
    base,
    one.weight?.toLowerCase() === "bolder" && "is-bold",
    one.isSubtle && "is-subtle",
    one.size && `is-${one.size.toLowerCase()}`,
    one.color && `is-${one.color.toLowerCase()}`,
    one.fontType?.toLowerCase() === "monospace" && "is-mono",
  ];
  return { class: names.filter(Boolean).join(" ") };
}

function run(one) {
  if (typeof one === "string") return dated(one);
  const words = dated(one.text);
  const address = one.selectAction?.url;
  const tags = [
    one.weight?.toLowerCase() === "bolder" && "strong",
    one.italic && "em",
    one.strikethrough && "s",
    one.underline && "u",
    one.fontType?.toLowerCase() === "monospace" && "code",
  ];
  const marked = tags.filter(Boolean).reduce((inner, tag) => el(tag, {}, inner), words);
  const shown = address && safeUrl(address) ? link(address, el("span", {}, marked)) : marked;
  const { class: names } = look({ isSubtle: one.isSubtle, color: one.color, size: one.size }, "");
  return names.trim() ? el("span", { class: names.trim() }, shown) : shown;
}

/** The little Markdown that cards know, as nodes. */
export function markdown(text) {
  const found = MARK.exec(text);
  if (!found) return dated(text);
  const [whole, label, address, bold, slanted, literal] = found;
  const node = label
    ? link(address, label)
    : bold
      ? el("strong", {}, markdown(bold))
      : slanted
        ? el("em", {}, markdown(slanted))
        : literal;
  return [
    dated(text.slice(0, found.index)),
    node,
    markdown(text.slice(found.index + whole.length)),
  ];
}

/** Text with its DATE and TIME functions carried out. */
function dated(text) {
  const found = MOMENT.exec(text);
  if (!found) return text;
  const [whole, what, iso, how] = found;
  const moment = new Date(iso);
  const words = what === "TIME" ? `${time(moment)} UTC` : cardDate(moment, how);
  return [
    text.slice(0, found.index),
    el("time", { datetime: moment.toISOString() }, words),
    dated(text.slice(found.index + whole.length)),
  ];
}

function unknown(type) {
  return el("p", { class: "b-unknown" }, `This page does not draw “${type}”; Teams does.`);
}
