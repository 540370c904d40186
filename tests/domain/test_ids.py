"""Ids that are short enough to type and too many to guess."""

import re

from bot.domain.ids import new_activation_id, new_request_id

TYPED = r"[2-9A-HJ-NP-Z]{8}"


def test_ids_have_no_letter_that_reads_as_a_digit() -> None:
    assert re.fullmatch(f"R-{TYPED}", new_request_id())
    assert re.fullmatch(f"A-{TYPED}", new_activation_id())


def test_ids_do_not_repeat() -> None:
    assert len({new_request_id() for _ in range(2000)}) == 2000
