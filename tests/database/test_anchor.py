"""The anchor: a file that remembers how far the record went, and never goes back by itself."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from integrations.database import anchor
from integrations.database.anchor import anchored, check_anchor, read_anchor, write_anchor
from integrations.database.history import Place

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PLACE = Place(bytes(range(16)), 1042, bytes(range(32)))
TEXT = (
    "aws-access/000102030405060708090a0b0c0d0e0f\n"
    "1042\n"
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    "2026-03-04T12:00:00.000000Z\n"
)
NO_ANCHORS = {
    "empty": "",
    "of somebody else": TEXT.replace("aws-access/", "example.org/"),
    "without an id": TEXT.replace("000102030405060708090a0b0c0d0e0f", "mine"),
    "without a number": TEXT.replace("1042", "many"),
    "a hash that is too short": TEXT.replace("GBkaGxwdHh8=", "GA=="),
    "a hash that is none": TEXT.replace("AAEC", "____"),
    "cut off": TEXT[:60],
    "without a time": TEXT.replace("2026-03-04", "today"),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "anchor"


def now() -> datetime:
    return NOON


async def _until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not there():  # noqa: ASYNC110  another thread writes it
            await asyncio.sleep(0.01)


def test_its_text_is_that_of_a_checkpoint(file: Path) -> None:
    write_anchor(file, PLACE, NOON)

    assert file.read_text() == TEXT
    assert read_anchor(file) == PLACE


def test_where_there_is_none_there_is_nothing_to_hold_to(file: Path) -> None:
    assert read_anchor(file) is None


def test_a_signature_after_it_is_left_alone(file: Path) -> None:
    file.write_text(TEXT + "\n— somebody AAAA\n")

    assert read_anchor(file) == PLACE


@pytest.mark.parametrize("text", NO_ANCHORS.values(), ids=NO_ANCHORS)
def test_anything_else_is_refused(file: Path, text: str) -> None:
    file.write_text(text)

    with pytest.raises(ValueError, match="is not an anchor"):
        read_anchor(file)
    with pytest.raises(ValueError, match="is not an anchor"):
        check_anchor(str(file))


@pytest.mark.parametrize(("step", "after"), [(-1, 1042), (0, 1042), (1, 1043)])
def test_it_goes_on_and_never_back(file: Path, step: int, after: int) -> None:
    write_anchor(file, PLACE, NOON)

    write_anchor(file, replace(PLACE, seq=1042 + step), NOON)

    found = read_anchor(file)
    assert found is not None
    assert found.seq == after


def test_that_of_another_database_is_not_overwritten(file: Path) -> None:
    write_anchor(file, PLACE, NOON)

    with pytest.raises(ValueError, match="is the anchor of another database"):
        write_anchor(file, replace(PLACE, log_id=bytes(16), seq=2000), NOON)

    assert read_anchor(file) == PLACE


def test_unless_somebody_has_said_so(file: Path) -> None:
    write_anchor(file, PLACE, NOON)
    other = replace(PLACE, log_id=bytes(16), seq=3)

    write_anchor(file, other, NOON, back=True)

    assert read_anchor(file) == other


def test_the_setting_may_be_missing_or_name_a_file_that_will_be_there(file: Path) -> None:
    check_anchor("")
    check_anchor(str(file))
    check_anchor("relative")


def test_the_setting_may_not_name_what_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no folder for"):
        check_anchor(str(tmp_path / "none" / "anchor"))
    with pytest.raises(ValueError, match="cannot be read: Is a directory"):
        check_anchor(str(tmp_path))


async def test_it_follows_what_is_committed_and_is_what_the_next_start_begins_with(
    file: Path,
) -> None:
    with capture_logs() as said:
        async with anchored(str(file), now) as history:
            assert history.known is None
            history.reached(PLACE)
            await _until(file.exists)
            later = replace(PLACE, seq=1043)
            history.reached(later)

    assert [line["event"] for line in said] == ["anchor_begun"]
    async with anchored(str(file), now) as history:
        assert history.known == later


def _gives_way(file: Path) -> None:
    file.rmdir()


def _is_in_the_way(file: Path) -> None:
    file.unlink()
    file.mkdir()


async def test_what_cannot_be_written_down_is_tried_again(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchor, "AGAIN", 0.01)
    write_anchor(file, PLACE, NOON)
    async with anchored(str(file), now) as history:
        _is_in_the_way(file)
        with capture_logs() as said:
            history.reached(replace(PLACE, seq=1043))
            await _until(lambda: len(said) > 1)
        _gives_way(file)
        await _until(file.exists)

    assert {line["event"] for line in said} == {"anchor_not_written"}
    found = read_anchor(file)
    assert found is not None
    assert found.seq == 1043


async def test_without_a_path_it_is_only_remembered() -> None:
    async with anchored("", now) as history:
        history.reached(PLACE)
        assert history.known == PLACE


async def test_a_start_that_could_not_write_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="none"):
        async with anchored(str(tmp_path / "none" / "anchor"), now):
            pass
