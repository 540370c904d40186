"""Saying no is one exception that carries a typed value."""

import pytest

from bot.domain.refusals import AlreadyOpen, NobodyReads, Refusal, RefusedError
from tests.domain.samples import a_request


@pytest.mark.parametrize("refusal", [NobodyReads(), AlreadyOpen(a_request())])
def test_a_refusal_is_raised_as_a_value_and_named_by_its_kind(refusal: Refusal) -> None:
    with pytest.raises(RefusedError, match=type(refusal).__name__) as raised:
        raise RefusedError(refusal)

    assert raised.value.refusal == refusal
