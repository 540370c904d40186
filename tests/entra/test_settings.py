"""Settings that could never be safe are refused."""

from typing import Any

import pytest

from integrations.entra.settings import EntraSettings
from playground.cast import BOT_APP_ID, TENANT_ID


def settings(**changed: Any) -> EntraSettings:
    known = {"tenant": TENANT_ID, "client_id": BOT_APP_ID, "client_secret": "s3cret"}
    return EntraSettings(**(known | changed))


@pytest.mark.parametrize(
    "wrong",
    [
        {"tenant": "common"},
        {"tenant": "example.onmicrosoft.com"},
        {"client_id": ""},
        {"login_url": "http://127.0.0.1:1"},
        {"login_url": "https://login.microsoftonline.com/"},
        {"graph_url": "http://graph.example/v1.0"},
        {"graph_url": "http://127.0.0.1.example/v1.0"},
        {"graph_url": "https://graph.microsoft.com/v1.0/"},
    ],
)
def test_an_unsafe_or_unusable_setting_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"must"):
        settings(**wrong)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_plain_http_is_for_this_machine_only(host: str) -> None:
    assert settings(graph_url=f"http://{host}:1/v1.0")


def test_the_secret_is_never_shown() -> None:
    assert "s3cret" not in repr(settings())


@pytest.mark.parametrize(
    ("graph_url", "resource"),
    [
        ("https://graph.microsoft.com/v1.0", "https://graph.microsoft.com"),
        ("https://graph.microsoft.us/v1.0", "https://graph.microsoft.us"),
        ("https://dod-graph.microsoft.us/v1.0", "https://dod-graph.microsoft.us"),
        ("https://MicrosoftGraph.ChinaCloudApi.cn/v1.0", "https://microsoftgraph.chinacloudapi.cn"),
        ("https://proxy.example.com/graph/v1.0", "https://graph.microsoft.com"),
        ("https://graph.microsoft.us.example.com/v1.0", "https://graph.microsoft.com"),
        ("http://127.0.0.1:8080/v1.0", "https://graph.microsoft.com"),
    ],
)
def test_permissions_are_asked_for_at_the_clouds_own_graph(graph_url: str, resource: str) -> None:
    assert settings(graph_url=graph_url).graph_resource == resource
