"""What is broken is told as sentences, and one call mends it all."""

import pytest

from tests.playground.world.conftest import Client

DEV = {"who": "engineer", "access": "dev-poweruser"}


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        (
            "fault",
            {"system": "aws", "match": "List", "times": 2},
            "AWS: the next 2 calls to List get",
        ),
        (
            "fault",
            {"system": "graph", "kind": "lost_answer"},
            "Graph: the next call gets no answer (carried out all the same)",
        ),
        ("entra", {"op": "consent", "missing": True}, "consent for the bot is gone"),
        ("entra", {"op": "policy", **DEV, "ticket": True}, "policy of dev-poweruser is changed"),
        ("entra", {"op": "disable", "who": "engineer"}, "account of Erin Engineer is disabled"),
        ("entra", {"op": "ineligible", **DEV}, "eligibility for dev-poweruser is changed"),
        ("slack/account", {"who": "engineer", "deactivated": True}, "Slack: the account of Erin"),
        (
            "slack/account",
            {"who": "engineer", "email": "e@x.example"},
            "Slack: the account of Erin",
        ),
        ("entra", {"op": "scim", "down": True}, "provisioning is down"),
        ("entra", {"op": "scim", "delay": "PT50M"}, "provisioning takes 50 minutes"),
    ],
)
async def test_whatever_is_broken_is_told_and_mended(
    client: Client, path: str, body: dict[str, object], told: str
) -> None:
    assert await client.get("/broken") == []
    await client.post(f"/{path}", **body)

    [sentence] = await client.get("/broken")
    assert told in sentence

    assert await client.post("/mend") == []
    assert await client.get("/broken") == []
