"""The environment: everything that is wrong with it is said at once, and nothing is loosened unseen."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, from_environment, is_loopback

TENANT = "11111111-1111-4111-8111-111111111111"
CLIENT = "22222222-2222-4222-8222-222222222222"
EVERYWHERE = "0.0.0.0"  # noqa: S104  what is refused in development
ENOUGH = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "secret",
    "AZURE_TENANT_ID": TENANT,
    "AZURE_CLIENT_ID": CLIENT,
    "PUBLIC_URL": "https://bot.example.com",
}
DEV = {**ENOUGH, "DEV_LOOPBACK": "1", "HOST": "127.0.0.1", "PUBLIC_URL": "http://127.0.0.1:8080"}


def settings(**changes: str) -> Settings:
    return from_environment({**ENOUGH, **changes})


def problems(environ: Mapping[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as raised:
        from_environment(environ)
    assert str(raised.value) == "\n".join(raised.value.problems)
    return raised.value.problems


def named(environ: Mapping[str, str]) -> list[str]:
    """The variables the problems begin with."""
    return [problem.split()[0] for problem in problems(environ)]


def test_a_few_variables_are_enough() -> None:
    found = settings()

    assert (found.host, found.port) == (EVERYWHERE, 8080)
    assert found.database_url == "sqlite+aiosqlite:///aws-access.db"
    assert found.slack is not None
    assert found.slack.api_url == "https://slack.com/api/"
    assert found.entra.login_url == "https://login.microsoftonline.com"
    assert found.entra.graph_url == "https://graph.microsoft.com/v1.0"
    assert not found.dev_loopback
    assert (found.aws.region, found.token_keys, found.access_file) == ("", "", "")


def test_values_are_read_without_the_space_around_them() -> None:
    found = settings(
        PORT=" 9000 ",
        AZURE_TENANT_ID=f" {TENANT.upper()} ",
        SLACK_SIGNING_SECRET=" old , new, ",
        GRAPH_URL="https://graph.microsoft.us/v1.0/",
        SLACK_API_URL="https://slack-gov.com/api/",
    )

    assert found.port == 9000
    assert found.entra.tenant == TENANT
    assert found.slack is not None
    assert found.slack.signing_secrets == ("old", "new")
    assert found.entra.graph_url == "https://graph.microsoft.us/v1.0"
    assert found.slack.api_url == "https://slack-gov.com/api/"


def test_without_anything_every_missing_variable_is_named_at_once() -> None:
    assert named({}) == [
        "PUBLIC_URL",
        "SLACK_SIGNING_SECRET",
        "SLACK_BOT_TOKEN",
        "AZURE_TENANT_ID",
        "AZURE_CLIENT_ID",
    ]


def test_socket_mode_needs_no_signing_secret() -> None:
    found = from_environment({**ENOUGH, "SLACK_SIGNING_SECRET": "", "SLACK_APP_TOKEN": "xapp-1"})

    assert found.slack is not None
    assert found.slack.signing_secrets == ()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1"),
        ("AZURE_TENANT_ID", "contoso.onmicrosoft.com"),
        ("AZURE_CLIENT_ID", "my app"),
        ("PORT", "http"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("PORT", "²"),
        ("ACCESS_FILE", "/nowhere/access.toml"),
        ("AZURE_CLIENT_CERTIFICATE_PATH", "/nowhere/app.pem"),
        ("AZURE_FEDERATED_TOKEN_FILE", "/nowhere/token"),
        ("LOGIN_CA_FILE", "/nowhere/ca.pem"),
        ("PUBLIC_URL", "bot.example.com"),
        ("PUBLIC_URL", "ftp://bot.example.com"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://user:word@bot.example.com"),
        ("PUBLIC_URL", "http://bot.example.com"),
        ("PUBLIC_URL", "http://127.0.0.1:8080"),
        ("GRAPH_URL", "http://graph.microsoft.com/v1.0"),
        ("LOGIN_URL", "http://127.0.0.1:9"),
        ("SLACK_API_URL", "http://slack.com/api/"),
        ("TEAMS_LOGIN_URL", "http://login.botframework.com"),
        ("TEAMS_SERVICE_URL", "http://127.0.0.1:9"),
        ("TEAMS_SSO_URI", "botid-4"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        ("DEV_WORLD_URL", "http://127.0.0.1:9"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(variable: str, value: str) -> None:
    assert named({**ENOUGH, variable: value}) == [variable]


def test_files_that_are_there_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "access.toml"
    file.write_text("")

    assert settings(ACCESS_FILE=str(file)).access_file == str(file)


def test_what_only_an_adapter_can_read_is_a_problem_among_the_others() -> None:
    def keys(text: str) -> None:
        msg = f"no keys in {len(text)} characters"
        raise ValueError(msg)

    with pytest.raises(SettingsError) as raised:
        from_environment({**ENOUGH, "PORT": "x", "TOKEN_KEYS": "abc"}, {"TOKEN_KEYS": keys})

    assert raised.value.problems == (
        "PORT is not a port number: x.",
        "TOKEN_KEYS: no keys in 3 characters.",
    )


def test_what_an_adapter_can_read_is_no_problem() -> None:
    found = from_environment({**ENOUGH, "TOKEN_KEYS": "abc"}, {"TOKEN_KEYS": str.upper})

    assert found.token_keys == "abc"


def test_on_loopback_plain_http_is_allowed() -> None:
    found = from_environment(
        {
            **DEV,
            "GRAPH_URL": "http://localhost:9/v1.0",
            "DEV_WORLD_URL": "http://[::1]:9",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        }
    )

    assert found.dev_loopback
    assert found.dev_world_url == "http://[::1]:9"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HOST", EVERYWHERE),
        ("HOST", "10.0.0.7"),
        ("HOST", "bot"),
        ("PUBLIC_URL", "https://bot.example.com"),
        ("DEV_WORLD_URL", "http://10.0.0.7"),
    ],
)
def test_the_development_flag_is_refused_where_others_could_reach_us(
    variable: str, value: str
) -> None:
    found = problems({**DEV, variable: value})

    assert any("DEV_LOOPBACK=1 is refused" in one and variable in one for one in found)


@pytest.mark.parametrize("flag", ["", "0", "true", "yes"])
def test_nothing_but_1_sets_the_development_flag(flag: str) -> None:
    assert named({**DEV, "DEV_LOOPBACK": flag}) == ["PUBLIC_URL"]


def test_plain_http_elsewhere_is_refused_even_on_loopback() -> None:
    assert named({**DEV, "GRAPH_URL": "http://graph.microsoft.com/v1.0"}) == ["GRAPH_URL"]


def test_no_secret_shows_in_the_settings() -> None:
    shown = repr(settings(TOKEN_KEYS="k1:keys", AZURE_CLIENT_SECRET="hush", SLACK_APP_TOKEN="xapp"))

    for secret in ("xoxb-1", "'secret'", "k1:keys", "hush", "xapp"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        (EVERYWHERE, False),
        ("::", False),
        ("localhost.example.com", False),
        ("127.0.0.1.example.com", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_alone(host: str, ours: bool) -> None:  # noqa: FBT001
    assert is_loopback(host) is ours


def test_without_an_argument_the_process_own_environment_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in ENOUGH.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PORT", "8123")
    for name in ("DEV_LOOPBACK", "DEV_WORLD_URL", "HOST"):
        monkeypatch.delenv(name, raising=False)

    assert from_environment().port == 8123


GRANTOR = "33333333-3333-4333-8333-333333333333"


def test_a_grantor_is_another_app_with_a_credential_of_its_own() -> None:
    assert settings(AZURE_CLIENT_SECRET="the bot's").grantor is None

    found = settings(
        AZURE_CLIENT_SECRET="the bot's",
        GRANTOR_CLIENT_ID=GRANTOR.upper(),
        GRANTOR_CLIENT_SECRET="the grantor's",
        LOGIN_URL="https://login.example.com",
    )

    assert found.grantor is not None
    assert (found.grantor.client_id, found.grantor.client_secret) == (GRANTOR, "the grantor's")
    assert (found.grantor.tenant, found.grantor.login_url) == (TENANT, found.entra.login_url)
    assert found.entra.client_secret == "the bot's"
    assert "the grantor's" not in repr(found)


@pytest.mark.parametrize(
    "given",
    [
        {"GRANTOR_CLIENT_SECRET": "s"},
        {"GRANTOR_MANAGED_IDENTITY_CLIENT_ID": GRANTOR},
        {"GRANTOR_CLIENT_ID": "the grantor"},
        {"GRANTOR_CLIENT_ID": CLIENT},
    ],
)
def test_what_could_be_no_grantor_is_said(given: Mapping[str, str]) -> None:
    assert named({**ENOUGH, **given}) == ["GRANTOR_CLIENT_ID"]


APP = "44444444-4444-4444-8444-444444444444"


def test_teams_is_on_once_its_app_is_named() -> None:
    assert settings().teams is None

    found = settings(TEAMS_APP_ID=APP.upper(), TEAMS_APP_SECRET="the bot's")

    assert found.slack is not None
    assert found.teams is not None
    assert (found.teams.app.client_id, found.teams.app.client_secret) == (APP, "the bot's")
    assert found.teams.app.tenant == TENANT
    assert found.teams.login_url == "https://login.botframework.com"
    assert found.teams.service_url == "https://smba.trafficmanager.net/teams"
    assert "the bot's" not in repr(found)


def test_in_teams_alone_slack_needs_nothing() -> None:
    alone = {name: value for name, value in ENOUGH.items() if not name.startswith("SLACK")}

    assert from_environment({**alone, "TEAMS_APP_ID": APP}).slack is None
    assert named({**alone, "TEAMS_APP_ID": APP, "SLACK_APP_TOKEN": "xapp-1"}) == ["SLACK_BOT_TOKEN"]


@pytest.mark.parametrize("given", [{"TEAMS_APP_SECRET": "s"}, {"TEAMS_APP_ID": "the bot"}])
def test_what_could_be_no_teams_app_is_said(given: Mapping[str, str]) -> None:
    assert named({**ENOUGH, **given}) == ["TEAMS_APP_ID"]
