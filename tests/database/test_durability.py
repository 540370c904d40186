"""What was committed stays, however the process ends."""

import asyncio
import signal
import sys
from pathlib import Path

from integrations.database.audit import Verified, verify
from integrations.database.engine import connect
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from tests.databases import Hands, copied

ROOT = Path(__file__).parents[2]

_COMMITTER = """
import asyncio, sys
from integrations.database.engine import connect
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from bot.domain.audit import Event, What
from tests.databases import Hands

async def main():
    store = DatabaseStore(Database(connect(sys.argv[1])), Hands())
    for n in range(10_000):
        async with store.begin() as tx:
            await tx.first_time(f"delivery-{n}")
            tx.record(Event(What.READ))
        print(n, flush=True)

asyncio.run(main())
"""


async def test_what_was_committed_survives_kill_9(
    tmp_path: Path, migrated_file: Path, clock: Hands
) -> None:
    url = copied(migrated_file, tmp_path)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _COMMITTER, url), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None

    last = -1
    async for line in process.stdout:
        last = int(line)
        if last == 30:
            process.send_signal(signal.SIGKILL)
    await process.wait()

    database = Database(connect(url))
    whole = await verify(database.engine)
    assert isinstance(whole, Verified)
    # One more may be there: committed, and not yet told.
    assert whole.rows in {last + 1, last + 2}
    store = DatabaseStore(database, clock)
    async with store.begin() as tx:
        assert not await tx.first_time(f"delivery-{last}")
    await database.engine.dispose()
