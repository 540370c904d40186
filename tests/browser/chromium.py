"""Finds the Chromium the page is looked at with."""

import os
from collections.abc import Mapping
from pathlib import Path

WELL_KNOWN = (
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/usr/bin/google-chrome-stable",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")


class NoChromiumError(Exception):
    """There is no Chromium; the text says what to do."""


def chromium(environ: Mapping[str, str] = os.environ) -> str:  # noqa: TID251  (a tool's place)
    """The path of the browser. Raises NoChromiumError."""
    told = environ.get("CHROMIUM")
    candidates = (told,) if told else WELL_KNOWN
    for path in candidates:
        if Path(path).is_file():
            return path
    raise NoChromiumError(
        f"CHROMIUM names no file: {told}"
        if told
        else "The tests of the page need Chromium: apt-get install chromium, or set CHROMIUM to "
        "the path of a Chrome or Chromium."
    )
