"""What a person does in a modal or on the App Home: search, fill in, press, submit, close."""

import asyncio
from collections.abc import Iterable

from playground.kernel.acts import Undeliverable, heard, outcome
from playground.slack import payloads
from playground.slack.accounts import Account
from playground.slack.acting import Acting
from playground.slack.answers import after_submission, suggested
from playground.slack.conversation import acted
from playground.slack.delivery import Kind
from playground.slack.fields import Element, elements, fillable, find, is_empty
from playground.slack.reading import Reader
from playground.slack.refusals import Json
from playground.slack.views import View

DEFAULT_QUERY = 3
"""min_query_length when an external select does not say it."""
REDRAW_SECONDS = 10.0
"""How long, on the real clock, a person waits for the app to redraw a form."""
LOOK_SECONDS = 0.02
OK = 200


class Forms:
    """Every method raises LookupError for an unknown person, Undeliverable when Slack says no."""

    def __init__(self, acting: Acting) -> None:
        self._acting = acting
        self._workspace = acting.workspace

    def forms(self, who: str) -> list[Json]:
        """The open modals, the one in front last."""
        try:
            account = self._acting.account(who)
        except Undeliverable:
            return []
        reader = Reader(self._workspace)
        return [reader.form(one) for one in self._workspace.views.stacks.get(account.id, [])]

    def home(self, who: str) -> Json | None:
        """The App Home as last published for them; None without one, or without an account."""
        try:
            account = self._acting.account(who)
        except Undeliverable:
            return None
        home = self._workspace.views.homes.get(account.id)
        return Reader(self._workspace).form(home) if home else None

    def owns(self, who: str, view_id: str) -> bool:
        """Whether this names one of their views rather than a message."""
        account = self._workspace.account(who)
        return any(v.id == view_id and account and v.user == account.id for v in self._views())

    def _views(self) -> list[View]:
        return self._workspace.views.all()

    def _form(self, account: Account, form: str) -> View:
        home = self._workspace.views.homes.get(account.id)
        if home is not None and home.id == form:
            return home
        top = self._workspace.views.top(account.id)
        if top is None or form not in {top.id, top.body.get("callback_id")}:
            raise Undeliverable(f"{form!r} is not the form in front of {account.name}")
        return top

    async def press(self, who: str, form: str, action: str, times: int = 1) -> Json:
        """Press a button on a modal or the Home."""
        account = self._acting.account(who)
        view = self._form(account, form)
        element = _the(view, action, elements(view.body["blocks"]))
        return await self._dispatch(account, view, element, times)

    async def _dispatch(
        self, account: Account, view: View, element: Element, times: int = 1
    ) -> Json:
        payload = payloads.view_action(
            account,
            view,
            [acted(self._workspace, element, view.values)],
            self._workspace.triggers.mint(account.id),
        )
        view.told = view.hash
        answers = await self._acting.delivery.send(Kind.INTERACTION, payload, times)
        url = element.body.get("url")
        return outcome(answers, url=url)

    async def options(self, who: str, form: str, field: str, typed: str = "") -> Json:
        """What an external select offers for what was typed: {"options": [{"value","label"}]}."""
        account = self._acting.account(who)
        view = self._form(account, form)
        element = _the(view, field, fillable(view.body["blocks"]))
        offered = await self._suggest(account, view, element, typed)
        return {"options": [{"value": o["value"], "label": o["text"]["text"]} for o in offered]}

    async def _suggest(
        self, account: Account, view: View, element: Element, typed: str
    ) -> list[Json]:
        least = element.body.get("min_query_length", DEFAULT_QUERY)
        if not element.is_external or len(typed) < least:
            reason = f"{element.label} asks the app only after {least} typed characters"
            if not element.is_external:
                reason = f"{element.label} has fixed options"
            raise Undeliverable(reason)
        payload = payloads.suggestion(account, view, element, typed)
        answer = heard(await self._acting.delivery.send(Kind.INTERACTION, payload))
        offered = suggested(answer)
        if offered is None:
            raise Undeliverable(f"Slack shows no options for {element.label}: {answer.shown()}")
        view.offered[element.path] = offered
        return offered

    async def choose(self, who: str, form: str, field: str, value: object) -> Json:
        """Fill in one field; the app hears of it at once only where the field dispatches."""
        account = self._acting.account(who)
        view = self._form(account, form)
        element = await self._fill(account, view, field, value)
        if element.dispatches:
            return await self._dispatch(account, view, element)
        return {"undelivered": "filled in; Slack tells the app when the form is submitted"}

    async def _fill(self, account: Account, view: View, field: str, value: object) -> Element:
        element = _the(view, field, fillable(view.body["blocks"]))
        offered = await self._offered(account, view, element, value)
        view.values[element.block_id][element.action_id] = element.holding(value, offered)
        return element

    async def _offered(
        self, account: Account, view: View, element: Element, value: object
    ) -> list[Json]:
        if not element.is_external or not value:
            return element.options
        known = [*view.offered.get(element.path, []), *_preset(element)]
        for one in value if isinstance(value, list) else [value]:
            # As a person would: type the wanted label, and if the app finds nothing, look at all.
            for typed in (str(one), ""):
                if not _names(one, known):
                    known += await self._suggest(account, view, element, typed)
        return known

    async def submit(self, who: str, form: str, inputs: Json) -> Json:
        """Fill in and submit the modal in front, in as many steps as its redrawing takes.

        Where a field tells the app at once, the redrawn form is waited for, and the rest filled in
        there. A name that is no field's is Undeliverable, and nothing is submitted.
        """
        account = self._acting.account(who)
        left = dict(inputs)
        while left:
            await self._enter_known(account, form, left)
        view = self._form(account, form)
        _refuse_incomplete(view)
        payload = payloads.submission(account, view, self._workspace.triggers.mint(account.id))
        answers = await self._acting.delivery.send(Kind.INTERACTION, payload)
        said = after_submission(self._workspace, view, heard(answers))
        return outcome(answers, slack_says=said)

    async def _enter_known(self, account: Account, form: str, left: Json) -> None:
        """Fill in what the form as it stands has, up to a field that redraws it."""
        view = self._form(account, form)
        known = [name for name in left if find(fillable(view.body["blocks"]), name)]
        if not known and not await self._redrawn(account, form):
            raise Undeliverable(_unknown(left, view))
        for name in known:
            if await self._enter(account, form, name, left.pop(name)):
                await self._redrawn(account, form)
                return

    async def _enter(self, account: Account, form: str, field: str, value: object) -> bool:
        """Fill in one field; answers whether the app was told of it."""
        view = self._form(account, form)
        element = _the(view, field, fillable(view.body["blocks"]))
        before = view.values[element.block_id][element.action_id]
        await self._fill(account, view, field, value)
        if not element.dispatches or view.values[element.block_id][element.action_id] == before:
            return False
        told = await self._dispatch(account, view, element)
        if told.get("status") != OK:
            raise Undeliverable(f"{element.label}: the app did not take it ({told}); not submitted")
        return True

    async def _redrawn(self, account: Account, form: str) -> bool:
        """Wait for what the app still owes the form; False when it owes nothing or did not come."""
        owed = self._form(account, form)
        is_loading = not owed.told and not fillable(owed.body["blocks"])
        if owed.told != owed.hash and not is_loading:
            return False
        before = owed.hash
        try:
            async with asyncio.timeout(REDRAW_SECONDS):
                while self._form(account, form).hash == before:  # noqa: ASYNC110  (or it is gone)
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            return False
        return True

    async def close(self, who: str, form: str) -> Json:
        """Press Cancel."""
        account = self._acting.account(who)
        view = self._form(account, form)
        self._workspace.views.cancel(view)
        if not view.body.get("notify_on_close"):
            return {"undelivered": "closed; the app did not ask to be told"}
        cleared = bool(view.body.get("clear_on_close"))
        payload = payloads.closed(account, view, cleared=cleared)
        return outcome(await self._acting.delivery.send(Kind.INTERACTION, payload))


def _the(view: View, name: str, among: list[Element]) -> Element:
    element = find(among, name)
    if element is None:
        raise Undeliverable(_unknown([name], view))
    return element


def _unknown(names: Iterable[str], view: View) -> str:
    labels = ", ".join(repr(one.label) for one in fillable(view.body["blocks"])) or "none"
    wanted = " and no ".join(repr(name) for name in names)
    return (
        f"there is no {wanted} on the form {view.id}; its fields: {labels}. Nothing was submitted."
    )


def _preset(element: Element) -> list[Json]:
    one = element.body.get("initial_option")
    return [*([one] if one else []), *element.body.get("initial_options", [])]


def _names(value: object, options: list[Json]) -> bool:
    return any(value in {one["value"], one["text"]["text"]} for one in options)


def _refuse_incomplete(view: View) -> None:
    if not view.body.get("submit") or view.body.get("submit_disabled"):
        raise Undeliverable("the form has nothing to submit with")
    for element in fillable(view.body["blocks"]):
        if element.must_be_filled and is_empty(element, view.values):
            raise Undeliverable(f"Please complete this required field: {element.label}")
