import pytest

from playground.teams.reading import card as reads
from playground.teams.text import read
from tests.playground.teams.kit import card, runs


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("**bold** and _slanted_ and *so*", "bold and slanted and so"),
        ("[My Apps](https://x.example/a)", "My Apps (https://x.example/a)"),
        ("[https://x.example](https://x.example)", "https://x.example"),
        (r"\*not bold\* and \[no link\]", "*not bold* and [no link]"),
        ("snake_case_name, 2 * 3 * 4", "snake_case_name, 2 * 3 * 4"),
        ("{{TIME(2026-11-26T14:32:05Z)}}", "14:32 UTC"),
        ("{{DATE(2026-11-26T23:32:05-02:00,SHORT)}}", "Fri, 27 Nov 2026"),
        ("{{DATE(2026-11-26T14:32:05Z, LONG)}}", "Thursday, 26 November 2026"),
        ("{{DATE(2026-11-26T14:32:05Z)}}", "2026-11-26"),
        ("{{TIME(2026-11-26T14:32:05.123Z)}}", "{{TIME(2026-11-26T14:32:05.123Z)}}"),
        ("{{DATE(2026-13-26T14:32:05Z)}}", "{{DATE(2026-13-26T14:32:05Z)}}"),
    ],
)
def test_what_one_reads_of_a_text(text: str, reads: str) -> None:
    assert read(text) == reads


def test_a_run_is_read_as_it_stands() -> None:
    link = {"type": "Action.OpenUrl", "url": "https://x.example"}
    shown = card(
        runs("**no mark** ", {"type": "TextRun", "text": "here", "selectAction": link}, " now"),
        runs({"type": "TextRun", "text": "until {{TIME(2026-11-26T14:32:05Z)}}"}),
    )

    assert reads(shown) == "**no mark** here (https://x.example) now\nuntil 14:32 UTC"
