"""What one can fill in and press on blocks, and the state Slack keeps of it.

https://docs.slack.dev/reference/interaction-payloads/block_actions-payload (state.values)
"""

from dataclasses import dataclass

from playground.kernel.acts import Undeliverable
from playground.slack.blocks import elements_of
from playground.slack.refusals import Json

Values = dict[str, dict[str, Json]]
"""Slack's state.values: block_id → action_id → {"type", <what is chosen>}."""

_TEXTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input")
_ONE_OF = ("static_select", "external_select", "radio_buttons")
_SOME_OF = ("multi_static_select", "multi_external_select", "checkboxes")
SLOT = {
    **dict.fromkeys(_TEXTS, ("value", "initial_value")),
    **dict.fromkeys(_ONE_OF, ("selected_option", "initial_option")),
    **dict.fromkeys(_SOME_OF, ("selected_options", "initial_options")),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
"""Per element that holds a value: where its state keeps it, where its definition pre-fills it."""


@dataclass(frozen=True)
class Element:
    """One thing to fill in or press, and the block it is in."""

    block: Json
    body: Json

    @property
    def kind(self) -> str:
        """The element's type."""
        return str(self.body["type"])

    @property
    def block_id(self) -> str:
        """The block's id."""
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        """The element's id within its block."""
        return str(self.body["action_id"])

    @property
    def path(self) -> str:
        """The id that is unique on a message or view."""
        return f"{self.block_id}/{self.action_id}"

    @property
    def label(self) -> str:
        """What a person reads on or above it."""
        words = self.block.get("label") or self.body.get("text") or self.body.get("placeholder")
        return str(words["text"]) if words else ""

    @property
    def spoken(self) -> str:
        """What a screen reader says of it."""
        return str(self.body.get("accessibility_label", "")) or self.label

    @property
    def dispatches(self) -> bool:
        """Whether choosing here tells the app at once."""
        return self.block["type"] != "input" or bool(self.block.get("dispatch_action"))

    @property
    def must_be_filled(self) -> bool:
        """Whether the form cannot be submitted without it."""
        return self.block["type"] == "input" and not self.block.get("optional", False)

    @property
    def is_external(self) -> bool:
        """Whether its options come from the app while the person types."""
        return self.kind in {"external_select", "multi_external_select"}

    @property
    def options(self) -> list[Json]:
        """The options it was defined with."""
        grouped = [one for group in self.body.get("option_groups", []) for one in group["options"]]
        return [*self.body.get("options", []), *grouped]

    def initial(self) -> Json:
        """Its state before anybody touched it."""
        kept, preset = SLOT[self.kind]
        blank: list[Json] | None = [] if self.kind in _SOME_OF else None
        return {"type": self.kind, kept: self.body.get(preset, blank)}

    def holding(self, value: object, offered: list[Json]) -> Json:
        """Its state once a person put `value` there: text, or an option's value or label."""
        kept, _ = SLOT[self.kind]
        if self.kind in _SOME_OF:
            several = value if isinstance(value, list) else [value]
            return {"type": self.kind, kept: [self._option(one, offered) for one in several]}
        if self.kind in _ONE_OF:
            return {"type": self.kind, kept: self._option(value, offered) if value else None}
        if self.kind == "plain_text_input":
            self._fits(str(value))
        return {"type": self.kind, kept: value or None}

    def _option(self, value: object, offered: list[Json]) -> Json:
        for one in offered:
            if value in {one["value"], one["text"]["text"]}:
                return one
        raise Undeliverable(f"{self.label or self.path} offers no {value!r}")

    def _fits(self, value: str) -> None:
        least, most = self.body.get("min_length", 0), self.body.get("max_length", 3000)
        if value and not least <= len(value) <= most:
            raise Undeliverable(f"{self.label or self.path} takes {least} to {most} characters")


def elements(blocks: list[Json]) -> list[Element]:
    """Everything one can act on, in reading order."""
    return [Element(block, body) for block in blocks for body in elements_of(block)]


def fillable(blocks: list[Json]) -> list[Element]:
    """The elements that hold a value."""
    return [one for one in elements(blocks) if one.kind in SLOT]


def initial_values(blocks: list[Json], kept: Values | None = None) -> Values:
    """state.values of fresh blocks; what was filled in under the same ids in `kept` survives."""
    values: Values = {}
    for one in fillable(blocks):
        before = (kept or {}).get(one.block_id, {}).get(one.action_id)
        same = before is not None and before["type"] == one.kind
        state = before if before is not None and same else one.initial()
        values.setdefault(one.block_id, {})[one.action_id] = state
    return values


def is_empty(element: Element, values: Values) -> bool:
    """Whether nothing is filled in there."""
    return not values[element.block_id][element.action_id][SLOT[element.kind][0]]


def find(among: list[Element], name: str) -> Element | None:
    """The one element meant by `name`: "block/action", an action id, a block id or a label.

    A label may be the visible one, or what a screen reader says instead.

    The most exact reading that names exactly one element wins, as written before in any case
    before without the dots that announce a form; None when none does.
    """
    for spelled in (str, str.casefold, _dotless):
        for reading in ("path", "action_id", "label", "spoken", "block_id"):
            matching = [o for o in among if spelled(getattr(o, reading)) == spelled(name)]
            if len(matching) == 1:
                return matching[0]
    return None


def _dotless(name: str) -> str:
    return name.casefold().rstrip(".…")


def short_id(element: Element, blocks: list[Json]) -> str:
    """The shortest id that still names only this element."""
    same = [one for one in elements(blocks) if one.action_id == element.action_id]
    return element.action_id if len(same) == 1 else element.path


def fill(blocks: list[Json], values: Values, inputs: Json) -> None:
    """Put what a person filled in into `values`. Raises Undeliverable for what is not there."""
    for name, value in inputs.items():
        element = find(fillable(blocks), name)
        if element is None:
            raise Undeliverable(f"there is no field {name!r}")
        values[element.block_id][element.action_id] = element.holding(value, element.options)
