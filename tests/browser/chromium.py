"""Finds the Chromium the page is looked at with."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
WELL_KNOWN = (
    "/usr/bin/chromium",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")


class NoChromiumError(Exception):
    """There is no Chromium; the text says what to do."""


def chromium(environ: Mapping[str, str] = os.environ) -> str:  # noqa: TID251  (where it is told)
    """The path of the browser. Raises NoChromiumError."""
    told = environ.get("CHROMIUM")
    if told:
        if not Path(told).is_file():
            raise NoChromiumError(f"CHROMIUM names no file: {told}")
        return told
    path = environ.get("PATH", "")
    found = (shutil.which(name, path=path) for name in NAMES)
    for candidate in (*found, *WELL_KNOWN):
        if candidate and Path(candidate).is_file():
            return candidate
    raise NoChromiumError(
        "The tests of the page need Chromium: apt-get install chromium, or set CHROMIUM to the "
        "path of a Chrome or Chromium."
    )
