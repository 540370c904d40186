"""The whole story, played in the terminal over the control interface; every step is checked."""

from typing import Any

from rich.console import Console
from rich.markup import escape

from playground.cast import ACCESS, PEOPLE
from playground.telling import StoryFailedError, Teller, Wanted, link

ENGINEER = PEOPLE["engineer"]
DEV = ACCESS["dev-poweruser"]
REASON = "checking the slow index"
ACTIVATE = f"/aws-access activate {DEV.name} 1h INC-42 {REASON}"
SESSION = "8 h"


async def play(control: str, out: Console) -> int:
    """Play it; 0 when every step went as told, 1 when one did not."""
    async with Teller(control, out) as teller:
        try:
            await _asks(teller)
            await _is_ready(teller)
            await _gives_back(teller)
            await _classic_guide(teller)
            await _record(teller)
        except StoryFailedError as failed:
            out.print(f"  [red]✗ {escape(str(failed))}[/red]")
            return 1
    out.print("\n[bold green]The whole story went as told.[/bold green]")
    return 0


async def _asks(teller: Teller) -> None:
    teller.chapter("The engineer asks, signs in once, and Entra activates")
    told = await teller.say("engineer", ACTIVATE)
    teller.check("Slack got its answer", holds=told.get("status") == 200)  # noqa: PLR2004
    asked = await teller.hear_only(
        "engineer", "the bot asks for a sign-in", lambda m: link(m, "/sign-in/") is not None
    )
    teller.check("nothing was activated yet", holds=not await _activations(teller))
    page = await teller.sign_in("engineer", link(asked, "/sign-in/") or "")
    teller.check("the sign-in worked", holds="Signed in" in page)
    await teller.hear("engineer", "the request goes on by itself and is granted", _is("granted"))
    sent = await _activation_posts(teller)
    teller.check("exactly one activation was sent to Graph", holds=len(sent) == 1)
    _check_activation(teller, sent[0])


def _check_activation(teller: Teller, call: dict[str, Any]) -> None:
    body = call["body"]
    expiration = body["scheduleInfo"]["expiration"]
    teller.check("as the engineer, not as the bot", holds=call["as"] == f"user:{ENGINEER.oid}")
    teller.check("as selfActivate", holds=body["action"] == "selfActivate")
    teller.check("for PT1H", holds=expiration["duration"] == "PT1H")
    teller.check("with the reason given", holds=REASON in body["justification"])


async def _is_ready(teller: Teller) -> None:
    teller.chapter("AWS has it four minutes later")
    await teller.skip("PT2M", "two minutes")
    await teller.say("engineer", f"/aws-access deactivate {DEV.name}")
    await teller.hear_only(
        "engineer",
        "too soon: Entra ends nothing in its first five minutes",
        lambda m: "five minutes" in m["text"],
    )
    await teller.skip("PT8M", "eight minutes")
    ready = await teller.hear_only(
        "engineer", "the bot says that AWS has the membership", lambda m: m["aws_seen"] and m["new"]
    )
    opens = DEV.opens[0]
    teller.check(f"it names account {opens.account}", holds=opens.account in ready["text"])
    teller.check(f"and {opens.permission_set}", holds=opens.permission_set in ready["text"])
    teller.check("with the link to My Apps", holds=link(ready, "myapps") is not None)
    teller.check("and to the AWS access portal", holds=link(ready, "awsapps.com") is not None)
    teller.check("and AWS really has it", holds=await _aws_has_it(teller))


async def _gives_back(teller: Teller) -> None:
    teller.chapter("The engineer gives it back")
    await teller.say("engineer", f"/aws-access deactivate {DEV.name}")
    await teller.hear("engineer", "it has ended", lambda m: "has ended" in m["text"])
    teller.check("and Entra has no activation", holds=not await _activations(teller))
    await teller.skip("PT45M", "one provisioning cycle")
    teller.check("AWS no longer has the membership", holds=not await _aws_has_it(teller))


async def _classic_guide(teller: Teller) -> None:
    teller.chapter("The set-up of the classic guide: seed-admin, with users made by hand")
    opens = ACCESS["seed-admin"].opens[0]
    await teller.say("engineer", "/aws-access activate seed-admin 30m first account clean-up")
    ready = await teller.hear(
        "engineer", f"it names account {opens.account}", lambda m: opens.account in m["text"]
    )
    teller.check("it says the role session's 8 hours", holds=SESSION in ready["text"])
    teller.check("it does not claim to have seen it in AWS", holds=not ready["aws_seen"])


async def _record(teller: Teller) -> None:
    teller.chapter("Who may read the record")
    await teller.say("engineer", "/aws-access recent")
    await teller.hear("engineer", "the engineer reads their own", _lists(DEV.name, "seed-admin"))
    await teller.say("admin", "/aws-access recent")
    await teller.hear("admin", "the admin reads everybody's", _lists(DEV.name, ENGINEER.upn))
    await teller.say("outsider", "/aws-access recent")
    theirs = await teller.hear(
        "outsider", "the outsider reads their own", _lists("recent decisions")
    )
    teller.check("of which there are none", holds=DEV.name not in theirs["text"])
    told = await teller.say("stranger", "/aws-access recent")
    teller.check("Slack delivers nothing of a stranger's", holds="undelivered" in told)
    rows = [row["what"] for row in await teller.get("/audit")]
    first = {what: rows.index(what) for what in reversed(rows)}
    decided = "decided" in first and first["decided"] < first.get("granted", 0)
    teller.check("the decision was recorded before the grant", holds=decided)


def _is(state: str) -> Wanted:
    return lambda message: message["state"] == state


def _lists(*words: str) -> Wanted:
    return lambda message: all(word in message["text"] for word in words)


async def _activations(teller: Teller) -> list[dict[str, Any]]:
    """What the engineer has active in Entra."""
    active = (await teller.get("/entra"))["activations"]
    return [one for one in active if one["oid"] == ENGINEER.oid]


async def _activation_posts(teller: Teller) -> list[dict[str, Any]]:
    calls = await teller.get("/calls")
    return [
        one
        for one in calls
        if one["method"] == "POST" and one["path"].endswith("/assignmentScheduleRequests")
    ]


async def _aws_has_it(teller: Teller) -> bool:
    memberships = (await teller.get("/aws"))["memberships"]
    return any((one["oid"], one["group"]) == (ENGINEER.oid, DEV.group) for one in memberships)
