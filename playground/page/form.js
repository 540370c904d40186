// Slack's modals: the form in front of a person, drawn as a dialog.

import { blocks, plain } from "./blocks.js";
import { append, byId, el } from "./dom.js";
import { fieldFor } from "./fields.js";

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
    mine.said = told.undelivered ?? told.slack_says ?? "";
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
  const names = (id) => world.nameOf(id);
  const context = { names, button: (element) => formButton(element, form, world, guard) };
  const body = el("div", { class: "modal-body" });
  for (const block of form.raw.blocks) {
    append(body, [
      block.type === "input" ? drawField(block, front, world, guard) : blocks([block], context),
    ]);
  }
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

function drawField(block, front, world, guard) {
  const { form, typed } = front;
  const element = block.element;
  const told = form.fields.find((one) => names(one, block, element));
  if (!told) return el("p", { class: "b-unknown" }, plain(block.label));
  const value = typed.has(told.id) ? typed.get(told.id) : told.value;
  return fieldFor({
    block,
    element,
    told,
    value,
    state: form.raw.state.values[block.block_id]?.[element.action_id],
    keep: (now) => typed.set(told.id, now),
    choose: async (now) => {
      typed.delete(told.id);
      const answer = await guard(() => world.choose(form.id, told.id, now));
      return answer;
    },
    ask: (words) => world.options(form.id, told.id, words),
  });
}

function names(field, block, element) {
  return field.id === element.action_id || field.id === `${block.block_id}/${element.action_id}`;
}

function formButton(element, form, world, guard) {
  return el(
    "button",
    {
      type: "button",
      class: `button is-${element.style ?? "plain"}`,
      onclick: () => guard(() => world.press(form.id, element.action_id)),
    },
    plain(element.text),
  );
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
    if (empty || error.textContent === EMPTY) error.textContent = empty ? EMPTY : "";
  }
  front.said = "";
  missing[0]?.focus();
  return missing.length === 0;
}
