// The world's clock and the buttons that skip time.

import { byId } from "./dom.js";
import { day, timeWithSeconds, worldNow } from "./when.js";

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
  const start = async (label, minutes) => {
    if (skip) return;
    skip = { from: worldNow(), length: minutes * 60_000 };
    group.setAttribute("aria-busy", "true");
    bar.classList.add("is-on");
    const looking = setInterval(() => world.read(), LOOK_MS);
    byId("spoken").textContent = `Skipping ${label.slice(1)}…`;
    try {
      await world.skip(`PT${minutes}M`);
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
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) start(button.textContent, Number(button.dataset.minutes));
  });
  setInterval(tick, TICK_MS);
  world.watch("clock", tick);
}
