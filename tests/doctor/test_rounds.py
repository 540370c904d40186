"""Systems that do not answer, answer oddly, or may not be asked: nothing stalls, and nothing is called fine."""

import re
from collections.abc import Sequence

import pytest

from bot.doctor.findings import Finding, Verdict, worst
from bot.doctor.needs import INSTEAD
from bot.wording.doctor import mend
from playground.kernel.wire import Fault, Kind, System
from tests.doctor.row import APP, DEV, FAIL, OK, UNKNOWN, WARN
from tests.doctor.surgery import Surgery, Where, verdicts

IMPATIENT = 1.0
ASKED: dict[System, tuple[str, ...]] = {
    "slack": ("slack.token", "slack.scopes"),
    "teams": ("teams.keys",),
    "login": (
        "settings.clock",
        "entra.",
        "grantor.",
        "teams.token",
        "app.",
        "scim.job",
        "pim.",
        "user.entra",
    ),
    "graph": ("entra.consent", "entra.redirect_uri", "entra.licence", "app.", "pim.", "user."),
    "aws": ("aws.", "scim.network", "app.identifier", "app.reply_url", "user.aws"),
}
"""By system, what the checks begin with that cannot be told without it."""


def _fails(world: Surgery, system: System, kind: Kind) -> None:
    world.world.wire.faults.append(Fault(system, re.compile(""), 10_000, kind, 503))


@pytest.mark.parametrize("kind", ["timeout", "status", "reset"])
@pytest.mark.parametrize("system", ASKED)
async def test_whoever_does_not_answer_is_unknown_and_stalls_nothing(
    system: System, kind: Kind, world: Surgery
) -> None:
    _fails(world, system, kind)

    findings = await world.findings(seconds=IMPATIENT if kind == "timeout" else 30.0)

    mine = [one for one in findings if one.check.startswith(ASKED[system])]
    assert mine
    assert {one.verdict for one in mine} == {UNKNOWN}, _not(mine, UNKNOWN)
    others = [one for one in findings if one not in mine]
    assert not _not(others, OK, WARN, UNKNOWN)
    assert len({one.check for one in others if one.verdict is OK}) > 3


async def test_an_answer_that_no_document_describes_hides_nothing_else(world: Surgery) -> None:
    world.world.entra.tenant.licences.bought = "many"  # type: ignore[assignment]

    found = verdicts(await world.findings())

    assert found["entra.licence", ""] == (UNKNOWN, "odd")
    assert found["entra.redirect_uri", ""] == (OK, "fine")


async def test_without_an_access_file_the_groups_of_the_apps_are_looked_at(world: Surgery) -> None:
    world.environ["ACCESS_FILE"] = ""

    found = verdicts(await world.findings())

    assert found["settings.access_file", ""] == (WARN, "none")
    assert found["aws.assignment", DEV] == (OK, "fine")
    assert ("pim.group", "payroll-app") not in found


async def test_without_a_region_aws_is_not_asked_and_nothing_of_it_is_fine(world: Surgery) -> None:
    world.environ["AWS_REGION"] = ""

    findings = await world.findings()

    assert [one.verdict for one in findings if one.check == "aws.region"] == [WARN]
    of_aws = [one for one in findings if one.check.startswith(("aws.", "user.aws"))]
    hanging = [one for one in of_aws if one.check != "aws.region"]
    assert {(one.verdict, one.facts["by"]) for one in hanging} == {(UNKNOWN, "aws.region")}
    assert not [call for call in world.world.wire.calls if call.system == "aws"]


async def test_with_the_three_narrower_permissions_what_needs_the_wide_one_is_left_out_and_said(
    world: Surgery, healthy: Sequence[Finding]
) -> None:
    for role in INSTEAD:
        world.entra("permission", grant=role)
    world.entra("permission", revoke="Directory.Read.All")

    changed = _changed(healthy, await world.findings())

    assert changed == {
        ("entra.consent", ""): (WARN, "denied_optional"),
        ("entra.licence", ""): (WARN, "denied_optional"),
        ("app.assignment", "payroll-app"): (WARN, "denied_optional"),
    }


async def test_without_the_right_to_see_provisioning_nothing_is_claimed_of_aws(
    world: Surgery, healthy: Sequence[Finding]
) -> None:
    world.entra("permission", revoke="Synchronization.Read.All")

    changed = _changed(healthy, await world.findings())

    assert changed["entra.roles", ""] == (FAIL, "missing")
    assert changed["scim.job", APP] == (UNKNOWN, "denied")
    assert changed["aws.assignment", DEV] == (UNKNOWN, "blocked")


async def test_without_the_right_to_see_apps_each_access_is_looked_at_all_the_same(
    world: Surgery,
) -> None:
    world.entra("permission", revoke="Directory.Read.All")
    world.entra("permission", grant="GroupMember.Read.All")

    found = verdicts(await world.findings())

    assert found["app.found", ""] == (UNKNOWN, "denied")
    assert found["entra.roles", ""] == (FAIL, "missing")
    assert found["pim.group", DEV] == (OK, "fine")
    assert found["app.assignment", DEV] == (WARN, "denied_optional")


async def test_a_sign_in_shows_the_identity_source_where_no_group_came(world: Surgery) -> None:
    for access in ("dev-poweruser", "prod-admin", "prod-readonly", "prod-dual-control"):
        world.aws("forget_group", access=access)
    blind = verdicts(await world.findings())["aws.identity_source", ""]
    world.app(signed_in=True)
    world.entra("permission", grant="AuditLog.Read.All")

    assert blind == (UNKNOWN, "no_evidence")
    found = verdicts(await world.findings())
    assert found["aws.identity_source", ""] == (OK, "signed_in")


@pytest.mark.parametrize(
    ("who", "found"),
    [
        ("nobody@playground.example", {"user.entra": (FAIL, "gone")}),
        (
            "outsider@playground.example",
            {"user.entra": (OK, "fine"), "user.aws": (FAIL, "gone")},
        ),
        (
            "approver@playground.example",
            {
                "user.entra": (OK, "fine"),
                "user.aws": (OK, "fine"),
                "user.standing": (OK, "fine"),
            },
        ),
        ("", {}),
    ],
)
async def test_a_person_is_looked_for_in_entra_then_in_aws(
    who: str, found: dict[str, tuple[Verdict, str]], world: Surgery
) -> None:
    now = verdicts(await world.findings(user=who))

    assert {w[0]: seen for w, seen in now.items() if w[0].startswith("user.")} == found


async def test_everything_is_only_read(world: Surgery) -> None:
    await world.findings()

    wrote = {
        (call.system, call.method, call.path)
        for call in world.world.wire.calls
        if call.method != "GET" and call.system in {"graph", "login", "slack"}
    }
    assert {path.rpartition("/")[2] for _, _, path in wrote} == {"token", "auth.test"}
    assert {call.as_ for call in world.world.wire.calls if call.system == "graph"} == {"app"}
    operations = {c.path.rpartition("/")[2] for c in world.world.wire.calls if c.system == "aws"}
    assert operations
    assert not [one for one in operations if not re.match(r"(List|Describe|Get|Is)[A-Z]|sts$", one)]


def _changed(
    before: Sequence[Finding], after: Sequence[Finding]
) -> dict[Where, tuple[Verdict, str]]:
    was = verdicts(before)
    return {where: now for where, now in verdicts(after).items() if was.get(where) != now}


def _not(findings: Sequence[Finding], *expected: Verdict) -> list[Finding]:
    return [one for one in findings if one.verdict not in expected]


async def test_what_only_the_doctor_reads_is_left_out_and_said_and_nothing_is_called_unknown(
    healthy: Sequence[Finding],
) -> None:
    left_out = [one for one in healthy if one.what == "denied_optional"]

    assert {(one.check, one.verdict) for one in left_out} >= {("app.name_id", WARN)}
    assert "Policy.Read.All" in {one.facts["detail"] for one in left_out}
    assert "It is optional" in mend(left_out[0])
    assert worst(healthy) is WARN
