"""What a row of the table of breaks is, and the ways to write one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.doctor.findings import Verdict
from tests.doctor.surgery import Surgery, Where

OK, WARN, FAIL, UNKNOWN = Verdict.OK, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
APP, DEV = "AWS IAM Identity Center", "dev-poweruser"
GONE = (None, "")


@dataclass(frozen=True)
class Break:
    """What is done, what changes its verdict by it, and a piece of the line that mends it."""

    name: str
    do: Callable[[Surgery], object]
    found: Mapping[Where, tuple[Verdict | None, str]]
    mends: str
    hangs_on: str = ""
    """The check that others hang on now, and are unknown for."""
    denied: str = ""
    """The permission that others are unknown for now."""


def setting(name: str, value: str) -> Callable[[Surgery], None]:
    return lambda world: world.environ.__setitem__(name, value)


def one_break(  # noqa: PLR0917  a row of the table
    name: str,
    do: Callable[[Surgery], object],
    check: str,
    verdict: Verdict,
    what: str,
    mends: str,
    subject: str = "",
    **more: str,
) -> Break:
    return Break(name, do, {(check, subject): (verdict, what)}, mends, **more)


def app_break(
    name: str, check: str, verdict: Verdict, what: str, mends: str, **args: object
) -> Break:
    return one_break(name, lambda w: w.app(**args), check, verdict, what, mends, APP)


def dev_break(
    name: str, check: str, verdict: Verdict, what: str, mends: str, **args: object
) -> Break:
    do = lambda w: w.entra("group", access=DEV, **args)  # noqa: E731
    return one_break(name, do, check, verdict, what, mends, DEV)
