"""Receipts: what a card shows of the record's row, so that the chat is a witness to the record.

`#1042 9F3A-77C2-K0QD-M4TZ` is the row's number and the first 80 bits of its hash in Crockford's
base 32 (https://www.crockford.com/base32.html). Fewer bits could be met by trying out salts.
"""

import re
from dataclasses import dataclass

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BYTES, _LETTERS, _GROUP = 10, 16, 4
_RECEIPT = re.compile(rf"#(\d{{1,18}}) ((?:[{_ALPHABET}]{{4}}-){{3}}[{_ALPHABET}]{{4}})\b")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The number of a row and its code."""

    seq: int
    code: str

    def __str__(self) -> str:
        return f"#{self.seq} {self.code}"


def receipt_of(seq: int, row_hash: bytes) -> Receipt:
    """That of a row."""
    number = int.from_bytes(row_hash[:_BYTES], "big")
    letters = [_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_LETTERS))]
    text = "".join(letters)
    groups = [text[at : at + _GROUP] for at in range(0, _LETTERS, _GROUP)]
    return Receipt(seq, "-".join(groups))


def receipts_in(text: str) -> tuple[Receipt, ...]:
    """Every receipt that stands in a text, such as one copied from a chat."""
    return tuple(Receipt(int(seq), code) for seq, code in _RECEIPT.findall(text))
