"""One function for each reader of strangers' bytes; what it raises, AssertionError included, is a find."""

import asyncio
import hashlib
import hmac
import json
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jwt.algorithms import RSAAlgorithm
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot import access_file
from bot.cards import Card, Said
from bot.commands import Misunderstood, parse
from bot.domain.ids import ChatAccount
from bot.intents import decode, encode
from bot.ports import SignInRefusedError
from integrations.entra.flow import opened
from integrations.entra.id_token import IdTokens
from integrations.entra.login_session import LoginSession
from integrations.entra.settings import EntraSettings
from integrations.slack.blocks import message
from integrations.slack.client import SlackClient
from integrations.slack.front_door import answered
from integrations.slack.gate import SIGNATURE, TIMESTAMP, verified
from integrations.slack.listeners import bolt_app
from integrations.slack.text import received
from integrations.teams.activities import Seen
from integrations.teams.connector import Where
from integrations.teams.dialogs import Dialogs
from integrations.teams.front_door import answered as teams_answered
from integrations.teams.keys import Keys, _usable
from integrations.teams.reception import Reception
from integrations.teams.turns import Turns
from integrations.teams.verify import Expected, TurnedAwayError, Verifier
from integrations.web.html import document
from playground.cast import SLACK_TEAM
from tests.neutral.oracle import hidden, interpreted, meanings
from tests.slack.desk import ScriptedDesk
from tests.teams.connector import APP, TENANT, activity, claims, listed, signed
from tests.wording.everything import all_pages

AT = 1_700_000_000
SECRET = b"a signing secret"
GUID = "6731de76-14a6-49ae-97bc-6eba6914391e"
PLAUSIBLE = {200, 400, 404}


def gate(data: bytes) -> None:
    """Only what is signed passes, whatever stands in the headers."""
    stamp, _, rest = data.partition(b"\n")
    signature, _, body = rest.partition(b"\n")
    headers = {
        TIMESTAMP: stamp.decode("utf-8", "surrogateescape"),
        SIGNATURE: signature.decode("utf-8", "surrogateescape"),
    }
    if verified(headers, body, [SECRET], AT):
        mac = hmac.new(SECRET, b"v0:%b:%b" % (stamp, body), hashlib.sha256).hexdigest()
        assert signature.decode() == f"v0={mac}"
        assert abs(int(stamp) - AT) <= 300


@cache
def _door() -> tuple[asyncio.AbstractEventLoop, AsyncApp]:
    """bolt as it is mounted, in a loop that outlives the call; nothing behind it goes anywhere."""
    client = SlackClient("xoxb-none", "https://slack.invalid/api/")
    client._installation = AuthorizeResult(
        enterprise_id=None, team_id=SLACK_TEAM, bot_token="xoxb-none"
    )
    loop = asyncio.new_event_loop()
    return loop, bolt_app(ScriptedDesk(Card("x")), client, ("a", "b"))


def door(data: bytes) -> None:
    """What Slack has signed: the first byte says as what it comes."""
    kind = {0: "application/json", 1: "text/plain"}.get(
        data[0] % 3 if data else 2, "application/x-www-form-urlencoded"
    )
    loop, bolt = _door()
    answer = loop.run_until_complete(answered(bolt, data[1:], {"Content-Type": kind}))
    assert answer.status in PLAUSIBLE, answer.status


def commands(data: bytes) -> None:
    """Any words are a command or a hint, and a command survives being kept."""
    text = received(data.decode("utf-8", "surrogateescape"))
    match parse(text):
        case Misunderstood():
            pass
        case intent:
            assert decode(encode(intent)) == intent


def intents(data: bytes) -> None:
    """A button's value is an intent, or no intent."""
    try:
        intent = decode(data.decode("utf-8", "replace"))
    except ValueError:
        return
    assert decode(encode(intent)) == intent


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="aws-access-fuzz-"))


def access(data: bytes) -> None:
    """A file is a catalogue, or a list of problems."""
    file = _folder() / "access.toml"
    file.write_bytes(data)
    problems: tuple[str, ...] = ()
    try:
        access_file.read(str(file))
    except access_file.AccessFileError as wrong:
        problems = wrong.problems
    assert all(problem.startswith(str(file)) for problem in problems)


_PAGE = next(iter(all_pages()))


def words(data: bytes) -> None:
    """Anybody's words, shown: no link, no mention, nothing hidden."""
    text = data.decode("utf-8", "replace")
    card = Card(text, (("x ", Said(text)),), footer=((text, Said(text)),))
    shown = message(card)
    assert list(interpreted(shown["blocks"])) == []
    assert list(meanings(shown["text"])) == []
    assert hidden(shown["text"], lines=True) == []
    document(_PAGE)


@cache
def _teams() -> tuple[asyncio.AbstractEventLoop, Turns, Verifier, str]:
    """Teams' door: nothing behind it goes anywhere, and one key is known."""
    loop = asyncio.new_event_loop()
    turns = Turns(Reception(ScriptedDesk(Card("x")), Nowhere(), TENANT))  # type: ignore[arg-type]
    keys = Keys(None, "", lambda: 0.0)  # type: ignore[arg-type]  # all are known
    [(kid, known)] = _usable(listed("k1"))
    keys._keys, keys._fetched, keys._tried = {kid: known}, 0.0, 0.0
    return loop, turns, Verifier(Expected(APP, TENANT), keys), signed(claims())


def bearer(data: bytes) -> None:
    """Nothing but a token that Bot Connector signed speaks as anybody in Teams."""
    loop, _, verifier, good = _teams()
    text = data.decode("utf-8", "replace")
    for authorization in (text, f"Bearer {text}", good.replace("e", text, 1) + "x"):
        try:
            loop.run_until_complete(verifier.verify(authorization, activity()))
        except TurnedAwayError:
            continue
        raise AssertionError(authorization)


def activities(data: bytes) -> None:
    """What Bot Connector has signed, in whatever shape: it is answered, and nothing is raised."""
    loop, turns, *_ = _teams()
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        told = {"text": data.decode("utf-8", "surrogateescape")}
    given = {**activity(), **told} if isinstance(told, dict) else {**activity(), "value": told}
    if isinstance(given["type"], str):
        answer = loop.run_until_complete(teams_answered(turns, given))
        assert answer.status in {200, 400, 412, 501}, answer.status


class Nowhere:
    """A messenger that reaches nobody."""

    single_sign_on = None

    def __init__(self) -> None:
        self.places = self.connector = self
        self.dialogs = Dialogs()

    async def note(self, seen: Seen, *, installed: bool = False) -> None: ...
    async def note_channel(self, where: Where, team: str) -> None: ...
    async def forget(self, key: str) -> None: ...
    async def reach(self, account: ChatAccount) -> None: ...
    async def reply(self, where: Where, to: str, told: dict[str, Any]) -> None: ...
    async def channels(self, address: str, team: str) -> list[dict[str, Any]]:
        return []


@cache
def _tokens() -> tuple[IdTokens, str]:
    settings = EntraSettings(tenant=GUID, client_id=GUID, client_secret="s")
    tokens = IdTokens(settings, LoginSession(settings))
    key = generate_private_key(public_exponent=65537, key_size=2048)
    public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": "k", "alg": "RS256"}
    tokens._keys = {"k": jwt.PyJWK(public)}
    tokens._fetch = lambda: None  # type: ignore[method-assign]
    return tokens, jwt.encode({"aud": GUID}, key, "RS256", headers={"kid": "k"})


def tokens(data: bytes) -> None:
    """Nothing but a token that Entra signed says who somebody is."""
    verifier, signed = _tokens()
    text = data.decode("utf-8", "replace")
    for token in (text, f"{text}.{signed.partition('.')[2]}", signed.replace("e", text, 1)):
        try:
            verifier.verify(token)
        except SignInRefusedError:
            continue
        raise AssertionError(token)
    assert opened({"sealed": text}, "state") is None


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    one.__name__: one
    for one in (gate, door, bearer, activities, commands, intents, access, words, tokens)
}
SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "gate": (b"1700000000\nv0=" + b"a" * 64 + b"\nbody",),
    "door": (
        b"\x02command=%2Faws-access&text=status&team_id=T0PLAYGRND&user_id=U1&trigger_id=1",
        b'\x00{"type":"event_callback","team_id":"T0PLAYGRND","event":{"type":"app_home_opened"}}',
        b'\x00{"type":"event_callback","team_id":"T0PLAYGRND","event":{"type":"user_change","user":'
        b'{"id":"U1","team_id":"T0PLAYGRND","deleted":true,"profile":{"email":"a@x.example"}}}}',
        b"\x02payload=%7B%22type%22%3A%22block_actions%22%2C%22team%22%3A%7B%22id%22%3A%22T0PLAYGRND"
        b"%22%7D%2C%22user%22%3A%7B%22id%22%3A%22U1%22%7D%2C%22actions%22%3A%5B%7B%22action_id%22%3A"
        b"%22aa%3Ax%22%7D%5D%7D",
        b'\x00{"type":"view_submission","team":{"id":"T0PLAYGRND"},"view":{"callback_id":"aa:activate"'
        b',"state":{"values":{"a":{"b":{"value":"c"}}}}}}',
    ),
    "bearer": (b"eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.e30.AAAA",),
    "activities": (
        b'{"text":"<at>AWS Access</at>&nbsp;status","entities":[{"type":"mention","mentioned":{"id":"28:x"'
        b',"name":"AWS Access"},"text":"<at>AWS Access</at>"}]}',
        b'{"type":"invoke","name":"task/submit","value":{"data":{"aa":{"form":"activate","body":'
        b'[{"type":"Input.Text","id":"a"}],"rests_on":{}},"a":"b"}}}',
        b'{"type":"invoke","name":"adaptiveCard/action","value":{"action":{"data":{"aa":{"view":"R"}}}}}',
        b'{"attachments":[{"contentType":"text/html","content":"<blockquote>x</blockquote>y"}]}',
        b'{"type":"installationUpdate","action":"add","channelData":{"team":{"id":"19:x"}}}',
        b'{"type":"conversationUpdate","membersAdded":[{"id":"28:x"}],"conversation":{"id":"19:y"}}',
    ),
    "commands": (b"activate dev 1h30m INC-42 why", b"recent <@U1|x> since 7d state denied"),
    "intents": (
        b'{"do":"activate","access":"a","duration":3600,"starts_at":"2025-01-01T00:00:00+00:00"}',
        b'{"do":"deactivate","when_allowed":true}',
        b'{"do":"recent","since":60}',
    ),
    "access": (
        b'admins = ["group:6731de76-14a6-49ae-97bc-6eba6914391e"]\n[[access]]\nname = "a"\n'
        b'group = "6731de76-14a6-49ae-97bc-6eba6914391e"\nmax = "4h"\n[access.approval]\nrequired = 2\n',
    ),
    "words": ("<!channel> \u202e <https://x|y> \x1b[31m &lt; <@U1|n>".encode(),),
    "tokens": (b"eyJhbGciOiJub25lIn0.e30.", b"eyJhbGciOiJIUzI1NiIsImtpZCI6ImsifQ.e30.AA"),
}
