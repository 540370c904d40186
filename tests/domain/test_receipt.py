"""Receipts: short, the same for the same row, and found again in whatever was copied from a chat."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.receipt import Receipt, receipt_of, receipts_in

HASH = bytes(range(32))


def test_it_is_the_number_and_the_first_eighty_bits() -> None:
    assert str(receipt_of(1042, HASH)) == "#1042 000G-40R4-0M30-E209"
    assert receipt_of(1042, HASH[:10] + bytes(22)) == receipt_of(1042, HASH)
    assert receipt_of(1042, HASH[:9] + bytes(23)) != receipt_of(1042, HASH)


def test_the_largest_is_all_letters() -> None:
    assert receipt_of(1, bytes([255]) * 32).code == "ZZZZ-ZZZZ-ZZZZ-ZZZZ"


def test_a_code_in_base_32_is_read_back_as_its_bits() -> None:
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    row_hash = sha256(b"a row").digest()
    number = 0
    for letter in receipt_of(1, row_hash).code.replace("-", ""):
        number = number * 32 + alphabet.index(letter)

    assert number.to_bytes(10, "big") == row_hash[:10]


@given(st.lists(st.tuples(st.integers(1, 10**12), st.binary(min_size=32, max_size=32)), max_size=5))
def test_what_was_copied_from_a_chat_is_found_again(rows: list[tuple[int, bytes]]) -> None:
    shown = [receipt_of(seq, row_hash) for seq, row_hash in rows]

    assert receipts_in(" and\n".join(f"In the record: {one}." for one in shown)) == tuple(shown)


def test_what_only_looks_like_one_is_not_taken_for_one() -> None:
    for text in (
        "",
        "#12",
        "#12 9F3A-77C2-K0QD",
        "#12 9f3a-77c2-k0qd-m4tz",
        "#1 UUUU-UUUU-UUUU-UUUU",
    ):
        assert receipts_in(text) == ()
    assert receipts_in("#7 9F3A-77C2-K0QD-M4TZ") == (Receipt(7, "9F3A-77C2-K0QD-M4TZ"),)
