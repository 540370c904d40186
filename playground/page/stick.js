// Keeps a scrolling list at its end while one is reading there, and leaves it alone otherwise.

const NEAR_PX = 60;

/**
 * Watch a scrolling box. Answers {"settle"(): call after changing what is in it, "toEnd"(),
 * "atEnd"(): whether one is reading at its end}. `moved` is called when one scrolls.
 */
export function stick(box, moved = () => {}) {
  let near = true;
  const toEnd = () => {
    near = true;
    box.scrollTop = box.scrollHeight;
  };
  const settle = () => {
    if (near) toEnd();
  };
  box.addEventListener(
    "scroll",
    () => {
      if (box.clientHeight === 0) return;
      near = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
      moved();
    },
    { passive: true },
  );
  // A hidden panel that is shown, a resized window, a phone's keyboard: all change the room there is.
  new ResizeObserver(settle).observe(box);
  return { settle, toEnd, atEnd: () => near };
}
