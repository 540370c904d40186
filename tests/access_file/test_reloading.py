"""SIGHUP, without a bot around it."""

import asyncio
import signal

from structlog.testing import capture_logs

from bot.reloading import hangups, load, load_quietly, reload, reloading
from tests.access_file.files import ONE, OTHER, File

DUAL = (
    f"{ONE}authority = 'application'\nmembers = ['group:{OTHER}']\n"
    f"[access.approval]\napprovers = ['group:{OTHER}']\n"
)


def test_the_warnings_are_logged_once_by_the_bot_that_serves(file: File) -> None:
    file.read(DUAL)

    with capture_logs() as logs:
        policy = load(str(file.path))
        quiet = load_quietly(str(file.path))

    assert policy.catalog == quiet.catalog
    assert [row["event"] for row in logs] == ["access_file_warning"]


def test_without_a_file_there_is_nothing_to_reload(file: File) -> None:
    policy = load("")

    with capture_logs() as logs:
        assert not reload("", policy)

    assert policy.catalog is None
    assert policy.stamp() == {"policy": "directory"}
    assert [row["event"] for row in logs] == ["access_file_not_reloaded"]


def test_a_file_that_is_gone_changes_nothing(file: File) -> None:
    file.read(ONE)
    policy = load(str(file.path))
    before = policy.catalog
    file.path.unlink()

    with capture_logs() as logs:
        assert not reload(str(file.path), policy)

    assert policy.catalog is before
    assert "cannot be read" in logs[0]["problem"]


def test_what_changed_is_logged_one_line_each(file: File) -> None:
    file.read(ONE)
    policy = load(str(file.path))
    file.read(
        f"admins = ['user:{OTHER}']\n{ONE}max = '1h'\n{ONE.replace('dev', 'x')}".replace(
            f"{ONE.replace('dev', 'x')}", f'[[access]]\nname = "x"\ngroup = "{OTHER}"\n'
        )
    )

    with capture_logs() as logs:
        assert reload(str(file.path), policy)

    assert [(row["event"], row.get("name"), row.get("fields")) for row in logs] == [
        ("access_file_changed", "dev", "max"),
        ("access_file_added", "x", ""),
        ("access_file_changed", "admins", ""),
    ]


async def test_what_goes_wrong_after_a_reload_stops_no_later_one(file: File) -> None:
    file.read(ONE)
    policy = load(str(file.path))
    done = asyncio.Event()
    times = []

    async def then() -> None:
        times.append(1)
        if len(times) == 1:
            raise ValueError
        done.set()

    with capture_logs() as logs, hangups() as hangup:
        task = asyncio.create_task(reloading(hangup, str(file.path), policy, then))
        async with asyncio.timeout(20):
            while not done.is_set():
                signal.raise_signal(signal.SIGHUP)
                await asyncio.sleep(0.01)
        task.cancel()

    assert "reloading_failed" in [row["event"] for row in logs]
