// A button of a message or a form, whichever chat's.

import { el, safeUrl } from "./dom.js";

/**
 * A link for a face with a web address, else something to press; `press` is called with the node. A
 * face has label, spoken (for screen readers), style and url.
 */
export function button({ label, spoken, style, url }, press) {
  const props = {
    class: `button is-${style}`,
    "aria-label": spoken,
    onclick: (event) => press(event.currentTarget),
  };
  const href = url && safeUrl(url);
  if (!href) return el("button", { type: "button", ...props }, label);
  return el(
    "a",
    { href, target: "_blank", rel: "noopener noreferrer", ...props },
    label,
    el("span", { class: "beside", "aria-hidden": "true" }, " ↗"),
  );
}
