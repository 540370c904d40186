// The world's clock and the buttons that skip time.

import { byId, el } from "./dom.js";
import { day, timeWithSeconds, worldNow } from "./when.js";

const SKIPS = [
  ["+5 min", "PT5M", 5], ["+10 min", "PT10M", 10], ["+30 min", "PT30M", 30], ["+1 h", "PT1H", 60], ["+8 h", "PT8H", 480],
];
const TICK_MS = 1000;
const LOOK_MS = 400;
const FIRST = 4;

/** Show the time, and skip it. `failed(error)` hears what went wrong. */
export function clockBar(world, failed) {
  const now = byId("now");
  const bar = byId("progress");
  const group = byId("skips");
  let skip = null;

  const tick = () => {
    const date = worldNow();
    now.textContent = `${day(date)} ${timeWithSeconds(date)}`;
    now.dateTime = date.toISOString();
    if (skip) bar.value = FIRST + (100 - FIRST) * Math.min(1, (date - skip.from) / skip.length);
  };
  const start = async (label, duration, minutes) => {
    if (skip) return;
    skip = { from: worldNow(), length: minutes * 60_000 };
    group.setAttribute("aria-busy", "true");
    bar.classList.add("is-on");
    const looking = setInterval(() => world.read(), LOOK_MS);
    byId("spoken").textContent = `Skipping ${label.slice(1)}…`;
    try {
      await world.skip(duration);
      byId("spoken").textContent = `It is ${timeWithSeconds(worldNow())}.`;
    } catch (error) {
      failed(error);
    } finally {
      clearInterval(looking);
      skip = null;
      group.removeAttribute("aria-busy");
      bar.classList.remove("is-on");
      bar.value = 0;
      tick();
    }
  };
  const buttons = SKIPS.map(([label, duration, minutes]) =>
    el("button", { type: "button", class: "skip-by", onclick: () => start(label, duration, minutes) }, label),
  );
  group.append(...buttons);
  setInterval(tick, TICK_MS);
  world.watch("clock", tick);
}
