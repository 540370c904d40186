"""Answering privately where somebody asked: losable, so it never fails the work it speaks of."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from bot.cards import Card
from bot.domain.ids import Chat, ChatAccount
from bot.ports import IntegrationError
from bot.store import Job
from handlers.context import World

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reply:
    """Where an answer goes: the account, and the chat's own handle while it lasts."""

    account: ChatAccount
    reply_to: str = ""

    @property
    def payload(self) -> Mapping[str, str]:
        """As a job carries it."""
        return {
            "chat": self.account.chat,
            "team": self.account.team,
            "user": self.account.user,
            "reply_to": self.reply_to,
        }

    @classmethod
    def of(cls, job: Job) -> "Reply":
        """Where the answer to a job goes."""
        chat, team, user = (job.payload[k] for k in ("chat", "team", "user"))
        return cls(ChatAccount(Chat(chat), team, user), job.payload.get("reply_to", ""))


async def answer(world: World, reply: Reply, card: Card) -> None:
    """Answer; when the chat does not take it, that is logged and no more."""
    try:
        await world.chat(reply.account.chat).answer(reply.account, reply.reply_to, card)
    except IntegrationError as failed:
        _log.warning("answer_lost", system=failed.system, card=card.title)
