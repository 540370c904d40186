"""The search for secrets in what processes leave behind finds each kind where it is put."""

import pytest

from tests.process.leaks import Leaks

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLW9mLWl0"


@pytest.mark.parametrize(
    ("what", "named"),
    [
        ("xoxb-0123456789abcdef", "SLACK_BOT_TOKEN"),
        ("bmV2ZXItdG9sZC1hbnlib2R5", "TOKEN_KEYS"),
        ("https://x/sign-in/0123456789abcdefghij", "a sign-in link"),
        (JWT, "a token"),
    ],
)
def test_each_kind_is_found(what: str, named: str) -> None:
    leaks = Leaks()
    leaks.given({"SLACK_BOT_TOKEN": "xoxb-0123456789abcdef", "PORT": "0", "SLACK_APP_TOKEN": ""})
    leaks.given({"TOKEN_KEYS": "k2:bmV2ZXItdG9sZC1hbnlib2R5,k1:bmV2ZXItdG9sZC1hbnlib2R6"})
    leaks.told([{"buttons": [{"url": "https://x/sign-in/0123456789abcdefghij"}]}])

    assert leaks.found_in(f"before {what} after".encode(), "0.log") == [f"{named} is in 0.log"]
    assert leaks.found_in(b"nothing", "0.log") == []
