"""Names of things as types, so that a group can never be passed where a person is meant."""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

GroupId = NewType("GroupId", str)
"""Object id of an Entra group."""
PimId = NewType("PimId", str)
"""Id of an assignmentScheduleRequest in PIM for Groups."""
RequestId = NewType("RequestId", str)
"""Ours, short enough to type: `R-7K3Q9FHM`."""
ActivationId = NewType("ActivationId", str)
"""Ours: `A-7K3Q9FHM`."""

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that reads as another character


class Chat(StrEnum):
    """The chats one can talk to the bot in."""

    SLACK = "slack"
    TEAMS = "teams"


@dataclass(frozen=True, slots=True, order=True)
class PersonId:
    """An Entra account: the only identity that may act. `tenant` and `oid` are GUIDs."""

    tenant: str
    oid: str


@dataclass(frozen=True, slots=True, order=True)
class ChatAccount:
    """Somebody in a chat: Slack team and user, or Teams tenant and user."""

    chat: Chat
    team: str
    user: str


@dataclass(frozen=True, slots=True, order=True)
class Channel:
    """A channel of a chat, by the chat's own id of it."""

    chat: Chat
    id: str


def new_request_id() -> RequestId:
    """A fresh request id: 40 random bits, so ids cannot be guessed one after another."""
    return RequestId(f"R-{_short()}")


def new_activation_id() -> ActivationId:
    """A fresh activation id."""
    return ActivationId(f"A-{_short()}")


def _short() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(8))


def is_user_name(named: str) -> bool:
    """Whether somebody was named by Entra's user name, and not by a chat account."""
    return "@" in named
