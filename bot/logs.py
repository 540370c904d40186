"""Logs as one JSON object a line on standard error; no request bodies, no people's words."""

import json
import logging
import sys
import traceback
from types import TracebackType

import structlog

_Raised = tuple[type[BaseException], BaseException, TracebackType | None]


def configure() -> None:
    """Send our own logs and the libraries' warnings to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_frames),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Wordless())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)


class Wordless(logging.Formatter):
    """A library's record without its message, at whatever level.

    Libraries log addresses, headers, bodies and tokens; none of them knows which of it is secret.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        told: dict[str, object] = {
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": "library_warning",
            "where": f"{record.filename}:{record.lineno}",
        }
        if record.exc_info and record.exc_info[1] is not None:
            told["exception"] = _chain(record.exc_info[1])
        return json.dumps(told)


def _frames(exc_info: _Raised) -> list[str]:
    return _chain(exc_info[1])


def _chain(error: BaseException | None) -> list[str]:
    """What was raised, where, and because of what: kinds and places, and never what it says.

    The text of an exception quotes what could not be read, which is somebody's words or a secret.
    """
    lines: list[str] = []
    while error is not None:
        lines.append(type(error).__name__)
        frames = traceback.extract_tb(error.__traceback__)
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        cause = None if error.__suppress_context__ else error.__context__
        error = error.__cause__ or cause
    return lines
