"""Which of their chats somebody is written to: one that they have chosen, or the one used last."""

from bot.domain.ids import PersonId
from bot.intents import Notify
from bot.store import Job
from bot.wording import answers
from handlers.context import World
from handlers.reply import Reply, answer
from handlers.who import Actor


async def notify(world: World, actor: Actor, person: PersonId, intent: Notify, job: Job) -> None:
    """Note it; what was posted already stays where it is, and is told nowhere else."""
    async with world.store.begin(done=job) as tx:
        await tx.choose_account(person, actor.account if intent.here else None)
        accounts = await tx.accounts(person)
    others = [one for one in accounts if one.chat is not actor.account.chat]
    alone = not any(one.chat in world.messengers for one in others)
    await answer(world, Reply.of(job), answers.notified(here=intent.here, alone=alone))
