// Slack's rich_text block as DOM nodes: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block

import { el } from "./dom.js";
import { link } from "./mrkdwn.js";
import { slackDate } from "./when.js";

const STYLE_TAGS = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };

/** The parts of a rich_text block; `names` says who a user id is. */
export function richText(block, names) {
  return block.elements.map((part) => shape(part, names));
}

function shape(part, names) {
  switch (part.type) {
    case "rich_text_preformatted":
      return el("pre", { class: "code" }, el("code", {}, pieces(part, names)));
    case "rich_text_quote":
      return el("blockquote", {}, pieces(part, names));
    case "rich_text_list":
      return list(part, names);
    default:
      return el("div", { class: "rich" }, pieces(part, names));
  }
}

function list(part, names) {
  const items = part.elements.map((item) => el("li", {}, pieces(item, names)));
  return el(part.style === "ordered" ? "ol" : "ul", {}, items);
}

function pieces(part, names) {
  return part.elements.map((piece) => styled(piece, words(piece, names)));
}

function words(piece, names) {
  switch (piece.type) {
    case "link":
      return link(piece.url, piece.text);
    case "user":
      return el("span", { class: "mention" }, `@${names(piece.user_id) ?? piece.user_id}`);
    case "channel":
      return el("span", { class: "mention" }, `#${piece.channel_id}`);
    case "emoji":
      return piece.unicode ? fromCodes(piece.unicode) : `:${piece.name}:`;
    case "date":
      return moment(piece);
    default:
      return broken(piece.text ?? "");
  }
}

function moment(piece) {
  const iso = new Date(piece.timestamp * 1000).toISOString();
  const shown = slackDate(piece.format, piece.timestamp);
  return el("time", { datetime: iso, title: piece.fallback }, shown);
}

function fromCodes(codes) {
  return String.fromCodePoint(...codes.split("-").map((code) => Number.parseInt(code, 16)));
}

function broken(text) {
  return text.split("\n").flatMap((line, n) => (n ? [el("br"), line] : [line]));
}

function styled(piece, node) {
  let shown = node;
  for (const [style, tag] of Object.entries(STYLE_TAGS)) {
    if (piece.style?.[style]) shown = el(tag, {}, shown);
  }
  return shown;
}
