"""A wire that can be made bad: late, cut, silent, or cut just when the answer was on its way."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_RST = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: what closes is reset. https://man7.org/linux/man-pages/man7/socket.7.html"""


@dataclass
class Proxy:
    """Between a client and what `reach` connects to; `port` is where the client goes.

    `delay`: seconds that everything is late. `silent`: nothing goes through any more, and nothing is
    closed. `cut_at`: bytes of the client's at which the wire is cut once their answer has come.
    """

    reach: Callable[[], Awaitable[Streams]]
    port: int = 0
    delay: float = 0.0
    silent: bool = False
    cut_at: bytes | None = None
    cuts: int = 0
    _wires: set[asyncio.StreamWriter] = field(default_factory=set)
    _cut: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._wires.add(writer)
        ends = [writer]
        try:
            there, thither = await self.reach()
            ends.append(thither)
            self._wires.add(thither)
            await asyncio.gather(
                self._pump(reader, thither, writer, up=True),
                self._pump(there, writer, writer, up=False),
            )
        except OSError:
            pass  # whichever end is gone, the other notices
        finally:
            for one in ends:
                self._wires.discard(one)
                one.close()
            self._tasks.discard(task)

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        client: asyncio.StreamWriter,
        *,
        up: bool,
    ) -> None:
        while data := await source.read(65536):
            await asyncio.sleep(self.delay)
            if self.silent:
                self._heard.clear()
                await self._heard.wait()
                return
            if up and self.cut_at is not None and self.cut_at in data:
                self._cut.add(client)
                self.cut_at = None
            elif not up and client in self._cut:
                self.cuts += 1
                reset(client)
                return
            sink.write(data)
            await sink.drain()
        with suppress(OSError, RuntimeError):
            sink.write_eof()

    def reset_all(self) -> None:
        """Every wire there is now is cut, without a word of goodbye."""
        for wire in list(self._wires):
            reset(wire)

    def half_close_all(self) -> None:
        """What is sent still arrives, but no answer will come: the other end is done."""
        for wire in list(self._wires):
            with suppress(OSError, RuntimeError):
                wire.write_eof()

    def hears_again(self) -> None:
        """What was silent is cut; new wires work."""
        self.silent = False
        self._heard.set()
        self.reset_all()

    async def stop(self) -> None:
        self.hears_again()
        await asyncio.gather(*self._tasks)


def reset(wire: asyncio.StreamWriter) -> None:
    found = wire.get_extra_info("socket")
    if found is not None and found.family != socket.AF_UNIX and found.fileno() >= 0:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST)
    wire.transport.abort()


@asynccontextmanager
async def proxied(reach: Callable[[], Awaitable[Streams]]) -> AsyncIterator[Proxy]:
    """A proxy that listens while in the block."""
    proxy = Proxy(reach)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.stop()
        await server.wait_closed()
