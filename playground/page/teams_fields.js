// The inputs of Adaptive Cards: https://learn.microsoft.com/adaptive-cards/authoring-cards/input-validation

import { fieldFor } from "./fields.js";

/**
 * One input. `told` is its row of /forms, or nothing on a message; `value` what stands in it;
 * `keep(value)` is told of whatever is typed or chosen. The card says itself what is wrong.
 */
export function teamsField(input, { told, value, keep }) {
  const id = `f-${input.id}`;
  const choices = (input.choices ?? []).map((one) => ({ value: one.value, label: one.title }));
  const row = {
    label: input.label ?? input.title ?? input.id,
    required: input.isRequired ? true : null, // a client marks none as optional
    options: told?.options ?? choices,
    error: null,
  };
  const now = value ?? input.value ?? "";
  return fieldFor({
    id,
    told: row,
    wrong: Boolean(told?.error),
    empty: input.errorMessage,
    look: face(input),
    value: now,
    keep,
    choose: keep,
  });
}

function face(input) {
  if (input.type === "Input.ChoiceSet") return { kind: "select" };
  if (input.type === "Input.Toggle") return { kind: "toggle", on: input.valueOn ?? "true" };
  if (input.type === "Input.Date") return { kind: "text", type: "date" };
  if (input.type === "Input.Time") return { kind: "text", type: "time" };
  const kind = input.isMultiline ? "area" : "text";
  return { kind, type: "text", maxlength: input.maxLength, placeholder: input.placeholder };
}
