// The app's Home tab beside the conversation: opening it tells the app, which publishes it anew.

import { blocks, face } from "./blocks.js";
import { pressable } from "./bodies.js";
import { byId, el } from "./dom.js";
import { tabs } from "./tabs.js";

/** Make the two surfaces of the app choosable, and keep the Home drawn. `acts` as for messages. */
export function showHome(world, acts) {
  const chat = byId("chat");
  const panel = byId("home");
  const choose = tabs(byId("surfaces"), (surface) => {
    chat.dataset.surface = surface;
    if (surface === "home") acts.openHome();
  });

  world.watch("who", () => {
    byId("surfaces").hidden = world.chat !== "slack";
    choose("scroll");
  });
  world.watch("who home", () => panel.replaceChildren(...drawn(world, acts)));
  return () => choose("scroll");
}

function drawn(world, acts) {
  const { home } = world;
  if (!home) return [el("p", { class: "hint" }, "The app has published nothing here yet.")];
  const names = (id) => world.nameOf(id);
  return home.raw.blocks.flatMap((block) => {
    // Several buttons of a Home do the same to different things: only the block tells them apart.
    const button = (element) =>
      pressable(home, face(element), `${block.block_id}/${element.action_id}`, world, acts);
    return blocks([block], { names, button });
  });
}
