"""An Entra account was linked from another chat account: the former one is told, and asks no more."""

from datetime import datetime

from bot.domain.ids import ChatAccount, PersonId
from bot.store import Job, JobKind, NewJob, Transaction
from bot.wording import answers
from handlers.context import World
from handlers.reply import Reply, answer
from handlers.steps import draw_homes, name_of_account
from handlers.taking_back import take_back

RELINKED = "relinked"


async def moved(tx: Transaction, world: World, person: PersonId, account: ChatAccount) -> None:
    """Note that `account` is `person` now. In one workspace a person has one account.

    Whoever held the link before is told, in case it was not them.
    """
    now = world.clock.now()
    for former in await tx.accounts(person):
        if former == account:
            continue
        same_place = (former.chat, former.team) == (account.chat, account.team)
        if same_place:
            await tx.drop_link(former)
            await draw_homes(tx, now, former)
        payload = {
            **Reply(former).payload,
            "tenant": person.tenant,
            "oid": person.oid,
            "moved": "yes" if same_place else "",
            "at": now.isoformat(),
        }
        subject = name_of_account(former)
        await tx.add_job(NewJob(JobKind.RELINKED, subject, now, payload=payload))


async def tell(world: World, job: Job) -> None:
    """Take back what the former account had open, and tell it."""
    reply, has_moved = Reply.of(job), bool(job.payload["moved"])
    person = PersonId(job.payload["tenant"], job.payload["oid"])
    if has_moved:
        await take_back(world, [reply.account], person, RELINKED)
    async with world.store.begin(done=job) as tx:
        names = await tx.user_names([person])
    card = answers.linked_elsewhere(
        names.get(person, ""), datetime.fromisoformat(job.payload["at"]), moved=has_moved
    )
    await answer(world, reply, card)
