// Data as indented text with its names told apart.

import { el } from "./dom.js";

const NAMES = /^(\s*)("(?:[^"\\]|\\.)*")(: )/;

/** Any JSON value, or text, as a block of code. */
export function json(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  const lines = text.split("\n").flatMap((line, n) => [n ? "\n" : "", ...told(line)]);
  return el("pre", { class: "code", tabindex: "0" }, el("code", {}, lines));
}

function told(line) {
  const found = NAMES.exec(line);
  if (!found) return [line];
  const [whole, indent, name, colon] = found;
  return [indent, el("span", { class: "key" }, name), colon, line.slice(whole.length)];
}
