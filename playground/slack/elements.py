"""Block Kit's composition objects and interactive elements: which fields each has and how long.

https://docs.slack.dev/reference/block-kit/composition-objects and …/block-kit/block-elements
"""

from collections.abc import Iterator, Mapping

from playground.kernel.shape import (
    Check,
    array,
    boolean,
    integer,
    literal,
    objects,
    problem,
    record,
    string,
    tagged,
    url,
)
from playground.slack.refusals import Json

ID = string(255)
DATE = string(10, 10)
TIME = string(5, 5)


def plain(most: int) -> Check:
    """Plain text of at most that many characters."""
    return record({"type": literal("plain_text"), "text": string(most)}, {"emoji": boolean})


def mrkdwn(most: int) -> Check:
    """Formatted text of at most that many characters."""
    return record({"type": literal("mrkdwn"), "text": string(most)}, {"verbatim": boolean})


def words(most: int) -> Check:
    """Either kind of text."""
    return tagged({"plain_text": plain(most), "mrkdwn": mrkdwn(most)}, "text")


def option(text: Check) -> Check:
    """One choice of a menu, of radio buttons or of checkboxes."""
    return record({"text": text, "value": string(150)}, {"description": words(75), "url": url()})


CONFIRM = record(
    {"title": plain(100), "text": words(300), "confirm": plain(30), "deny": plain(30)},
    {"style": literal("primary", "danger")},
)
OPTION = option(plain(75))
CHOICE = option(words(75))
GROUP = record({"label": plain(75), "options": array(OPTION, 100)})


def element(
    kind: str,
    required: Mapping[str, Check] | None = None,
    optional: Mapping[str, Check] | None = None,
    also: Check | None = None,
) -> Check:
    """An interactive element: its own fields and an action_id."""
    return record(
        {"type": literal(kind), **(required or {})}, {"action_id": ID, **(optional or {})}, also
    )


def _offered(value: object) -> list[Json]:
    grouped = [objects(group, "options") for group in objects(value, "option_groups")]
    return [*objects(value, "options"), *(one for options in grouped for one in options)]


def _chosen_is_offered(value: object, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        return
    if ("options" in value) == ("option_groups" in value):
        yield problem("must have exactly one of options and option_groups", at)
    initial = [*objects(value, "initial_options"), value.get("initial_option")]
    if any(one is not None and one not in _offered(value) for one in initial):
        yield problem("initial option must match one of the options", at)


FOCUS: dict[str, Check] = {"focus_on_load": boolean}
PICKING: dict[str, Check] = {"placeholder": plain(150), "confirm": CONFIRM, **FOCUS}
TYPING: dict[str, Check] = {
    "placeholder": plain(150),
    "dispatch_action_config": record(
        {"trigger_actions_on": array(literal("on_enter_pressed", "on_character_entered"), 2)}
    ),
    **FOCUS,
}
OFFERING: dict[str, Check] = {"options": array(OPTION, 100), "option_groups": array(GROUP, 100)}
MANY: dict[str, Check] = {"max_selected_items": integer(1, 1000)}
QUERY: dict[str, Check] = {"min_query_length": integer(0, 255)}

BUTTON = element(
    "button",
    {"text": plain(75)},
    {
        "url": url(),
        "value": string(2000),
        "style": literal("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
IMAGE_SOURCE: dict[str, Check] = {
    "image_url": url(),
    "slack_file": record({}, {"id": ID, "url": url()}),
}
IMAGE = record({"type": literal("image"), "alt_text": string(2000)}, IMAGE_SOURCE)

MENUS: dict[str, Check] = {
    "static_select": element(
        "static_select", {}, {**PICKING, **OFFERING, "initial_option": OPTION}, _chosen_is_offered
    ),
    "multi_static_select": element(
        "multi_static_select",
        {},
        {**PICKING, **OFFERING, **MANY, "initial_options": array(OPTION, 100)},
        _chosen_is_offered,
    ),
    "external_select": element(
        "external_select", {}, {**PICKING, **QUERY, "initial_option": OPTION}
    ),
    "multi_external_select": element(
        "multi_external_select",
        {},
        {**PICKING, **QUERY, **MANY, "initial_options": array(OPTION, 100)},
    ),
    "users_select": element("users_select", {}, {**PICKING, "initial_user": ID}),
    "channels_select": element("channels_select", {}, {**PICKING, "initial_channel": ID}),
    "datepicker": element("datepicker", {}, {**PICKING, "initial_date": DATE}),
    "timepicker": element("timepicker", {}, {**PICKING, "initial_time": TIME, "timezone": ID}),
    "datetimepicker": element(
        "datetimepicker",
        {},
        {"initial_date_time": integer(0, 9_999_999_999), "confirm": CONFIRM, **FOCUS},
    ),
    "checkboxes": element(
        "checkboxes",
        {"options": array(CHOICE, 10)},
        {"initial_options": array(CHOICE, 10), "confirm": CONFIRM, **FOCUS},
        _chosen_is_offered,
    ),
    "radio_buttons": element(
        "radio_buttons",
        {"options": array(CHOICE, 10)},
        {"initial_option": CHOICE, "confirm": CONFIRM, **FOCUS},
        _chosen_is_offered,
    ),
}
INPUTS: dict[str, Check] = {
    "plain_text_input": element(
        "plain_text_input",
        {},
        {
            "initial_value": string(3000, 0),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
            **TYPING,
        },
    ),
    "email_text_input": element("email_text_input", {}, {"initial_value": string(3000), **TYPING}),
    "url_text_input": element("url_text_input", {}, {"initial_value": string(3000), **TYPING}),
    "number_input": element(
        "number_input",
        {"is_decimal_allowed": boolean},
        {
            "initial_value": string(255),
            "min_value": string(255),
            "max_value": string(255),
            **TYPING,
        },
    ),
}
