"""Who is there: two chats, an admin account that is the asker's own, approvers who come and go."""

from dataclasses import replace

from bot.domain.ids import Chat, ChatAccount
from bot.domain.policy import PimRules
from tests.handlers import cast
from tests.handlers.approving import DUAL_CONTROL, people
from tests.handlers.cast import ADA, ANN, AUDREY, BEN, DEV, DUAL, HOUR, PROD

ANN_ON_TEAMS = ChatAccount(Chat.TEAMS, cast.TENANT, "29:ann")
ASKERS = (cast.ANNS, ANN_ON_TEAMS, cast.BENS)
PEOPLE = {**cast.PEOPLE, ANN_ON_TEAMS: ANN}
DECIDERS = (cast.ADAS, cast.BENS, cast.AUDREYS, cast.ANNS, ANN_ON_TEAMS)
ALIASES = (frozenset({ANN.oid, AUDREY.oid}),)
"""Audrey is who Ann is when she administers."""
CATALOG = replace(
    DUAL_CONTROL,
    aliases=ALIASES,
    accesses=tuple(a for a in DUAL_CONTROL.accesses if a.group in {DEV, PROD, DUAL}),
)
APPROVERS = people(ADA, AUDREY, BEN)
RULES = {
    DEV: cast.RULES[DEV],
    PROD: replace(cast.RULES[PROD], approvers=APPROVERS),
    DUAL: PimRules(max=8 * HOUR, reason_required=True),
}
NAMES = {a.name: a.group for a in CATALOG.accesses}
