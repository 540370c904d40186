"""Why somebody can or cannot have an access: the same sentences in the chat and on the command line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.cards import Card, Code, Line, Moment, Said
from bot.domain.access import Access, Assurance, Authority, Principal
from bot.domain.aws import Opens
from bot.domain.durations import words
from bot.domain.ids import is_user_name
from bot.domain.policy import (
    SHORTEST,
    Eligibility,
    EligibilityEndsFirst,
    NotEligible,
    PimRules,
    Problem,
    ReasonMissing,
    Terms,
    TicketMissing,
    longest,
)
from bot.domain.refusals import Missing
from bot.domain.reminding import ESCALATE
from bot.domain.request import Request
from bot.ports import DirectoryUser, Held
from bot.wording.openings import opened_lines, own_lines
from bot.wording.policy import assurance, missing_words
from bot.wording.refusals import problem

_SAID = ReasonMissing | TicketMissing
"""Problems of a wish that says nothing, which are no hindrance: they are what has to be said."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that decides over one person and one access, read just now.

    `terms` and `problems` are the judgement of asking without a word more; `held` and `open` are
    of this group alone; `names` are people's among those who decide or may ask, `own` the person's
    own accounts among those who decide; `mine`: it is told to the person themself.
    """

    access: Access
    source: str
    user: DirectoryUser | None
    may_act: bool
    rules: PimRules
    terms: Terms
    problems: tuple[Problem, ...]
    eligibilities: Sequence[Eligibility]
    held: Sequence[Held]
    opens: Opens
    missing: Missing | None = None
    open: Request | None = None
    names: Mapping[Principal, str] = field(default_factory=dict)
    own: frozenset[Principal] = frozenset()
    mine: bool = False

    @property
    def possible(self) -> bool:
        """Whether asking now, with all that has to be said, would be sent to PIM."""
        return not any(True for _ in _hindrances(self))


def explained(found: Explanation) -> Card:
    """The verdict, its reasons, and what else there is to know."""
    verdict = "can be asked for now" if found.possible else "cannot be asked for now"
    return Card(
        f"{found.access.name} {verdict}",
        (
            _who(found),
            *(("• ", *line) for line in _hindrances(found)),
            *_eligible(found),
            _policy(found.rules),
            _length(found),
            _decides(found),
            *_file(found),
            *opened_lines(found.opens, mine=found.mine),
            *own_lines(found.opens, mine=found.mine),
        ),
    )


def unknown_person(named: str) -> Card:
    """Somebody was named whom Entra does not have, or who has not signed in with that chat account."""
    why: Line = ("Nobody has signed in with that chat account.",)
    if is_user_name(named):
        why = ("Entra has no user ", Said(named), ".")
    return Card("I do not know who that is in Entra", ((*why, " Nothing was changed."),))


def no_such_user(named: str) -> str:
    """The command line names somebody the directory does not have."""
    return f"Entra has no user {named}: say an object id, or a user name such as ann@example.com."


def no_such_access(name: str, nearest: str) -> str:
    """The command line names an access that there is not."""
    return f"There is no access {name}." + (f" Did you mean {nearest}?" if nearest else "")


def _who(found: Explanation) -> Line:
    user = found.user
    if user is None:
        return ("Entra has no such account any more.",)
    whom: Line = (Said(user.name), " (", Said(user.user_name), ")")
    return ("You are ", *whom, " in Entra.") if found.mine else ("This is about ", *whom, ".")


def _hindrances(found: Explanation) -> Iterator[Line]:
    if not found.may_act:
        yield (_account(found.user),)
    if found.missing:
        wanted = missing_words(found.access, found.missing)
        yield (f"It asks for {wanted}.",)
    for one in found.problems:
        if not isinstance(one, _SAID):
            yield from _problem(one)
    for held in found.held:
        if held.activated or found.access.authority is Authority.APPLICATION:
            until: Line = (", until ", Moment(held.ends_at, date=True)) if held.ends_at else ()
            yield ("It is active already in Entra", *until, ".")
    if found.open:
        yield ("A request for it is open: ", Code(found.open.id), f" is {found.open.state}.")


def _account(user: DirectoryUser | None) -> str:
    if user is None:
        return "There is no account to activate it for."
    return "Guests cannot use this bot." if user.guest else "The account is disabled in Entra."


def _problem(one: Problem) -> Iterator[Line]:
    match one:
        case NotEligible():
            yield (
                "No eligibility for it in PIM. An administrator gives one in Entra: Groups → the "
                "group → Privileged Identity Management.",
            )
        case EligibilityEndsFirst(left=left) if left >= SHORTEST:
            return  # shorter is possible
        case EligibilityEndsFirst():
            yield ("The eligibility in PIM ends in less than PIM activates anything for.",)
        case _:
            yield (problem(one),)


def _eligible(found: Explanation) -> Iterator[Line]:
    if found.access.authority is Authority.APPLICATION:
        if found.eligibilities:
            yield ("Among those whom the access file lets ask for it; a grantor assigns it then.",)
        return
    ends = [one.ends_at for one in found.eligibilities]
    last = max((end for end in ends if end is not None), default=None)
    if ends and None in ends:
        yield ("Eligible for it in PIM, without an end.",)
    elif last is not None:
        left = [one.left for one in found.problems if isinstance(one, EligibilityEndsFirst)]
        only = f": ask for {words(left[0])} or less" if left else ""
        yield ("Eligible for it in PIM until ", Moment(last, date=True), f"{only}.")
    if any(not held.activated for held in found.held):
        yield ("A member of the group without any activation: activating adds nothing.",)


def _policy(rules: PimRules) -> Line:
    asked = [
        *(["a reason"] if rules.reason_required else []),
        *(["a ticket"] if rules.ticket_required else []),
        *(["multi-factor sign-in"] if rules.mfa_required else []),
        *([f"the authentication context {rules.auth_context}"] if rules.auth_context else []),
        *(["an approval"] if rules.approval_required else []),
    ]
    return (
        f"The group's PIM policy asks for {', '.join(asked) or 'nothing more than eligibility'}.",
    )


def _length(found: Explanation) -> Line:
    ours, pims = found.access.max, found.rules.max
    most = longest(found.access, found.rules)
    usual = f"Without a length it is {words(found.terms.duration)}."
    if most is None:
        return (f"Neither PIM nor the access file has a maximum. {usual}",)
    whose = [f"PIM {words(pims)}"] if pims else []
    whose += [f"the access file {words(ours)}"] if ours else []
    return (f"At most {words(most)} ({', '.join(whose)}), at least {words(SHORTEST)}. {usual}",)


def _decides(found: Explanation) -> Line:
    access, rules = found.access, found.rules
    if access.approvers:
        of = f"Here {access.approvals_required} of these decide: "
        return (of, *_named(found, access.approvers, own=found.own), ".")
    if not rules.approval_required:
        return ("Nobody has to approve it: PIM activates it at once.",)
    if not rules.approvers:
        return ("PIM asks for an approval and names nobody who could give it.",)
    named = _named(found, rules.approvers, own=found.own)
    return ("In Entra, one of these approves it: ", *named, ".")


def _named(
    found: Explanation, principals: Sequence[Principal], own: frozenset[Principal] = frozenset()
) -> Line:
    line: Line = ()
    for number, one in enumerate(principals):
        known = found.names.get(one)
        line += (", ",) if number else ()
        line += (Said(known),) if known else (f"{one.kind} ", Code(one.id))
        line += (_own(mine=found.mine),) if one in own else ()
    return line


def _own(*, mine: bool) -> str:
    """Nobody approves their own access, with whichever account (promise P2)."""
    whose, whom = ("your", "you") if mine else ("their", "them")
    return f" ({whose} own account, which does not decide for {whom})"


def _file(found: Explanation) -> Iterator[Line]:
    access = found.access
    if found.source == "directory":
        yield (
            "There is no access file: it is offered because the group is assigned to AWS's app.",
        )
        return
    yield ("The access file in force is ", Code(found.source), ".")
    if access.assurance is not Assurance.CHAT:
        yield (f"It asks for assurance {access.assurance}: {assurance(access.assurance)}.",)
    if access.members:
        yield ("It says who may ask: ", *_named(found, access.members), ".")
    if access.asked_in:
        yield (f"Approvals are asked for in {access.asked_in}.",)
    if access.escalate:
        after = f"When nobody decides, after {words(ESCALATE)} it asks "
        yield (after, *_named(found, access.escalate), ".")
    if access.notify:
        yield (f"It notifies {', '.join(access.notify)}.",)
