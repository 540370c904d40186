"""Each record is one line of JSON, whatever is in it, and no library can print what it knows."""

import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, given, settings

from bot.logs import configure
from tests.neutral.words import HOSTILE

SECRET = "xoxb-very-secret"
LIBRARIES = (
    *("aiohttp.access", "aiohttp.server", "aiohttp.client", "httpx", "httpcore.http11", "hpack"),
    *("msal.application", "msal.token_cache", "azure.identity", "azure.core.pipeline.policies"),
    *("slack_sdk.web", "slack_sdk.socket_mode", "slack_bolt.aws_access", "slack_bolt.AsyncApp"),
    *("urllib3.connectionpool", "requests", "botocore.endpoint", "botocore.auth", "boto3"),
    *("sqlalchemy.engine.Engine", "aiosqlite", "asyncpg", "alembic.runtime", "asyncio", "root"),
)


class UnreadableError(ValueError):
    """Quotes what it could not read, as many exceptions do."""


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What a configured bot writes, with every library set to tell everything."""
    root, told = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr(sys, "stderr", told)
    configure()
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield told
    logging.captureWarnings(capture=False)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.NOTSET)
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def records(log: io.StringIO) -> list[dict[str, object]]:
    """Read line by line, as whatever collects logs does."""
    text = log.getvalue()
    assert text.isascii()
    assert text.isprintable() or text.replace("\n", "").isprintable()
    return [json.loads(line) for line in text.splitlines()]


@given(HOSTILE)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_record_is_one_line_that_reads_back(log: io.StringIO, words: str) -> None:
    log.seek(0)
    log.truncate()
    structlog.get_logger().warning("said", words=words, nested={"words": [words]})

    [record] = records(log)

    assert record["words"] == words
    assert set(record) == {"event", "level", "timestamp", "words", "nested"}


@pytest.mark.parametrize("name", LIBRARIES)
def test_no_library_says_anything_even_when_it_is_asked_for_everything(
    log: io.StringIO, name: str
) -> None:
    logger = logging.getLogger(name)
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.CRITICAL):
        logger.log(level, "Authorization: Bearer %s\n{}", SECRET, stack_info=True)
    try:
        int(SECRET)
    except ValueError:
        logger.exception("cannot read %s", SECRET)

    assert SECRET not in log.getvalue()
    told = records(log)
    assert [record["logger"] for record in told] == [name] * 5
    assert told[-1]["exception"][0] == "ValueError"  # type: ignore[index]


def test_a_bug_tells_where_it_is_and_because_of_what_and_not_what_it_read(
    log: io.StringIO,
) -> None:
    try:
        try:
            int(SECRET)
        except ValueError as first:
            raise UnreadableError(SECRET) from first
    except UnreadableError as bug:
        structlog.get_logger().error("not_taken", exc_info=bug)
        structlog.get_logger().exception("not_taken_either")

    assert SECRET not in log.getvalue()
    for record in records(log):
        told = [str(line) for line in record["exception"]]  # type: ignore[attr-defined]
        assert [line for line in told if not line.startswith(" ")] == [
            "UnreadableError",
            "ValueError",
        ]
        assert any("test_logged.py" in line for line in told)


def test_a_warning_of_python_is_a_record_too(log: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(SECRET, stacklevel=1)
        logging.captureWarnings(capture=False)

    assert SECRET not in log.getvalue()
    assert [record["logger"] for record in records(log)] == ["py.warnings"]
