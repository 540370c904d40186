"""The bot's own tab as App Home: everything has room, or it says that there is more."""

from bot.cards import Bold, Button, Home, Item, Section
from bot.intents import OpenForm
from integrations.slack.home import MOST_BLOCKS, view
from playground.slack.blocks import view_problems


def _section(title: str, items: int) -> Section:
    return Section(title, tuple(_item(f"{title} {n}") for n in range(items)), (f"More {title}.",))


def _item(name: str) -> Item:
    form = Button("Activate…", OpenForm(name), spoken=f"Activate {name}…")
    return Item((Bold(name), ", at most 8 h."), (form,))


def test_each_item_is_a_line_with_its_buttons() -> None:
    shown = view(Home((_section("Active", 1),), (("Small print.",),)))
    kinds = [block["type"] for block in shown["blocks"]]
    assert kinds == ["header", "rich_text", "actions", "context"]
    assert shown["blocks"][2]["elements"][0]["accessibility_label"] == "Activate Active 0…"
    assert not view_problems(shown)


def test_what_has_no_room_is_left_out_of_each_section_and_that_is_said() -> None:
    home = Home((_section("A", 30), _section("B", 60), _section("C", 60)), (("Small print.",),))
    shown = view(home)
    assert len(shown["blocks"]) <= MOST_BLOCKS
    assert not view_problems(shown)
    text = str(shown["blocks"])
    assert "More A." not in text
    assert "More B." in text
    assert "More C." in text
    assert "Small print." in text


def test_a_changed_tab_has_new_block_ids() -> None:
    ids = {view(Home((_section("A", n),)))["blocks"][0]["block_id"] for n in (1, 2)}
    assert len(ids) == 2
