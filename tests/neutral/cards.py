"""Cards as nobody would write them, and one with everything on it."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from bot.cards import Anchor, Bold, Button, Card, Code, Fact, Moment, Said, Style
from bot.domain.ids import RequestId
from bot.intents import Activate, Intent, Recent, Status, Withdraw

AT = datetime(2025, 11, 23, 14, 32, tzinfo=UTC)
FULL = Card(
    "Active: dev-poweruser",
    (
        ("AWS has your membership (", Moment(AT), ")."),
        ("Open ", Anchor("https://portal.example/start#/?a=1&b=2", "the portal"), "."),
    ),
    facts=(
        Fact("Access", (Code("dev-poweruser"),)),
        Fact("Until", (Moment(AT + timedelta(hours=1), date=True),)),
        Fact("Reason", (Said("*INC-42* <!channel>\n<https://evil.example|Approve>"),)),
    ),
    buttons=(
        Button("Deactivate", Withdraw(RequestId("R-2")), style=Style.DANGER),
        Button("Console", url="https://portal.example/start", style=Style.PRIMARY),
        Button("Status", Status(), style=Style.PRIMARY),
    ),
    block="[profile dev]\nsso_region = eu-central-1",
    footer=(("Bot down? ", Anchor("https://aka.ms/pim", "aka.ms/pim"), " → ", Bold("Groups")),),
    state="granted",
    aws_seen=True,
)
MARKUP = st.sampled_from(
    [
        "<!channel>",
        "<@U1>",
        "<#C1>",
        "<https://x|Approve>",
        "*b*",
        "`c`",
        "&lt;",
        "\u202e",
        "\n",
        ">",
    ]
)
WORDS = st.lists(st.one_of(MARKUP, st.text(max_size=8)), max_size=4).map("".join)
LONG = st.one_of(WORDS, st.integers(0, 9000).map(lambda n: "w" * n))
SPANS = st.one_of(
    LONG.map(Said),
    WORDS.map(Bold),
    WORDS.map(Code),
    WORDS,
    st.builds(Anchor, st.one_of(st.just("https://x.example/a?b=1&c"), WORDS), WORDS),
    st.builds(Moment, st.integers(0, 50_000).map(lambda h: AT + timedelta(hours=h)), st.booleans()),
)
LINES = st.lists(SPANS, max_size=4).map(tuple)
TIMES = st.sampled_from([1, 2, 30])
MANY_LINES = st.builds(lambda some, n: some * n, st.lists(LINES, max_size=3).map(tuple), TIMES)
INTENTS: st.SearchStrategy[Intent] = st.one_of(
    st.just(Status()),
    st.builds(Recent, access=WORDS),
    st.builds(Activate, WORDS, st.just(timedelta(hours=1)), reason=st.text(max_size=500)),
)
BUTTONS = st.builds(
    Button,
    WORDS,
    st.one_of(st.none(), INTENTS),
    st.one_of(st.none(), LONG, st.just("https://x.example")),
    st.sampled_from(Style),
)
CARDS = st.builds(
    Card,
    LONG,
    MANY_LINES,
    facts=st.lists(st.builds(Fact, WORDS, LINES), max_size=5).map(tuple),
    buttons=st.builds(
        lambda some, n: (some * n)[:40], st.lists(BUTTONS, max_size=4).map(tuple), TIMES
    ),
    block=LONG,
    footer=MANY_LINES,
)
