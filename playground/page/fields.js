// A field of a form, whichever chat's: its label, its control, its hint, what is wrong with it.

import { el } from "./dom.js";
import { picker } from "./picker.js";

/**
 * `told` is its row of /forms: label, required, options, error. `look` says which control it is: kind
 * (text, area, select, search, toggle) with what that needs. `value` stands in it; `keep(value)` is told
 * of typing, `choose(value)` of choosing; `ask(words)` searches options. `wrong` marks a field whose
 * error is said elsewhere; `empty` is said of one that has to be filled in.
 */
export function fieldFor(field) {
  const { id, told, hint, wrong, empty } = field;
  const props = {
    id,
    name: id,
    "aria-describedby": `${hint ? `${id}-hint ` : ""}${id}-error`,
    "aria-invalid": String(Boolean(told.error || wrong)),
    "aria-required": String(Boolean(told.required)),
    "data-required": told.required,
    "data-empty": empty,
  };
  return el(
    "div",
    { class: "field" },
    el("label", { for: id }, told.label, told.required === false && el("small", {}, " (optional)")),
    CONTROLS[field.look.kind](field, props),
    hint && el("p", { class: "hint", id: `${id}-hint` }, hint),
    el("p", { class: "error", id: `${id}-error` }, told.error ?? ""),
  );
}

const CONTROLS = {
  text: ({ look, value, keep }, props) => withValue(el("input", typed(look, keep, props)), value),
  area: ({ look, value, keep }, props) =>
    withValue(el("textarea", { ...typed(look, keep, props), type: null, rows: 3 }), value),
  select: choosing,
  search: searching,
  toggle: ({ look, value, keep }, props) => {
    const flip = (event) => keep(event.currentTarget.checked);
    const box = el("input", { ...props, type: "checkbox", onchange: flip });
    box.checked = value === look.on || value === true;
    return box;
  },
  unknown: ({ look }, { id }) => el("p", { class: "b-unknown", id }, look.words),
};

function typed(look, keep, props) {
  return {
    ...props,
    type: look.type,
    placeholder: look.placeholder || null,
    maxlength: look.maxlength,
    minlength: look.minlength,
    oninput: (event) => keep(event.currentTarget.value),
  };
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

function searching({ look, choose, ask }, props) {
  return picker({
    props: { ...props, placeholder: look.placeholder || "Search…" },
    chosen: look.chosen,
    least: look.least,
    ask,
    pick: (option) => choose(option.value),
  });
}
