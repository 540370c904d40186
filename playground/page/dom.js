// How this page makes elements. Text always becomes a text node: nothing that a person, the bot or
// a simulator says is ever read as markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. `props` are attributes; a function under "onclick" and the like becomes a listener;
 * true sets an empty attribute; null, undefined and false leave it out. Children are nodes, strings,
 * or nested arrays of these; empty ones are left out.
 */
export function el(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** An icon out of path data, drawn with the text's own colour and silent to screen readers. */
export function icon(path, size = 16) {
  const svg = document.createElementNS(SVG, "svg");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  const props = { viewBox: "0 0 16 16", width: size, height: size, "aria-hidden": "true" };
  return fill(svg, { ...props, class: "icon" }, [shape]);
}

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

/** Put children at the end of a node, as el() does. */
export function append(node, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    node.append(child);
  }
}

/** The element with that id in index.html. */
export function byId(id) {
  return document.getElementById(id);
}

/**
 * Make a parent's children show `items`, touching only what changed, so that focus, selection and
 * opened details survive. `key` names an item, `sign` says what it shows, `build` draws it.
 * Answers the nodes that are new or drawn anew.
 */
export function reconcile(parent, items, key, sign, build) {
  const before = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const fresh = [];
  let at = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    const signature = sign(item);
    const old = before.get(name);
    before.delete(name);
    if (old && old.signature === signature) {
      if (old === at) at = at.nextElementSibling;
      else parent.insertBefore(old, at);
      continue;
    }
    const node = build(item, old);
    node.dataset.key = name;
    node.signature = signature;
    fresh.push(node);
    const held = old?.contains(document.activeElement);
    if (old) {
      if (old === at) at = at.nextElementSibling;
      old.replaceWith(node);
    } else parent.insertBefore(node, at);
    if (held) keepFocus(node);
  }
  for (const gone of before.values()) gone.remove();
  return fresh;
}

function keepFocus(node) {
  if (!node.hasAttribute("tabindex")) node.setAttribute("tabindex", "-1");
  node.focus({ preventScroll: true });
}

/** Only web addresses may become links; anything else answers null. */
export function safeUrl(text) {
  const url = URL.parse ? URL.parse(text) : parsed(text);
  return url && (url.protocol === "https:" || url.protocol === "http:") ? url.href : null;
}

function parsed(text) {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
