// Slack's mrkdwn as DOM nodes: https://docs.slack.dev/messaging/formatting-message-text

import { el, safeUrl } from "./dom.js";
import { slackDate } from "./when.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const FENCED = /```\n?([\s\S]+?)\n?```/;
const INLINE = /`([^`\n]+)`|<([^<>\n]+)>|:([a-z0-9_+-]+):/;
const MARKED = /(^|[\s(["'—–-])([*_~])(?=\S)([^\n]*?\S)\2(?=$|[\s.,;:!?)\]"'—–-])/;
const MARK_TAGS = { "*": "strong", _: "em", "~": "s" };
const EMOJI = {
  white_check_mark: "✅",
  heavy_check_mark: "✔️",
  x: "❌",
  warning: "⚠️",
  lock: "🔒",
  key: "🔑",
  hourglass_flowing_sand: "⏳",
  hourglass: "⌛",
  no_entry: "⛔",
  information_source: "ℹ️",
  question: "❓",
  wave: "👋",
  link: "🔗",
  rocket: "🚀",
  clock1: "🕐",
  bell: "🔔",
};

/** Slack's three escapes undone. */
export function unescaped(text) {
  return text.replaceAll(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);
}

/** Text as Slack's mrkdwn; `names` says who a user id is. */
export function mrkdwn(text, names) {
  const fence = FENCED.exec(text);
  if (!fence) return quoted(text, names);
  const before = text.slice(0, fence.index).replace(/\n$/, "");
  const after = text.slice(fence.index + fence[0].length).replace(/^\n/, "");
  const code = el("pre", { class: "code" }, el("code", {}, unescaped(fence[1])));
  return [before && quoted(before, names), code, after && mrkdwn(after, names)];
}

function quoted(text, names) {
  const groups = [];
  for (const line of text.split("\n")) {
    const quote = /^(?:&gt;|>) ?/.exec(line);
    const last = groups.at(-1);
    const words = quote ? line.slice(quote[0].length) : line;
    if (last && last.quote === Boolean(quote)) last.lines.push(words);
    else groups.push({ quote: Boolean(quote), lines: [words] });
  }
  return groups.map(({ quote, lines }) =>
    quote ? el("blockquote", {}, withBreaks(lines, names)) : withBreaks(lines, names),
  );
}

function withBreaks(lines, names) {
  return lines.flatMap((line, n) => (n ? [el("br"), inline(line, names)] : [inline(line, names)]));
}

function inline(text, names) {
  const found = INLINE.exec(text);
  if (!found) return marked(text, names);
  const [whole, code, token, emoji] = found;
  const node = code ? el("code", {}, unescaped(code)) : token ? special(token, names) : face(emoji);
  // A mark (*bold*) may span a code piece or a link: look for marks over the whole line first.
  const mark = MARKED.exec(text);
  if (mark && mark.index < found.index) return markedAt(mark, text, names);
  return [
    marked(text.slice(0, found.index), names),
    node,
    inline(text.slice(found.index + whole.length), names),
  ];
}

function marked(text, names) {
  const mark = MARKED.exec(text);
  return mark ? markedAt(mark, text, names) : unescaped(text);
}

function markedAt(mark, text, names) {
  const [whole, lead, sign, words] = mark;
  return [
    unescaped(text.slice(0, mark.index) + lead),
    el(MARK_TAGS[sign], {}, inline(words, names)),
    inline(text.slice(mark.index + whole.length), names),
  ];
}

function face(name) {
  return EMOJI[name] ?? `:${name}:`;
}

function special(token, names) {
  const [target, label] = split(token);
  if (target.startsWith("@"))
    return mention(`@${names(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith("#")) return mention(`#${label ?? target.slice(1)}`);
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!")) return mention(`@${label ?? target.slice(1).split("^")[0]}`);
  return link(unescaped(target), label ? unescaped(label) : undefined);
}

function split(token) {
  const bar = token.indexOf("|");
  return bar < 0 ? [token, undefined] : [token.slice(0, bar), token.slice(bar + 1)];
}

function mention(text) {
  return el("span", { class: "mention" }, text);
}

function date(target, fallback) {
  const [, seconds, format, address] = target.split("^");
  const moment = new Date(Number(seconds) * 1000);
  if (Number.isNaN(moment.getTime())) return fallback ?? "";
  const shown = el(
    "time",
    { datetime: moment.toISOString(), title: fallback },
    slackDate(format, Number(seconds)),
  );
  return address ? link(unescaped(address), shown) : shown;
}

/** A link that opens beside this page, or its words where the address is not a web address. */
export function link(address, label) {
  const href = safeUrl(address);
  if (!href) return label ?? address;
  return el("a", { href, target: "_blank", rel: "noopener noreferrer" }, label ?? address);
}
