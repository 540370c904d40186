// Choosing the chat one talks to the bot in, of those where one has an account.

import { byId } from "./dom.js";

/** Make the switch work and keep it true. */
export function showChats(world) {
  const all = [...byId("chats").querySelectorAll("button")];
  for (const one of all) one.addEventListener("click", () => world.talkIn(one.value));
  world.watch("who", () => {
    for (const one of all) {
      one.setAttribute("aria-pressed", String(one.value === world.chat));
      one.disabled = !world.chats.includes(one.value);
      one.title = one.disabled ? `${world.me.name} has no account there` : "";
    }
  });
}
