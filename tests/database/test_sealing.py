"""Refresh tokens at rest."""

import base64
from dataclasses import replace

import pytest

from bot.domain.ids import PersonId
from integrations.database.sealing import KeyRing, NoVault, open_vault, parse_keys
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from tests.databases import Hands

ANA, BO = PersonId("tenant", "ana"), PersonId("tenant", "bo")
TOKEN = "0.AX8A-refresh-token"


def key(byte: int, name: str) -> str:
    return f"{name}:{base64.b64encode(bytes([byte]) * 32).decode()}"


OLD, NEW = key(1, "2025"), key(2, "2026")


def test_what_was_sealed_can_be_opened() -> None:
    vault = open_vault(parse_keys(NEW))

    kept = vault.seal(ANA, TOKEN)

    assert vault.keeps
    assert (kept.person, kept.key_id) == (ANA, "2026")
    assert TOKEN.encode() not in kept.sealed
    assert vault.open(kept) == TOKEN


def test_the_same_token_never_looks_the_same() -> None:
    vault = open_vault(parse_keys(NEW))

    assert vault.seal(ANA, TOKEN).sealed != vault.seal(ANA, TOKEN).sealed


async def test_a_row_moved_to_another_person_cannot_be_opened(
    database: Database, clock: Hands
) -> None:
    vault, store = open_vault(parse_keys(NEW)), DatabaseStore(database, clock)
    anas, bos = vault.seal(ANA, "ana's"), vault.seal(BO, "bo's")

    async with store.begin() as tx:  # as somebody who may write to the database would
        await tx.keep_token(replace(anas, sealed=bos.sealed))
        await tx.keep_token(replace(bos, sealed=anas.sealed))

    async with store.begin() as tx:
        for person in (ANA, BO):
            kept = await tx.kept_token(person)
            assert kept is not None
            assert vault.open(kept) is None


def test_a_row_of_another_tenant_cannot_be_opened() -> None:
    vault = open_vault(parse_keys(NEW))
    kept = vault.seal(ANA, TOKEN)

    assert vault.open(replace(kept, person=PersonId("tenan", "tana"))) is None


def test_a_row_changed_in_any_bit_cannot_be_opened() -> None:
    vault = open_vault(parse_keys(NEW))
    kept = vault.seal(ANA, TOKEN)

    for place in range(len(kept.sealed)):
        changed = bytearray(kept.sealed)
        changed[place] ^= 1
        assert vault.open(replace(kept, sealed=bytes(changed))) is None
    for length in range(len(kept.sealed)):
        assert vault.open(replace(kept, sealed=kept.sealed[:length])) is None


def test_the_first_key_seals_and_the_others_still_open() -> None:
    before = open_vault(parse_keys(OLD)).seal(ANA, TOKEN)
    vault = open_vault(parse_keys(f"{NEW}, {OLD}"))

    assert vault.former == ("2025",)
    assert vault.open(before) == TOKEN
    assert vault.seal(ANA, TOKEN).key_id == "2026"


def test_a_token_whose_key_is_gone_is_gone() -> None:
    before = open_vault(parse_keys(OLD)).seal(ANA, TOKEN)

    assert open_vault(parse_keys(NEW)).open(before) is None


def test_a_key_id_says_nothing_about_the_key() -> None:
    kept = open_vault(parse_keys(OLD)).seal(ANA, TOKEN)

    assert KeyRing(parse_keys(f"{NEW},{OLD}")).open(replace(kept, key_id="2026")) is None


def test_without_keys_nothing_is_kept() -> None:
    vault = open_vault(parse_keys(""))

    assert isinstance(vault, NoVault)
    assert not vault.keeps
    assert vault.former == ()
    assert vault.open(KeyRing(parse_keys(NEW)).seal(ANA, TOKEN)) is None
    with pytest.raises(RuntimeError):
        vault.seal(ANA, TOKEN)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("c2VjcmV0", "key 1 does not start with an id"),
        (f"{NEW},", "key 2 does not start with an id"),
        (":c2VjcmV0", "key 1 does not start with an id"),
        ("an id:c2VjcmV0", "key 1 does not start with an id"),
        (f"{NEW},b:not base64!", "key 2 is not base64"),
        ("a:c2VjcmV0", "key 1 has 6 bytes; it needs 32"),
        (f"{NEW},{NEW}", "two keys have the same id"),
    ],
)
def test_a_wrong_key_is_refused_and_not_repeated(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        parse_keys(text)

    assert "c2VjcmV0" not in str(refused.value)


def test_a_key_is_never_shown() -> None:
    [parsed] = parse_keys(NEW)

    assert "secret" not in repr(parsed)
    assert str(parsed.secret) not in repr(parsed)
