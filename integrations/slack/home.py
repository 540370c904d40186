"""The bot's own tab as Slack's App Home, within its hundred blocks.

https://docs.slack.dev/surfaces/app-home
"""

from bot.cards import Home, Item, Section
from integrations.slack.blocks import actions, footers, header, identified, rich_text
from integrations.slack.rich import Json

MOST_BLOCKS = 100


def view(home: Home) -> Json:
    """The view to publish. Where not everything has room, the end of each section gives way."""
    small_print = footers(home.footer)
    # Every section may need its title and the line that says that there is more.
    room = MOST_BLOCKS - len(small_print) - 2 * len(home.sections)
    shown: list[Json] = []
    for section in home.sections:
        blocks, used = _section(section, room)
        shown += blocks
        room -= used
    return {"type": "home", "blocks": identified([*shown, *small_print])}


def _section(section: Section, room: int) -> tuple[list[Json], int]:
    """Its blocks, and how many of them are items."""
    shown: list[Json] = []
    for item in section.items:
        blocks = _item(item)
        if len(shown) + len(blocks) > room:
            return [header(section.title), *shown, rich_text([section.more])], len(shown)
        shown += blocks
    return [header(section.title), *shown], len(shown)


def _item(item: Item) -> list[Json]:
    return [rich_text([item.line]), *actions(item.buttons)]
