"""The rich_text block: its shape, and the words a person reads in it.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from playground.kernel.shape import (
    Check,
    array,
    boolean,
    integer,
    literal,
    record,
    string,
    tagged,
    url,
)
from playground.slack.mrkdwn import NameOf
from playground.slack.refusals import Json

STYLE: dict[str, Check] = {
    "style": record({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
}


def _piece(
    kind: str, required: dict[str, Check], optional: dict[str, Check] | None = None
) -> Check:
    return record({"type": literal(kind), **required}, {**STYLE, **(optional or {})})


PIECES = array(
    tagged(
        {
            "text": _piece("text", {"text": string(3000)}),
            "link": _piece("link", {"url": url()}, {"text": string(3000), "unsafe": boolean}),
            "user": _piece("user", {"user_id": string(255)}),
            "channel": _piece("channel", {"channel_id": string(255)}),
            "emoji": _piece("emoji", {"name": string(255)}, {"unicode": string(255)}),
            "date": _piece(
                "date",
                {"timestamp": integer(0, 9_999_999_999), "format": string(255)},
                {"url": url(), "fallback": string(255)},
            ),
        },
        "rich text",
    ),
    1000,
    0,
)
SECTION = record({"type": literal("rich_text_section"), "elements": PIECES})
EDGE: dict[str, Check] = {"border": integer(0, 1)}
RICH_TEXT = tagged(
    {
        "rich_text_section": SECTION,
        "rich_text_quote": record({"type": literal("rich_text_quote"), "elements": PIECES}, EDGE),
        "rich_text_preformatted": record(
            {"type": literal("rich_text_preformatted"), "elements": PIECES}, EDGE
        ),
        "rich_text_list": record(
            {
                "type": literal("rich_text_list"),
                "style": literal("bullet", "ordered"),
                "elements": array(SECTION, 100),
            },
            {"indent": integer(0, 8), "offset": integer(0, 1000), **EDGE},
        ),
    },
    "rich text element",
)


def _read_piece(piece: Json, name_of: NameOf) -> str:
    match piece["type"]:
        case "text":
            return str(piece["text"])
        case "link":
            label = piece.get("text")
            return f"{label} ({piece['url']})" if label else str(piece["url"])
        case "user":
            return f"@{name_of(piece['user_id']) or piece['user_id']}"
        case "channel":
            return f"#{name_of(piece['channel_id']) or piece['channel_id']}"
        case "date":
            return str(piece.get("fallback", piece["timestamp"]))
        case _:
            return f":{piece['name']}:"


def read_rich_text(element: Json, name_of: NameOf) -> str:
    """What a person reads in one element; typed words stand as they were typed."""
    if element["type"] == "rich_text_list":
        return "\n".join(read_rich_text(one, name_of) for one in element["elements"])
    return "".join(_read_piece(piece, name_of) for piece in element["elements"])
