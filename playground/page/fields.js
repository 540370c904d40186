// The input elements of Slack's modals: https://docs.slack.dev/reference/block-kit/block-elements

import { plain } from "./blocks.js";
import { el } from "./dom.js";
import { picker } from "./picker.js";

const TYPED = {
  plain_text_input: "text",
  email_text_input: "email",
  url_text_input: "url",
  number_input: "text",
};
const DEFAULT_QUERY = 3;

/**
 * A field with its label, hint and error. `told` is its row of /forms, `value` what stands in it;
 * `keep(value)` is told of typing, `choose(value)` of choosing; `ask(words)` searches options.
 */
export function fieldFor(field) {
  const { block, told } = field;
  const id = `f-${block.block_id}-${field.element.action_id}`;
  const hint = plain(block.hint);
  const props = {
    id,
    name: id,
    "aria-describedby": `${hint ? `${id}-hint ` : ""}${id}-error`,
    "aria-invalid": String(Boolean(told.error)),
    "aria-required": String(told.required),
    "data-required": told.required,
  };
  return el(
    "div",
    { class: "field" },
    el("label", { for: id }, told.label, !told.required && el("small", {}, " (optional)")),
    control(field, props),
    hint && el("p", { class: "hint", id: `${id}-hint` }, hint),
    el("p", { class: "error", id: `${id}-error` }, told.error ?? ""),
  );
}

function control(field, props) {
  const { type } = field.element;
  if (type in TYPED) return typing(field, props);
  if (type === "external_select") return searching(field, props);
  if (type === "static_select" || type === "radio_buttons") return choosing(field, props);
  return el(
    "p",
    { class: "b-unknown", id: props.id },
    `This page does not draw “${type}”; Slack does.`,
  );
}

function typing({ element, value, keep }, props) {
  const common = {
    ...props,
    placeholder: plain(element.placeholder) || null,
    maxlength: element.max_length,
    minlength: element.min_length,
    oninput: (event) => keep(event.currentTarget.value),
  };
  if (element.multiline) return withValue(el("textarea", { ...common, rows: 3 }), value);
  return withValue(el("input", { ...common, type: TYPED[element.type] }), value);
}

function withValue(node, value) {
  node.value = value ?? "";
  return node;
}

function choosing({ told, value, choose }, props) {
  const blank = el("option", { value: "" }, "Choose…");
  const options = told.options.map((one) => el("option", { value: one.value }, one.label));
  const select = el(
    "select",
    { ...props, onchange: (event) => choose(event.currentTarget.value) },
    value ? [] : blank,
    options,
  );
  return withValue(select, value);
}

function searching({ element, state, choose, ask }, props) {
  const label = plain(state?.selected_option?.text);
  return picker({
    props: { ...props, placeholder: plain(element.placeholder) || "Search…" },
    chosen: label,
    least: element.min_query_length ?? DEFAULT_QUERY,
    ask,
    pick: (option) => choose(option.value),
  });
}
