"""Linking a chat account to Entra ahead of need, and forgetting it."""

from bot.intents import Link
from bot.store import Job
from bot.wording import answers
from handlers.context import World
from handlers.reply import Reply, answer
from handlers.sign_in_links import mint
from handlers.taking_back import TakenBack, void
from handlers.who import Actor

UNLINKED = "unlinked"


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
    """Forget the link and every token, after what the account had open was taken back."""
    taken = TakenBack()
    if actor.person is not None:
        taken = await void(world, [actor.account], actor.person, UNLINKED)
    async with world.store.begin(done=job):
        pass
    card = answers.unlinked(taken.withdrawn, taken.waiting, was=actor.person is not None)
    await answer(world, Reply.of(job), card)
