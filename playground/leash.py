"""Runs one command that must not outlive the process that started it, however that one ends.

`python leash.py PARENT COMMAND…` becomes COMMAND and dies with PARENT (its process id). Standard
library only, and no package: it runs before the command and must start quickly.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import NoReturn

PR_SET_PDEATHSIG = 1
"""https://man7.org/linux/man-pages/man2/pr_set_pdeathsig.2const.html (kept across execve)"""


def main(arguments: Sequence[str]) -> int:
    """Run the command; answers its exit code where this process could not become it."""
    parent, command = int(arguments[0]), list(arguments[1:])
    if sys.platform == "linux":
        _become(command, parent)
    return _watch(command)


def _become(command: list[str], parent: int) -> NoReturn:
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:  # it died before we could ask to be told
        raise SystemExit(1)
    os.execvp(command[0], command)  # noqa: S606  (becoming the command is the point)


def _watch(command: list[str]) -> int:
    """Elsewhere: our standard input is a pipe that only the parent holds, and it closes with it."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603

    def end_with_parent() -> None:
        sys.stdin.buffer.read()
        child.kill()

    threading.Thread(target=end_with_parent, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    return child.wait()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
