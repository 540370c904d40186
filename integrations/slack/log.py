"""Keeps people's words and credentials out of what Slack's libraries log."""

import logging


def quiet(name: str, level: int = logging.WARNING) -> logging.Logger:
    """A logger for a Slack library that writes nothing below `level`.

    At debug and info they log whole payloads, also forged ones.
    """
    logger = logging.getLogger(name)
    logger.setLevel(level)
    return logger
