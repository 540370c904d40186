"""Words to say what a payload must look like, with problems worded as Slack words them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from playground.kernel.acts import Json

Check = Callable[[object, str], Iterator[str]]
"""Given a value and its JSON pointer, yields every problem."""


def problem(words: str, at: str) -> str:
    """One entry of response_metadata.messages."""
    return f"[ERROR] {words} [json-pointer:{at}]"


def objects(value: object, name: str) -> list[Json]:
    """The objects in the list at `value[name]`; nothing when anything there has another shape."""
    listed = value.get(name) if isinstance(value, dict) else None
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def repeated(found: list[Json], name: str) -> list[str]:
    """The ids under `name` that more than one object carries."""
    counted = Counter(one[name] for one in found if isinstance(one.get(name), str))
    return [some_id for some_id, count in counted.items() if count > 1]


def string(most: int, least: int = 1) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield problem("must provide a string", at)
        elif len(value) > most:
            yield problem(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            yield problem(f"must be more than {least - 1} characters", at)

    return check


def url(most: int = 3000) -> Check:
    """An address with a scheme."""

    def check(value: object, at: str) -> Iterator[str]:
        yield from string(most)(value, at)
        if isinstance(value, str) and "://" not in value:
            yield problem("invalid url", at)

    return check


def literal(*allowed: str) -> Check:
    """One of a few fixed strings."""

    def check(value: object, at: str) -> Iterator[str]:
        if value not in allowed:
            yield problem(f"must be a valid enum value: {', '.join(allowed)}", at)

    return check


def boolean(value: object, at: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield problem("must be a boolean", at)


def integer(least: int, most: int) -> Check:
    """A whole number in a range."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield problem("must be an integer", at)
        elif not least <= value <= most:
            yield problem(f"must be between {least} and {most}", at)

    return check


def array(item: Check, most: int, least: int = 1) -> Check:
    """A list of `least` to `most` items of one shape."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield problem("must be an array", at)
            return
        if len(value) > most:
            yield problem(f"no more than {most} items allowed", at)
        if len(value) < least:
            yield problem(f"no less than {least} items allowed", at)
        for index, one in enumerate(value):
            yield from item(one, f"{at}/{index}")

    return check


def record(
    required: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
    also: Check | None = None,
) -> Check:
    """An object with these fields and no others; `also` checks what one field cannot."""
    known = {**(optional or {}), **required}

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must provide an object", at)
            return
        yield from (
            problem(f"missing required field: {name}", at) for name in required if name not in value
        )
        for name, content in value.items():
            if name in known:
                yield from known[name](content, f"{at}/{name}")
            else:
                yield problem(f"invalid additional property: {name}", at)
        if also is not None:
            yield from also(value, at)

    return check


def tagged(kinds: Mapping[str, Check], what: str) -> Check:
    """An object whose `type` says which of these shapes it has."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must provide an object", at)
            return
        kind = value.get("type")
        if isinstance(kind, str) and kind in kinds:
            yield from kinds[kind](value, at)
        else:
            yield problem(f"unsupported type: {kind} for {what}", f"{at}/type")

    return check
