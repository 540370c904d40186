"""The playground's access file, read as the bot reads it."""

from datetime import timedelta
from pathlib import Path

from bot import access_file
from bot.domain.access import Authority, Principal
from bot.domain.ids import GroupId
from playground.access_file import NOTIFIED, render
from playground.cast import ACCESS, PEOPLE
from playground.entra.world import ADMINS
from playground.kernel.clock import WorldClock
from playground.slack.state import Workspace
from playground.teams.state import Tenant


def test_the_bot_finds_every_access_of_the_world_and_who_may_what(tmp_path: Path) -> None:
    file = tmp_path / "access.toml"
    file.write_text(render())

    catalog = access_file.read(str(file))

    assert [(a.name, a.group) for a in catalog.accesses] == [
        (a.name, GroupId(a.group)) for a in ACCESS.values()
    ]
    assert catalog.readers == {Principal("group", ADMINS)}
    assert catalog.aliases == (frozenset({PEOPLE["engineer"].oid, PEOPLE["engineer-admin"].oid}),)


def test_dual_control_is_decided_by_two_of_three_in_the_bot(tmp_path: Path) -> None:
    file = tmp_path / "access.toml"
    file.write_text(render())

    dual = access_file.read(str(file)).named("prod-dual-control")

    assert dual is not None
    assert dual.authority is Authority.APPLICATION
    assert dual.max == timedelta(hours=1)
    assert dual.approvals_required == 2
    assert {p.id for p in dual.members} == {PEOPLE[k].oid for k in ("engineer", "approver")}
    assert {p.id for p in dual.approvers} == {
        PEOPLE[k].oid for k in ("controller-one", "controller-two", "admin")
    }


def test_channels_are_told_of_what_the_file_names_them_for(tmp_path: Path) -> None:
    file = tmp_path / "access.toml"
    file.write_text(render(NOTIFIED))

    catalog = access_file.read(str(file))

    told = {a.name: a.notify for a in catalog.accesses if a.notify}
    assert told == NOTIFIED
    clock = WorldClock()
    known = {f"slack:{one}" for one in Workspace(clock).channels}
    known |= {f"teams:{one}" for one in Tenant(clock).conversations}
    assert all(known.issuperset(channels) for channels in told.values())
