// The line one types in: examples to click, suggestions while typing, history, Enter sends.

import { byId, el } from "./dom.js";
import { examplesFor, offersFor } from "./offers.js";

/** Make the line work; `send(text)` is called with what was typed. Answers how to fill the line. */
export function composer(world, journal, send) {
  const form = byId("composer");
  const line = byId("line");
  const offers = suggestions(world, line);
  const history = recall(world, journal, line);

  const fillIn = (text) => {
    line.value = text;
    line.focus();
    line.setSelectionRange(text.length, text.length);
    offers.hide();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = line.value.trim();
    if (!text) return line.focus();
    fillIn("");
    history.reset();
    send(text);
  });
  line.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (offers.key(event) || history.key(event)) event.preventDefault();
  });
  line.addEventListener("input", () => offers.show());
  line.addEventListener("blur", () => offers.hide());

  const examples = byId("examples");
  examples.addEventListener("wheel", (event) => (examples.scrollLeft += event.deltaY), {
    passive: true,
  });
  world.watch("people who", () => {
    const inTeams = world.chat === "teams";
    line.placeholder = inTeams ? "Message AWS Access" : "/aws-access …";
    byId("line-label").textContent = inTeams ? "Message to AWS Access" : "Slash command";
    const all = examplesFor(world.me).map(world.typed, world).map((text) =>
      el(
        "button",
        {
          type: "button",
          class: "example",
          title: text,
          "aria-label": text,
          onclick: () => fillIn(text),
        },
        text.replace("/aws-access ", ""),
      ),
    );
    examples.replaceChildren(...all);
    examples.scrollLeft = 0;
  });
  return fillIn;
}

/** The listbox above the line: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ */
function suggestions(world, line) {
  const list = byId("offers");
  let offered = [];
  let at = -1;

  const offersHere = (text) => offersFor(text, world.access, world.typed("/aws-access "));
  const mark = (to) => {
    at = to;
    [...list.children].forEach((node, n) => node.setAttribute("aria-selected", String(n === at)));
    const chosen = list.children[at];
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) line.setAttribute("aria-activedescendant", chosen.id);
    else line.removeAttribute("aria-activedescendant");
  };
  const put = (found) => {
    offered = found;
    list.replaceChildren(...found.map(row));
    list.hidden = found.length === 0;
    line.setAttribute("aria-expanded", String(found.length > 0));
    mark(-1);
  };
  const take = (n) => {
    line.value = offered[n].line;
    put(offersHere(line.value));
  };
  const row = (one, n) =>
    el(
      "li",
      {
        role: "option",
        id: `offer-${n}`,
        "aria-selected": "false",
        onpointerdown: (event) => {
          event.preventDefault();
          take(n);
        },
      },
      el("b", {}, one.word),
      el("span", {}, one.hint),
    );

  return {
    show: () => put(offersHere(line.value)),
    hide: () => put([]),
    /** Whether the key was for the suggestions. */
    key(event) {
      if (offered.length === 0) return false;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step)
        mark(
          at < 0 && step < 0 ? offered.length - 1 : (at + step + offered.length) % offered.length,
        );
      else if (event.key === "Escape") put([]);
      else if (at >= 0 && (event.key === "Enter" || event.key === "Tab")) take(at);
      else return false;
      return true;
    },
  };
}

/** ArrowUp in an empty line brings back what was typed before. */
function recall(world, journal, line) {
  let at = -1;
  return {
    reset: () => (at = -1),
    key(event) {
      const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      const typed = journal.typed(world.place);
      if (!step || (line.value && line.value !== typed[at])) return false;
      at = Math.max(-1, Math.min(typed.length - 1, at + step));
      line.value = typed[at] ?? "";
      return true;
    },
  };
}
