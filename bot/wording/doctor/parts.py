"""What the catalogue of the doctor's sentences is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """`{names}` in them are the finding's facts."""

    said: str
    mend: str = ""
