// The input elements of Slack's modals: https://docs.slack.dev/reference/block-kit/block-elements

import { plain } from "./blocks.js";
import { el } from "./dom.js";
import { fieldFor } from "./fields.js";

const TYPED = {
  plain_text_input: "text",
  email_text_input: "email",
  url_text_input: "url",
  number_input: "text",
};
const DEFAULT_QUERY = 3;

/**
 * One input block of a form. `typed` is what was typed into its fields so far, by id; `act` has
 * choose(id, value) and ask(id, words).
 */
export function slackField(block, form, typed, act) {
  const element = block.element;
  const told = form.fields.find((one) => names(one, block, element));
  if (!told) return el("p", { class: "b-unknown" }, plain(block.label));
  const state = form.raw.state.values[block.block_id]?.[element.action_id];
  return fieldFor({
    id: `f-${block.block_id}-${element.action_id}`,
    told,
    hint: plain(block.hint),
    look: face(element, state),
    value: typed.has(told.id) ? typed.get(told.id) : told.value,
    keep: (now) => typed.set(told.id, now),
    choose: (now) => {
      typed.delete(told.id);
      return act.choose(told.id, now);
    },
    ask: (words) => act.ask(told.id, words),
  });
}

function names(field, block, element) {
  return field.id === element.action_id || field.id === `${block.block_id}/${element.action_id}`;
}

function face(element, state) {
  const { type } = element;
  const placeholder = plain(element.placeholder);
  if (type in TYPED) {
    const limits = { maxlength: element.max_length, minlength: element.min_length };
    return { kind: element.multiline ? "area" : "text", type: TYPED[type], placeholder, ...limits };
  }
  if (type === "external_select") {
    const least = element.min_query_length ?? DEFAULT_QUERY;
    return { kind: "search", placeholder, least, chosen: plain(state?.selected_option?.text) };
  }
  if (type === "static_select" || type === "radio_buttons") return { kind: "select" };
  return { kind: "unknown", words: `This page does not draw “${type}”; Slack does.` };
}
