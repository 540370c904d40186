"""What the doctor says: for each finding what was found, and how to mend it."""

from collections.abc import Mapping

from bot.doctor.findings import Finding
from bot.wording.doctor.aws import AWS
from bot.wording.doctor.entra import ENTRA
from bot.wording.doctor.grantor import GRANTOR
from bot.wording.doctor.parts import Words
from bot.wording.doctor.settings import SETTINGS
from bot.wording.doctor.teams import TEAMS
from bot.wording.doctor.unknown import EVERYWHERE

CATALOGUE: Mapping[str, Mapping[str, Words]] = SETTINGS | TEAMS | ENTRA | GRANTOR | AWS
"""By check and finding; what any check can find is in EVERYWHERE."""


def said(finding: Finding) -> str:
    """What was found, one sentence or two."""
    return _words(finding).said.format_map(dict(finding.facts))


def mend(finding: Finding) -> str:
    """What to do about it; empty when there is nothing to do."""
    return _words(finding).mend.format_map(dict(finding.facts))


def _words(finding: Finding) -> Words:
    own = CATALOGUE[finding.check]
    return own.get(finding.what) or EVERYWHERE[finding.what]


__all__ = ["CATALOGUE", "EVERYWHERE", "mend", "said"]
