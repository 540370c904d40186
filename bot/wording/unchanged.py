"""A no, said as it always is: what stood in the way, that nothing was changed, and what to do next."""

from bot.cards import Button, Card, Line


def card(title: str, text: str, *buttons: Button) -> Card:
    """In one sentence or two of ours."""
    return said(title, (text,), *buttons)


def said(title: str, line: Line, *buttons: Button) -> Card:
    """With people's words or moments in it."""
    return Card(title, (line, ("Nothing was changed.",)), buttons=buttons)
