"""Faults are many and quick: nothing is printed, and nobody cuts the power."""

from tests.handlers.conftest import no_power_cuts, quiet

__all__ = ["no_power_cuts", "quiet"]
