"""A front desk that does as it is told and remembers what it was handed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.cards import Card, FieldErrors, Option
from bot.domain.ids import ChatAccount
from bot.messaging import ChatProfile
from handlers.arrivals import Arrival


@dataclass
class ScriptedDesk:
    card: Card | None = None
    errors: FieldErrors | None = None
    offers: tuple[Option, ...] = ()
    raises: Exception | None = None
    said_: list[tuple[Arrival, str]] = field(default_factory=list)
    pressed_: list[tuple[Arrival, str]] = field(default_factory=list)
    submitted_: list[tuple[Arrival, str, Mapping[str, str]]] = field(default_factory=list)
    chosen_: list[tuple[Arrival, str, Mapping[str, str]]] = field(default_factory=list)
    asked_: list[tuple[ChatAccount, str, str]] = field(default_factory=list)

    viewed_: list[tuple[ChatAccount, str]] = field(default_factory=list)
    opened_: list[Arrival] = field(default_factory=list)
    changed_: list[ChatProfile] = field(default_factory=list)
    notes: bool = True
    """Whether what an event tells can be noted."""

    @property
    def untouched(self) -> bool:
        acts = (self.said_, self.pressed_, self.submitted_, self.chosen_, self.asked_)
        return not any((*acts, self.opened_, self.changed_))

    async def said(self, arrival: Arrival, text: str) -> Card | None:
        self.said_.append((arrival, text))
        self._fail()
        return self.card

    async def wrote(self, arrival: Arrival, text: str) -> None:
        await self.said(arrival, text)

    async def pressed(self, arrival: Arrival, value: str) -> None:
        self.pressed_.append((arrival, value))
        self._fail()

    async def submitted(
        self, arrival: Arrival, form: str, values: Mapping[str, str]
    ) -> FieldErrors | None:
        self.submitted_.append((arrival, form, values))
        self._fail()
        return self.errors

    async def chosen(self, arrival: Arrival, form: str, values: Mapping[str, str]) -> None:
        self.chosen_.append((arrival, form, values))
        self._fail()

    async def home_opened(self, arrival: Arrival) -> bool:
        self.opened_.append(arrival)
        self._fail()
        return self.notes

    async def account_changed(self, told: ChatProfile) -> bool:
        self.changed_.append(told)
        self._fail()
        return self.notes

    async def view(self, account: ChatAccount, about: str) -> Card | None:
        self.viewed_.append((account, about))
        return self.card

    async def options(self, account: ChatAccount, field: str, typed: str) -> tuple[Option, ...]:
        self.asked_.append((account, field, typed))
        self._fail()
        return self.offers

    def _fail(self) -> None:
        if self.raises is not None:
            raise self.raises
