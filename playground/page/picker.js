// Slack's external select: a field that asks the bot for its options while one types.
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/

import { el } from "./dom.js";

const PAUSE_MS = 120;

/**
 * A combobox. `props` go to its input; `chosen` is the label chosen so far; `least` the characters
 * needed before it asks; `ask(typed)` answers [{"value", "label"}]; `pick(option)` is told the choice.
 */
export function picker({ props, chosen, least, ask, pick }) {
  const listId = `${props.id}-options`;
  const list = el("ul", {
    class: "offers is-below",
    role: "listbox",
    id: listId,
    "aria-label": "Options",
    hidden: true,
  });
  const input = el("input", {
    ...props,
    type: "text",
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": listId,
    autocomplete: "off",
    spellcheck: "false",
    value: chosen,
  });
  let label = chosen;
  let offered = [];
  let at = -1;
  let asked = 0;
  let timer = null;

  const mark = (to) => {
    at = to;
    [...list.children].forEach((node, n) => node.setAttribute("aria-selected", String(n === at)));
    const one = offered.length ? list.children[at] : null;
    one?.scrollIntoView({ block: "nearest" });
    if (one) input.setAttribute("aria-activedescendant", one.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const open = (found, otherwise = "") => {
    offered = found;
    list.replaceChildren(
      ...found.map(row),
      ...(otherwise ? [el("li", { class: "none" }, otherwise)] : []),
    );
    list.hidden = list.children.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(found.length ? 0 : -1);
  };
  const close = () => {
    asked += 1;
    clearTimeout(timer);
    open([]);
  };
  const search = async (typed) => {
    const mine = ++asked;
    if (typed.length < least) return open([], `Type ${least} characters to search`);
    try {
      const found = await ask(typed);
      if (mine === asked) open(found, found.length ? "" : "Nothing found");
    } catch (error) {
      if (mine === asked) open([], error.message);
    }
  };
  const take = (option) => {
    label = option.label;
    input.value = label;
    close();
    pick(option);
  };
  const row = (option, n) =>
    el(
      "li",
      {
        role: "option",
        id: `${listId}-${n}`,
        "aria-selected": "false",
        onpointerdown: (event) => {
          event.preventDefault();
          take(option);
        },
      },
      el("b", {}, option.label),
    );
  const key = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && list.hidden) search("");
    else if (step && offered.length) mark((at + step + offered.length) % offered.length);
    else if (list.hidden) return false;
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && at >= 0) take(offered[at]);
    else return false;
    return true;
  };

  input.addEventListener("keydown", (event) => {
    if (!event.isComposing && key(event)) event.preventDefault();
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => search(input.value), PAUSE_MS);
  });
  input.addEventListener("click", () => {
    input.select();
    if (list.hidden) search("");
  });
  input.addEventListener("blur", () => {
    input.value = label;
    close();
  });
  return el("div", { class: "picker" }, input, list);
}
