"""Verdicts over what was seen: no I/O, and no sentences."""
