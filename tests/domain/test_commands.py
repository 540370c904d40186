"""Words to intents: every word of a reason is kept, and a typo gets a hint."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import VERBS, Misunderstood, parse
from bot.domain.decision import Verdict
from bot.domain.ids import RequestId
from bot.domain.request import State
from bot.intents import (
    Activate,
    Again,
    Deactivate,
    Decide,
    Explain,
    Help,
    Intent,
    Link,
    Lock,
    Notify,
    OpenForm,
    Recent,
    Status,
    Unlink,
    Unlock,
    Withdraw,
)

HOUR = timedelta(hours=1)
REASON_WORDS = st.text(
    st.characters(
        whitelist_categories=["Lu", "Ll", "Nd", "Po", "Sm"], blacklist_characters="\"'“”<"
    ),
    min_size=1,
)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("", OpenForm()),
        ("   ", OpenForm()),
        ("activate", OpenForm()),
        ("status", Status()),
        ("STATUS", Status()),
        ("status please", Status()),
        ("link", Link()),
        ("unlink", Unlink()),
        ("notify here", Notify(here=True)),
        ("NOTIFY last!", Notify()),
        ("help", Help()),
        ("again", Again()),
        ("again still broken", Again(reason="still broken")),
        ("again 2h INC-43 still broken", Again(None, 2 * HOUR, "INC-43", "still broken")),
        ("Status.", Status()),
        ("deactivate", Deactivate()),
        ("deactivate dev", Deactivate("dev")),
        ("deactivate dev ops", Deactivate("dev ops")),
        ('deactivate "dev ops"', Deactivate("dev ops")),
        ("withdraw", Withdraw()),
        ("withdraw R-7K3Q9FHM", Withdraw(RequestId("R-7K3Q9FHM"))),
        ("withdraw r-7k3q9fhm", Withdraw(RequestId("R-7K3Q9FHM"))),
    ],
)
def test_a_short_command_is_understood(said: str, meant: Intent) -> None:
    assert parse(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("dev", Activate("dev")),
        ("dev 1h", Activate("dev", HOUR)),
        ("dev 1 hour", Activate("dev", HOUR)),
        ("dev for 1h", Activate("dev", HOUR)),
        ("dev 1h INC-42", Activate("dev", HOUR, ticket="INC-42")),
        ("dev INC-42 1h", Activate("dev", HOUR, ticket="INC-42")),
        ("dev ticket 4711 1h", Activate("dev", HOUR, ticket="4711")),
        ("dev #4711 look", Activate("dev", ticket="#4711", reason="look")),
        (
            "dev 1h INC-42 checking the slow index",
            Activate("dev", HOUR, ticket="INC-42", reason="checking the slow index"),
        ),
        (
            'dev 1h "checking the slow index"',
            Activate("dev", HOUR, reason="checking the slow index"),
        ),
        ("“dev ops” 1h", Activate("dev ops", HOUR)),
        ("'dev ops' 1h it's urgent", Activate("dev ops", HOUR, reason="it's urgent")),
        ('dev "unclosed words', Activate("dev", reason='"unclosed words')),
        ("dev for the audit", Activate("dev", reason="for the audit")),
        ("dev look at INC-42", Activate("dev", ticket="INC-42", reason="look at INC-42")),
        ("dev 1h for 2h of work", Activate("dev", HOUR, reason="2h of work")),
        ("dev 1h 2h", Activate("dev", HOUR, reason="2h")),
        ("dev 1h30 why", Activate("dev", 1.5 * HOUR, reason="why")),
        ("dev 1h 30m why", Activate("dev", 1.5 * HOUR, reason="why")),
        ("dev 1 h 30 min why", Activate("dev", 1.5 * HOUR, reason="why")),
        ("dev 1.5h why", Activate("dev", 1.5 * HOUR, reason="why")),
        ("dev 90 minutes why", Activate("dev", 1.5 * HOUR, reason="why")),
        ('dev 1h "404 errors"', Activate("dev", HOUR, reason="404 errors")),
        ('dev "404 errors"', Activate("dev", reason="404 errors")),
        ('dev 1h the "big" one', Activate("dev", HOUR, reason='the "big" one')),
        ("dev 1h two  lines\n and more", Activate("dev", HOUR, reason="two lines and more")),
        ("`dev` 1h fix `foo` now", Activate("dev", HOUR, reason="fix `foo` now")),
        ("\u201edev ops\u201c 1h", Activate("dev ops", HOUR)),
        ("\u2018dev ops\u2019 it\u2019s", Activate("dev ops", reason="it\u2019s")),
        ("dev\u00a01h\u00a0why", Activate("dev", HOUR, reason="why")),
        ("\u200bdev\u200b 1h why", Activate("dev", HOUR, reason="why")),
        ("dev INC-1 INC-2", Activate("dev", ticket="INC-1", reason="INC-2")),
        ("dev 1h at night", Activate("dev", HOUR, reason="at night")),
        ("dev 1h at", Activate("dev", HOUR, reason="at")),
        ("dev ticket", Activate("dev", reason="ticket")),
        ("dev for", Activate("dev", reason="for")),
        ("dev inc-42", Activate("dev", reason="inc-42")),
        ("dev ask <@U0BEN|ben> or <@U0X>", Activate("dev", reason="ask @ben or <@U0X>")),
    ],
)
def test_one_line_says_what_to_activate_for_how_long_and_why(said: str, meant: Activate) -> None:
    assert parse(f"activate {said}") == meant


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("activate dev 90", "90"),
        ("activate dev 1:30", "1:30"),
        ("activate dev 1d", "1d"),
        ("activate dev 404 errors", "404"),
        ("activate dev 2 servers 1h", "2"),
        ("activate dev INC-42 7x", "7x"),
        ("activate dev -1h why", "-1h"),
        ("activate dev \u20131h why", "\u20131h"),
        ("activate dev 0h why", "0h"),
        ("activate dev 99999999999999999999 why", "99999999999999999999"),
        ("again -1h why", "-1h"),
    ],
)
def test_a_number_that_may_be_a_length_is_asked_about_instead_of_taken_for_a_reason(
    said: str, word: str
) -> None:
    found = parse(said)

    assert isinstance(found, Misunderstood)
    assert found.said == word
    assert "45m" in found.hint


def test_a_later_start_is_refused_instead_of_starting_now() -> None:
    found = parse("activate dev 1h at 14:00 deploy")

    assert isinstance(found, Misunderstood)
    assert found.said == "at 14:00"


@pytest.mark.parametrize("said", ["tomorrow", "tonight why", "1h tomorrow"])
def test_another_day_is_refused_instead_of_becoming_the_reason(said: str) -> None:
    found = parse(f"activate dev {said}")

    assert isinstance(found, Misunderstood)
    assert "quotes" in found.hint


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("activate dev -1h why", "activate dev 1h why"),
        ("activate dev 90", "activate dev 90m"),
        ("activate dev INC-42 2 why", "activate dev INC-42 2h why"),
        ("activate dev 404.1 errors", ""),
        ("again -2h why", "again 2h why"),
        ('activate "prod admin 1h', "activate prod admin 1h"),
        ("recent since yesterday", "recent since 2d"),
        ("recent since then", ""),
        ("recent state grnted dev", "recent state granted dev"),
        ("recent state xyzzy", ""),
        ("since 7d", "recent since 7d"),
        ("request dev 1h", "activate dev 1h"),
        ("history", "recent"),
        ("logout", "unlink"),
    ],
)
def test_what_was_most_likely_meant_is_offered_with_all_that_was_said(
    said: str, instead: str
) -> None:
    found = parse(said)

    assert isinstance(found, Misunderstood)
    assert found.instead == instead or found.instead.split() == instead.split()


@pytest.mark.parametrize("said", ["activate dev 1h why", "status"])
@pytest.mark.parametrize(
    "around", ["```{}```", "`{}`", "/aws-access {}", "@aws-access {}", "  {}\n", "!{}", "\ufeff{}"]
)
def test_what_is_pasted_along_does_not_matter(around: str, said: str) -> None:
    assert parse(around.format(said)) == parse(said)


@given(st.lists(REASON_WORDS, min_size=1, max_size=12))
def test_a_typed_line_keeps_every_word_of_the_reason(words: list[str]) -> None:
    found = parse("activate dev 1h INC-42 because " + " ".join(words))

    assert isinstance(found, Activate)
    assert (found.access, found.duration, found.ticket) == ("dev", HOUR, "INC-42")
    assert found.reason.split() == ["because", *" ".join(words).split()]


@given(st.text())
def test_any_text_gives_an_intent_or_a_hint(text: str) -> None:
    found = parse(text)

    assert not isinstance(found, Misunderstood) or found.hint


@given(st.sampled_from([*VERBS]), st.text())
def test_any_text_after_a_known_word_gives_an_intent_or_a_hint(verb: str, text: str) -> None:
    found = parse(f"{verb} {text}")

    assert not isinstance(found, Misunderstood) or found.hint


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("activte dev 1h", "activate dev 1h"),
        ("deactivat dev", "deactivate dev"),
        ("stauts", "status"),
        ("recnet @U1", "recent @U1"),
        ("xyzzy", ""),
        ("aprove R-7K3Q9FHM", "approve R-7K3Q9FHM"),
    ],
)
def test_a_typo_gets_the_nearest_command_with_all_that_was_said(said: str, instead: str) -> None:
    found = parse(said)

    assert isinstance(found, Misunderstood)
    assert found.said == said.split(maxsplit=1)[0]
    assert found.instead == instead


@pytest.mark.parametrize("wanted", ["7", "R-1", "R-7K3Q9FH0", "everything"])
def test_a_request_is_withdrawn_by_its_id_only(wanted: str) -> None:
    found = parse(f"withdraw {wanted}")

    assert isinstance(found, Misunderstood)
    assert "R-" in found.hint


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("", Recent()),
        ("dev", Recent(access="dev")),
        ("<@U0ANN>", Recent(person="U0ANN")),
        ("<@U0ANN|ann> dev", Recent("U0ANN", "dev")),
        ("<@29:x|Ann de Vries> dev", Recent("29:x", "dev")),
        ("ann@example.com", Recent(person="ann@example.com")),
        ("dev @ann@example.com", Recent("ann@example.com", "dev")),
        ("<mailto:ann@example.com|ann@example.com>", Recent("ann@example.com")),
        ("dev since 7d", Recent(access="dev", since=timedelta(days=7))),
        ("since 12h", Recent(since=timedelta(hours=12))),
        ("since 2days", Recent(since=timedelta(days=2))),
        ("state denied", Recent(state="denied")),
        ("state Awaiting Approval dev", Recent(access="dev", state="awaiting approval")),
        ("state awaiting sign-in", Recent(state="awaiting sign-in")),
        ("since", Recent(access="since")),
        ("state", Recent(access="state")),
    ],
)
def test_the_record_is_asked_for_by_person_access_age_and_state(said: str, meant: Recent) -> None:
    assert parse(f"recent {said}") == meant


@pytest.mark.parametrize(
    "said",
    ["since yesterday", "since 0m", "state great", "dev prod", "@ann", "dev @ann@x", "dev <#C1>"],
)
def test_a_question_about_the_record_that_cannot_be_read_is_not_half_answered(said: str) -> None:
    assert isinstance(parse(f"recent {said}"), Misunderstood)


@pytest.mark.parametrize("state", list(State))
def test_every_state_can_be_asked_for(state: State) -> None:
    assert parse(f"recent state {state}") == Recent(state=state)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("dev", Explain("dev")),
        ("dev <@U0ANN>", Explain("dev", "U0ANN")),
        ("dev for <@U0ANN|ann>", Explain("dev", "U0ANN")),
        ("dev for <@29:x|Ann de Vries>", Explain("dev", "29:x")),
        ("dev for ann@example.com", Explain("dev", "ann@example.com")),
        ("dev @ann@example.com", Explain("dev", "ann@example.com")),
        ('"dev ops" FOR <@U0ANN>', Explain("dev ops", "U0ANN")),
        ("for", Explain("for")),
        ("dev for", Explain("dev")),
    ],
)
def test_an_explanation_is_asked_for_by_access_and_person(said: str, meant: Explain) -> None:
    assert parse(f"explain {said}") == meant


@pytest.mark.parametrize(
    "said", ["", "dev @ann", "dev for ann", "dev <@U0ANN> <@U0BEN>", "dev x y"]
)
def test_what_is_no_question_for_an_explanation_is_told_how_to_ask(said: str) -> None:
    found = parse(f"explain {said}")

    assert isinstance(found, Misunderstood)
    assert "Say: explain ACCESS [for @person]." in found.hint


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_request_is_decided_by_its_id_with_a_reason_in_ones_own_words(verdict: Verdict) -> None:
    found = parse(f"{verdict} r-7k3q9fhm not before the “change freeze” ends")

    assert found == Decide(
        RequestId("R-7K3Q9FHM"), verdict, reason="not before the change freeze ends"
    )


@pytest.mark.parametrize("wanted", ["", "everything", "R-1 please"])
def test_a_decision_without_an_id_is_told_how_to_say_it(wanted: str) -> None:
    found = parse(f"deny {wanted}")

    assert isinstance(found, Misunderstood)
    assert "R-7K3Q9FHM" in found.hint


def test_somebody_is_locked_by_a_mention_whose_name_has_blanks() -> None:
    assert parse("lock <@29:x|Ann de Vries> asked by  Ben") == Lock("29:x", "asked by  Ben")
    assert parse("unlock <@29:x|Ann de Vries>") == Unlock("29:x")
