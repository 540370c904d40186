"""Whatever people do and whatever fails, in whatever order: all holds, and all comes to an end."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.machine import Faults

BRIEFLY = settings(
    max_examples=25,
    stateful_step_count=16,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # to shrink what is found takes minutes: add it to look closer
)


@pytest.mark.timeout(300)
def test_nothing_is_lost_or_doubled_whatever_happens(migrated_file: Path) -> None:
    class Here(Faults):
        template = migrated_file

    run_state_machine_as_test(Here, settings=BRIEFLY)
