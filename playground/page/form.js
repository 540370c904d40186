// The form in front of a person, a modal of Slack's or a dialog of Teams', drawn as a dialog.

import { card, face as cardFace } from "./adaptive.js";
import { blocks, face as blockFace } from "./blocks.js";
import { button } from "./button.js";
import { byId, el } from "./dom.js";
import { slackField } from "./slack_fields.js";
import { teamsField } from "./teams_fields.js";

const INPUTS = "input, select, textarea";
const EMPTY = "Please complete this required field.";

/** Show whatever form is in front, and send it. `failed(error)` hears what went wrong. */
export function showForms(world, failed) {
  const dialog = byId("form");
  let front = null;

  const draw = () => {
    const form = world.forms.at(-1) ?? null;
    if (!form) {
      front = null;
      if (dialog.open) dialog.close();
      return;
    }
    const same = front?.form.id === form.id;
    const hadFields = same && front.form.fields.length > 0;
    front = { form, typed: same ? front.typed : new Map(), said: same ? front.said : "" };
    redraw(dialog, front, world, guard);
    if (!dialog.open) dialog.showModal();
    if (!hadFields) dialog.querySelector(`${INPUTS}, footer button`)?.focus();
  };
  const guard = async (act) => {
    dialog.setAttribute("aria-busy", "true");
    try {
      return await act();
    } catch (error) {
      failed(error);
      return {};
    } finally {
      dialog.removeAttribute("aria-busy");
    }
  };
  const send = async () => {
    const mine = front;
    if (!mine || !complete(dialog, mine)) return;
    mine.said = "";
    const told = await guard(() => world.submit(mine.form.id, Object.fromEntries(mine.typed)));
    mine.said = told.undelivered ?? told.slack_says ?? told.teams_says ?? "";
    await world.read();
    if (front === mine || front?.form.id === mine.form.id) {
      if (front) front.said = mine.said;
      draw();
      dialog.querySelector("[aria-invalid=true]")?.focus();
    }
  };
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (front) guard(() => world.close(front.form.id));
  });
  world.watch("forms", draw);
}

function redraw(dialog, front, world, guard) {
  const held = dialog.contains(document.activeElement) ? document.activeElement : null;
  const caret = held?.selectionStart ?? null;
  const { form } = front;
  const drawn = form.chat === "teams" ? ofTeams(front, world, guard) : ofSlack(front, world, guard);
  const body = el("div", { class: "modal-body" }, drawn);
  const shown = el(
    "form",
    { method: "dialog", novalidate: true, autocomplete: "off" },
    el("header", {}, el("h2", { id: "form-title" }, form.title)),
    front.said && el("p", { class: "modal-said", role: "alert" }, front.said),
    body,
    el(
      "footer",
      {},
      el(
        "button",
        {
          type: "button",
          id: "form-close",
          class: "button is-plain",
          onclick: () => guard(() => world.close(form.id)),
        },
        form.close ?? "Close",
      ),
      form.submit &&
        el(
          "button",
          { type: "submit", id: "form-submit", class: "button is-primary" },
          form.submit,
        ),
    ),
  );
  const top = dialog.querySelector(".modal-body")?.scrollTop ?? 0;
  dialog.replaceChildren(shown);
  body.scrollTop = top;
  const again = held?.id ? byId(held.id) : null;
  again?.focus();
  if (again && caret !== null) again.setSelectionRange?.(caret, caret);
}

function ofSlack({ form, typed }, world, guard) {
  const context = {
    names: (id) => world.nameOf(id),
    button: (element) =>
      button(blockFace(element), () => guard(() => world.press(form.id, element.action_id))),
  };
  const act = {
    choose: (id, now) => guard(() => world.choose(form.id, id, now)),
    ask: (id, words) => world.options(form.id, id, words),
  };
  return form.raw.blocks.map((block) =>
    block.type === "input" ? slackField(block, form, typed, act) : blocks([block], context),
  );
}

function ofTeams({ form, typed }, world, guard) {
  let n = 0;
  const context = {
    button(action) {
      const id = form.buttons[n++]?.id;
      // The one that submits the dialog stands at its foot.
      if (action.title === form.submit) return null;
      const press = () => guard(() => world.press(form.id, id, Object.fromEntries(typed)));
      return button(cardFace(action), press);
    },
    input: (input) =>
      teamsField(input, {
        told: form.fields.find((one) => one.id === input.id),
        value: typed.get(input.id),
        keep: (now) => typed.set(input.id, now),
      }),
  };
  return card(form.raw, context);
}

/** Whether every required field is filled in; where not, the field says so and is given the focus. */
function complete(dialog, front) {
  const missing = [...dialog.querySelectorAll("[data-required]")].filter(
    (node) => !node.value.trim(),
  );
  for (const node of dialog.querySelectorAll("[data-required]")) {
    const error = byId(`${node.id}-error`);
    const empty = missing.includes(node);
    node.setAttribute("aria-invalid", String(empty));
    const words = node.dataset.empty ?? EMPTY;
    if (empty || error.textContent === words) error.textContent = empty ? words : "";
  }
  front.said = "";
  missing[0]?.focus();
  return missing.length === 0;
}
