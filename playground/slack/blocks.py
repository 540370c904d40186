"""Strict Block Kit validation of messages, modals and the App Home, as Slack refuses them.

https://docs.slack.dev/reference/block-kit/blocks; block types the product has no use for are
refused as unsupported, which is stricter than Slack.
"""

import copy
import secrets
from collections.abc import Iterator
from typing import Any

from playground.kernel.shape import (
    Check,
    array,
    boolean,
    literal,
    objects,
    problem,
    record,
    repeated,
    string,
    tagged,
)
from playground.slack.elements import (
    BUTTON,
    ID,
    IMAGE,
    IMAGE_SOURCE,
    INPUTS,
    MENUS,
    mrkdwn,
    plain,
    words,
)
from playground.slack.refusals import Json
from playground.slack.rich_text import RICH_TEXT

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
PRESSABLE: dict[str, Check] = {"button": BUTTON, **MENUS}


def _block(
    kind: str,
    required: dict[str, Check] | None = None,
    optional: dict[str, Check] | None = None,
    also: Check | None = None,
) -> Check:
    return record(
        {"type": literal(kind), **(required or {})}, {"block_id": ID, **(optional or {})}, also
    )


def _says_something(value: object, at: str) -> Iterator[str]:
    if isinstance(value, dict) and not value.get("text") and not value.get("fields"):
        yield problem("missing required field: text or fields", at)


def _action_ids_differ(value: object, at: str) -> Iterator[str]:
    for action_id in repeated(objects(value, "elements"), "action_id"):
        yield problem(f"action_id `{action_id}` already exists in this block", at)


ANYWHERE: dict[str, Check] = {
    "section": _block(
        "section",
        {},
        {
            "text": words(3000),
            "fields": array(words(2000), 10),
            "accessory": tagged({**PRESSABLE, "image": IMAGE}, "accessory"),
            "expand": boolean,
        },
        _says_something,
    ),
    "header": _block("header", {"text": plain(150)}),
    "divider": _block("divider"),
    "image": _block("image", {"alt_text": string(2000)}, {"title": plain(2000), **IMAGE_SOURCE}),
    "context": _block(
        "context",
        {
            "elements": array(
                tagged(
                    {"image": IMAGE, "mrkdwn": mrkdwn(3000), "plain_text": plain(3000)},
                    "context element",
                ),
                10,
            )
        },
    ),
    "actions": _block(
        "actions", {"elements": array(tagged(PRESSABLE, "element"), 25)}, {}, _action_ids_differ
    ),
    "input": _block(
        "input",
        {"label": plain(2000), "element": tagged({**INPUTS, **MENUS}, "input element")},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": _block("rich_text", {"elements": array(RICH_TEXT, 100)}),
}
MESSAGE = tagged({**ANYWHERE, "markdown": _block("markdown", {"text": string(12_000)})}, "block")
MODAL = tagged(
    {
        **ANYWHERE,
        "alert": _block(
            "alert",
            {"text": words(3000)},
            {"level": literal("default", "info", "warning", "error", "success")},
        ),
    },
    "block",
)
HOME = tagged(ANYWHERE, "block")


def _inputs_have_a_submit(value: object, at: str) -> Iterator[str]:
    has_input = any(block.get("type") == "input" for block in objects(value, "blocks"))
    if has_input and isinstance(value, dict) and "submit" not in value:
        yield problem("must define `submit` to use an `input` block in modals", at)


VIEW_IDS: dict[str, Check] = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
VIEW = tagged(
    {
        "modal": record(
            {
                "type": literal("modal"),
                "title": plain(24),
                "blocks": array(MODAL, VIEW_BLOCKS, 0),
            },
            {
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
                **VIEW_IDS,
            },
            _inputs_have_a_submit,
        ),
        "home": record({"type": literal("home"), "blocks": array(HOME, VIEW_BLOCKS, 0)}, VIEW_IDS),
    },
    "view",
)


def _block_ids_differ(value: object, at: str) -> Iterator[str]:
    for block_id in repeated(objects(value, "blocks"), "block_id"):
        yield problem(f"`block_id` must be unique: {block_id}", f"{at}/blocks")


def message_problems(blocks: object) -> tuple[str, ...]:
    """What Slack would refuse in a message's blocks; empty when nothing."""
    return (
        *array(MESSAGE, MESSAGE_BLOCKS, 0)(blocks, "/blocks"),
        *_block_ids_differ({"blocks": blocks}, ""),
    )


def view_problems(view: object) -> tuple[str, ...]:
    """What Slack would refuse in a modal or an App Home; empty when nothing."""
    return (*VIEW(view, "/view"), *_block_ids_differ(view, "/view"))


def elements_of(block: Json) -> list[Json]:
    """The elements one can act on in a block, wherever the block keeps them."""
    kept: list[Any] = [block.get("accessory"), block.get("element")]
    if block["type"] == "actions":
        kept.extend(block["elements"])
    return [one for one in kept if one and one["type"] != "image"]


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy in which every block and element has an id: Slack makes up what the app left out."""
    copied = copy.deepcopy(blocks)
    for block in copied:
        block.setdefault("block_id", secrets.token_hex(3))
        for one in elements_of(block):
            one.setdefault("action_id", secrets.token_hex(3))
    return copied
