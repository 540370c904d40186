// The panel that breaks things: a menu, what is broken now, and one button that mends it all.

import { byId, el } from "./dom.js";
import { DEV, MENU } from "./faults.js";
import { startOver } from "./starting.js";

/**
 * Draw the menu and keep the state so. `type(who, line)` fills in the line of the chat, and a note in
 * the conversation says what to look for.
 */
export function showBreak(world, journal, { type }, failed) {
  const panel = byId("break");
  const told = el("p", { class: "break-told", role: "status" });
  const list = el("ul", { class: "break-list" });
  const mend = el("button", { type: "button", class: "button is-primary" }, "Mend everything");
  const carryOut = async (act) => {
    try {
      told.textContent = "Bringing everything back to the start, so that only this is broken…";
      await startOver(world, { ...DEV, linked: act.linked ?? true });
      for (const [path, body] of act.calls) await world.steer(path, body);
      told.textContent = `Done. ${act.see}`;
      type("engineer", act.line);
      journal.add("engineer", "note", `Broken on purpose: ${act.label}. Send the line below:`, act.see);
    } catch (error) {
      failed(error);
    }
  };
  mend.addEventListener("click", async () => {
    try {
      await world.steer("mend", {});
      told.textContent = "Everything works again. What is active stays active.";
    } catch (error) {
      failed(error);
    }
  });
  panel.append(
    el(
      "section",
      { class: "break-state", "aria-label": "What is broken now" },
      el("h3", {}, "Broken now"),
      list,
      told,
      mend,
    ),
    ...MENU.map((group) => section(group, carryOut)),
  );
  world.watch("broken", () => {
    const things = world.broken.length ? world.broken : ["Nothing: all works as it should."];
    list.replaceChildren(...things.map((one) => el("li", {}, one)));
    mend.disabled = world.broken.length === 0;
    byId("count-break").textContent = world.broken.length || "";
  });
}

function section(group, carryOut) {
  return el(
    "section",
    { class: "break-group" },
    el("h3", {}, group.name),
    group.acts.map((act) =>
      el(
        "div",
        { class: "break-act" },
        el(
          "button",
          { type: "button", class: "button is-plain", onclick: () => carryOut(act) },
          act.label,
        ),
        el("p", {}, el("code", {}, act.line), " ", act.see),
      ),
    ),
  );
}
