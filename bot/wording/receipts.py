"""The small print by which a card's decision is found in the record."""

from dataclasses import replace

from bot.cards import Card, Code
from bot.domain.receipt import Receipt


def with_receipt(card: Card, receipt: Receipt | None) -> Card:
    """The card with the receipt of the decision that it shows, where there is one."""
    if receipt is None:
        return card
    return replace(card, footer=(("In the record: ", Code(str(receipt))), *card.footer))
