"""`aws-access doctor` as its user runs it: against the playground, with the settings that the demo prints."""

import json

import aiohttp

from bot.doctor.needs import SLACK_SCOPES
from tests.process.processes import BOT, PLAYGROUND, Started, finished, first_line

SCOPES = list(SLACK_SCOPES)
SHELL = ("sh", "-c", '(set -a; . "$0"; exec "$@")')


async def test_the_doctor_examines_the_demo_with_the_settings_it_printed(
    started: Started, http: aiohttp.ClientSession
) -> None:
    demo = await started.start(*PLAYGROUND, "--json", "--world-only", "--no-browser", "--port", "0")
    told = await first_line(demo)
    doctor = (*SHELL, told["settings"], *BOT, "doctor")

    code, out = await finished(await started.start(*doctor))
    assert code == 0, out
    assert "OK       entra.excess: The app's permissions only read. Stolen, " in out
    assert "0 FAIL, 0 UNKNOWN." in out.splitlines()[-1]

    order = {"op": "permission", "grant": "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup"}
    async with http.post(f"{told['control']}/entra", json=order) as answer:
        assert answer.status == 200
    async with http.post(
        f"{told['control']}/aws", json={"op": "trusted", "enabled": False}
    ) as done:
        assert done.status == 200
    async with http.post(f"{told['control']}/slack", json={"scopes": ["commands"]}) as done:
        assert done.status == 200

    code, out = await finished(await started.start(*doctor, "--json"))
    found = {one["check"]: one["what"] for one in json.loads(out)["findings"]}
    assert code == 1
    assert found["entra.excess"] == "tier_0"
    assert found["aws.organization"] == "not_trusted"
    assert found["slack.scopes"] == "missing"

    order = {"op": "permission", "revoke": "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup"}
    for path, body in (
        ("entra", order),
        ("aws", {"op": "trusted", "enabled": True}),
        (
            "slack",
            {"scopes": SCOPES},
        ),
    ):
        async with http.post(f"{told['control']}/{path}", json=body) as done:
            assert done.status == 200
    code, out = await finished(await started.start(*doctor))
    assert code == 0, out
    assert "0 FAIL, 0 UNKNOWN. Nothing stops the bot" in out


async def test_settings_that_cannot_be_used_are_said_and_nothing_is_asked(started: Started) -> None:
    code, out = await finished(await started.start(*BOT, "doctor"))

    assert code == 2
    assert not out
    assert "PUBLIC_URL is missing" in started.logged()
    assert "Traceback" not in started.logged()
