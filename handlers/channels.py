"""The channels that the access file names, and which of them must not be told."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

import structlog

from bot.domain.ids import Channel, Chat, GroupId
from handlers.context import World

SHARED_LASTS = timedelta(minutes=1)
"""How long it is believed who reads a channel."""
_SAID_LASTS = timedelta(days=1)

_log = structlog.get_logger()


def notified(world: World, group: GroupId) -> Sequence[Channel]:
    """Those that are told of an access."""
    access = world.policy.catalog and world.policy.catalog.of_group(group)
    return _there(world, access.notify) if access else ()


def asking(world: World, group: GroupId) -> Channel | None:
    """The one in which approvals of an access are asked for."""
    access = world.policy.catalog and world.policy.catalog.of_group(group)
    return next(iter(_there(world, [access.asked_in])), None) if access else None


def topic(channel: Channel) -> str:
    """Which of a request's messages the one is that asks there."""
    return f"approvers:{channel.chat}:{channel.id}"


def _there(world: World, named: Iterable[str]) -> Sequence[Channel]:
    """In the chats there are."""
    parts = [entry.partition(":") for entry in named if entry]
    return [Channel(Chat(chat), key) for chat, _, key in parts if Chat(chat) in world.messengers]


async def is_shared(world: World, channel: Channel) -> bool:
    """Whether it must not be told; said in the log, and not again for a day."""
    messenger = world.chat(channel.chat)
    shared = await world.memory.of(
        ("shared", channel), SHARED_LASTS, lambda: messenger.is_shared(channel)
    )
    if shared:
        await world.memory.of(("said", channel), _SAID_LASTS, lambda: _say_shared(channel))
    return shared


async def _say_shared(channel: Channel) -> None:
    _log.warning("channel_is_shared", chat=channel.chat, channel=channel.id)
