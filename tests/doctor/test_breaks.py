"""One thing is broken at a time, and exactly that is named, with how to mend it."""

from collections.abc import Sequence

import pytest

from bot.doctor.findings import Finding
from bot.wording.doctor import mend
from tests.doctor.breaks import APPS, ENTRA, PIM, SETTINGS, SLACK
from tests.doctor.breaks_aws import AWS, PEOPLE
from tests.doctor.row import APP, FAIL, GONE, UNKNOWN, Break
from tests.doctor.surgery import Surgery, verdicts

BREAKS = (*SETTINGS, *SLACK, *ENTRA, *APPS, *PIM, *AWS, *PEOPLE)


def test_nothing_fails_in_a_healthy_world(healthy: Sequence[Finding]) -> None:
    found = verdicts(healthy)

    assert not [where for where, (verdict, _) in found.items() if verdict is FAIL]
    assert not [where for where, (verdict, _) in found.items() if verdict is UNKNOWN]
    assert {where for where, (_, what) in found.items() if what == "denied_optional"} == {
        ("app.name_id", APP),
        ("app.name_id", f"{APP} (sign-in only)"),
    }


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.name)
async def test_exactly_what_is_broken_is_named_with_how_to_mend_it(
    broken: Break, world: Surgery, healthy: Sequence[Finding]
) -> None:
    broken.do(world)

    findings = await world.findings()

    before, after = verdicts(healthy), verdicts(findings)
    changed = {
        where: after.get(where, GONE)
        for where in {*before, *after}
        if before.get(where) != after.get(where)
    }
    hanging = {(one.check, one.subject) for one in findings if _hangs(one, broken)}
    if broken.hangs_on:
        assert hanging
        hanging |= {where for where, now in changed.items() if now == GONE}
    assert {where: now for where, now in changed.items() if where not in hanging} == broken.found
    mends = [mend(one) for one in findings if (one.check, one.subject) in broken.found]
    assert any(broken.mends in one for one in mends), mends


def _hangs(one: Finding, broken: Break) -> bool:
    if one.verdict is not UNKNOWN:
        return False
    return (one.what == "blocked" and one.facts["by"] == broken.hangs_on) or (
        one.what == "denied" and one.facts["detail"] == broken.denied
    )
