"""What a message says: text, blocks and metadata, read from an app's payload and validated."""

import json
from dataclasses import dataclass, field

from playground.slack.blocks import message_problems, with_ids
from playground.slack.refusals import Json, Refusal

TRUNCATED_AT = 40_000


@dataclass(frozen=True)
class Content:
    """The parts of a message an app decides."""

    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None


def decoded(args: Json, name: str, error: str) -> object:
    """An argument that may come as JSON text (form bodies) or as data (JSON bodies), or None."""
    value = args.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value else None
    except ValueError:
        raise Refusal(error) from None


def blocks_of(args: Json) -> list[Json] | None:
    """The blocks, with every id filled in; None when not given. Raises Refusal."""
    blocks = decoded(args, "blocks", "invalid_blocks_format")
    if blocks is None:
        return None
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    problems = message_problems(blocks)
    if problems:
        raise Refusal("invalid_blocks", problems)
    return with_ids(blocks)


def metadata_of(args: Json) -> Json | None:
    """Message metadata; {} means "remove it", None "not given". Raises Refusal.

    https://docs.slack.dev/messaging/message-metadata
    """
    metadata = decoded(args, "metadata", "invalid_metadata_format")
    if metadata is None or metadata == {}:
        return metadata
    well_formed = (
        isinstance(metadata, dict)
        and set(metadata) == {"event_type", "event_payload"}
        and isinstance(metadata["event_type"], str)
        and isinstance(metadata["event_payload"], dict)
    )
    if not well_formed or not isinstance(metadata, dict):
        raise Refusal("invalid_metadata_format")
    return metadata


def new_content(args: Json) -> Content:
    """The content of a new message. Raises Refusal, e.g. no_text or invalid_blocks."""
    blocks = blocks_of(args)
    text = str(args.get("text") or "")
    if not text and not blocks:
        raise Refusal("no_text")
    return Content(text[:TRUNCATED_AT], blocks or [], metadata_of(args) or None)
