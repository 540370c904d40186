// Choosing who one is: the people of the world, by role.

import { byId, el } from "./dom.js";

const ROLES = {
  engineer: "asks for access",
  "engineer-admin": "her admin account",
  approver: "asks, and approves prod-admin",
  "teams-approver": "approves, on Teams only",
  admin: "reads every decision",
  "controller-one": "decides on dual control",
  "controller-two": "decides on dual control",
  stranger: "from another workspace",
  guest: "a guest in Slack and in Entra",
  outsider: "eligible for nothing",
};

/** Draw the people and change who one is when one is chosen; `pointed()` after a click or a tap. */
export function showPeople(world, pointed) {
  const cast = byId("cast");
  world.watch("people", () =>
    cast.replaceChildren(...world.people.map((one) => card(one, world, pointed))),
  );
  world.watch("who", () => {
    const chosen = byId(`who-${world.who}`);
    if (chosen) chosen.checked = true;
  });
}

function card(person, world, pointed) {
  const id = `who-${person.key}`;
  const radio = el("input", {
    type: "radio",
    name: "who",
    id,
    value: person.key,
    onchange: () => world.become(person.key),
    onclick: (event) => event.pointerType && pointed(),
  });
  return el(
    "label",
    { class: "person", for: id },
    radio,
    avatar(person),
    el("span", { class: "person-name" }, person.name),
    el("span", { class: "person-role" }, ROLES[person.key] ?? person.title),
  );
}

/** A person's initials on their own colour. */
export function avatar(person) {
  const initials = person.name
    .replace(/\(.*\)/, "")
    .split(/\s+/)
    .map((word) => word[0])
    .join("");
  const tone = [...person.key].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6;
  return el("span", { class: `avatar tone-${tone}`, "aria-hidden": "true" }, initials.slice(0, 2));
}
