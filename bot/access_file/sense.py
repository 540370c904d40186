"""Whether what an access file says makes sense: what each value alone cannot show."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, assert_never

from bot.access_file.lines import Path
from bot.access_file.notes import Notes
from bot.domain.access import Access, Assurance, Authority, Catalog, Principal, same_name

Table = Mapping[str, Any]


def makes_sense(catalog: Catalog, data: Table, entries: Sequence[Table], notes: Notes) -> None:
    """Note everything that contradicts itself, or would be believed to protect and does not."""
    _unique(catalog.accesses, notes)
    _aliases_apart(catalog.aliases, notes)
    if not data.get("access"):
        notes.warning((), "no [[access]] is named: nothing can be asked for")
    for number, (access, entry) in enumerate(zip(catalog.accesses, entries, strict=True)):
        if entry.get("authority", Authority.DELEGATED) != access.authority:
            continue  # what was meant is not known, and that has been noted
        here: Path = ("access", number)
        match access.authority:
            case Authority.DELEGATED:
                _delegated(here, entry, notes)
            case Authority.APPLICATION:
                _application(here, access, entry, catalog, notes)
            case _:
                assert_never(access.authority)


def _unique(accesses: Sequence[Access], notes: Notes) -> None:
    for number, access in enumerate(accesses):
        for earlier, other in enumerate(accesses[:number]):
            if access.name and same_name(access.name, other.name):
                line = notes.line(("access", earlier, "name"))
                notes.problem(
                    ("access", number, "name"),
                    f"the access on line {line} has the same name, as people type it",
                )
            if access.group and access.group == other.group:
                line = notes.line(("access", earlier, "group"))
                notes.problem(
                    ("access", number, "group"), f"the access on line {line} has the same group"
                )


def _aliases_apart(aliases: Sequence[frozenset[str]], notes: Notes) -> None:
    for number, accounts in enumerate(aliases):
        for earlier, others in enumerate(aliases[:number]):
            if accounts & others:
                line = notes.line(("aliases", earlier))
                notes.problem(
                    ("aliases", number),
                    f"an account is also in the list on line {line}: put all accounts of one "
                    "person into one list",
                )


def _delegated(here: Path, entry: Table, notes: Notes) -> None:
    """People activate as themselves, in Entra's portal as well: what the file adds is theatre."""
    approval = entry.get("approval")
    if "approval" in entry and not _only_routes(approval):
        notes.problem(
            (*here, "approval"),
            '[access.approval] would be theatre: with authority = "delegated" everybody who is '
            "eligible can activate in Entra's portal without it. Require approval in the group's "
            'PIM policy, or set authority = "application"; escalate and channel alone may stay',
        )
    if "members" in entry:
        notes.problem(
            (*here, "members"),
            'members would restrict nobody: with authority = "delegated" PIM\'s eligibility says '
            'who may ask. Remove it, or set authority = "application"',
        )


def _only_routes(approval: object) -> bool:
    """Whether it says where and whom to ask only, and not who decides."""
    return isinstance(approval, dict) and {"escalate", "channel"} >= set(approval) > set()


def _application(here: Path, access: Access, entry: Table, catalog: Catalog, notes: Notes) -> None:
    approval = entry.get("approval")
    named = approval.get("approvers") if isinstance(approval, dict) else None
    if not entry.get("members"):
        notes.problem(
            (*here, "members"), 'authority = "application" needs members: who may ask for it'
        )
    if not named:
        notes.problem(
            (*here, "approval"),
            'authority = "application" needs approvers under [access.approval]: who decides',
        )
    if access.assurance is Assurance.PORTAL:
        notes.problem(
            (*here, "assurance"),
            'assurance = "portal" lets nobody in by a click, and with authority = "application" '
            "nobody is eligible in the portal: there would be no way in at all",
        )
    notes.warning(
        (*here, "authority"),
        'with authority = "application" nobody is eligible in PIM: while the bot is down there is '
        "no way in. Keep another one for emergencies",
    )
    if _only_users(access.approvers, named):
        _enough(here, access, entry, catalog.aliases, notes)


def _enough(
    here: Path,
    access: Access,
    entry: Table,
    aliases: Sequence[frozenset[str]],
    notes: Notes,
) -> None:
    """Nobody approves their own request, with any account: enough others must be left."""
    required, deciding = access.approvals_required, _people(access.approvers, aliases)
    if required > len(deciding):
        notes.problem(
            (*here, "approval", "required"),
            f"required is {required}, but approvers names {_counted(len(deciding))}",
        )
        return
    if not _only_users(access.members, entry.get("members")):
        return
    asking = _people(access.members, aliases)
    stuck = {person for person in asking if len(deciding - {person}) < required}
    path = (*here, "approval", "approvers")
    if stuck == asking:
        notes.problem(
            path,
            "nobody could ever be let in: nobody approves their own request, and without the one "
            f"who asks too few of the approvers are left ({required} must approve)",
        )
    elif stuck:
        notes.warning(
            path,
            f"{', '.join(sorted(min(person) for person in stuck))} can never be let in: nobody "
            f"approves their own request, and then too few of the approvers are left ({required} "
            "must approve)",
        )


def _only_users(read: Sequence[Principal], written: object) -> bool:
    """Whether it is known, offline, who they all are."""
    whole = isinstance(written, list) and len(read) == len(written) > 0
    return whole and all(p.kind == "user" for p in read)


def _people(users: Iterable[Principal], aliases: Sequence[frozenset[str]]) -> set[frozenset[str]]:
    """The humans behind the accounts: those of one alias are one."""
    return {
        next((accounts for accounts in aliases if user.id in accounts), frozenset({user.id}))
        for user in users
    }


def _counted(people: int) -> str:
    one = "only one person" if people == 1 else f"only {people} people"
    return f"{one} (accounts in aliases count as one)"
