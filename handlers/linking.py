"""Linking a chat account to Entra ahead of need, and forgetting it."""

from bot.domain.audit import Event, What
from bot.intents import Link
from bot.store import Job
from bot.wording import answers
from handlers.context import World
from handlers.reply import Reply, answer
from handlers.sign_in_links import mint
from handlers.who import Actor


async def link(world: World, actor: Actor, job: Job) -> None:
    """Offer the sign-in, or say that there is a link already."""
    if actor.link is None:
        url = await mint(world, actor.account, Link())
        card = answers.sign_in_first(url, answers.LINK)
    else:
        card = answers.linked(actor.link.user_name, keeps=world.vault.keeps)
    async with world.store.begin(done=job):
        pass
    await answer(world, Reply.of(job), card)


async def unlink(world: World, actor: Actor, job: Job) -> None:
    """Forget the link and every token held or kept for the person."""
    async with world.store.begin(done=job) as tx:
        if actor.person is not None:
            await tx.drop_link(actor.account)
            await tx.drop_token(actor.person)
            tx.record(Event(What.UNLINKED, actor=actor.person, account=actor.account))
    if actor.person is not None:
        world.tokens.forget(actor.person)
    await answer(world, Reply.of(job), answers.unlinked(was=actor.person is not None))
