"""Bot Connector's REST API v3, as far as a bot in Teams needs it.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

from collections.abc import Awaitable, Callable

import jwt
from aiohttp import web

from playground.cast import TEAMS_APP_ID, TENANT_ID
from playground.entra.tokens import Signer
from playground.kernel.acts import Json
from playground.kernel.wire import AS, Handler
from playground.teams.accounts import Account
from playground.teams.content import checked, checked_activity
from playground.teams.keys import ISSUER
from playground.teams.limits import IN_ALL, PER_THREAD, READING_MEMBERS, Limits, Windows
from playground.teams.refusals import (
    Refused,
    bad_argument,
    no_activity,
    no_conversation,
    not_in_roster,
    writes_blocked,
)
from playground.teams.state import TEAM, THREAD, Conversation, Message, Tenant

AUDIENCE = ISSUER
"""What the bot's token has to be for: the scope `https://api.botframework.com/.default`."""
OK, CREATED, UNAUTHORIZED, FORBIDDEN = 200, 201, 401, 403

Route = Callable[[web.Request], Awaitable[web.Response]]


def refusal(status: int) -> web.Response:
    """A failure below the API, worded as the connector does."""
    body = {"error": {"code": "ServiceError", "message": "An unexpected error occurred."}}
    return web.json_response(body, status=status)


class Connector:
    """The routes; `posted` is told of every message that was posted or edited."""

    def __init__(self, tenant: Tenant, signer: Signer, posted: Callable[[Message], None]) -> None:
        self._tenant = tenant
        self._signer = signer
        self._posted = posted
        self._limits = Limits()

    def add_routes(self, app: web.Application, prefix: str) -> None:
        """The API under a prefix."""
        router, one = app.router, f"{prefix}/v3/conversations/{{conversation}}"
        router.add_post(f"{prefix}/v3/conversations", self._create)
        router.add_post(f"{one}/activities", self._send)
        router.add_post(f"{one}/activities/{{activity}}", self._send)
        router.add_put(f"{one}/activities/{{activity}}", self._update)
        router.add_delete(f"{one}/activities/{{activity}}", self._delete)
        router.add_get(f"{one}/members", self._members)
        router.add_get(f"{one}/pagedmembers", self._paged)
        router.add_get(f"{one}/members/{{member}}", self._member)
        router.add_get(f"{prefix}/v3/teams/{{team}}", self._team)
        router.add_get(f"{prefix}/v3/teams/{{team}}/conversations", self._channels)

    def guard(self, prefix: str) -> Callable[..., Awaitable[web.StreamResponse]]:
        """The middleware that looks at tokens, and words refusals."""

        @web.middleware
        async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not request.path.startswith(prefix):
                return await handler(request)
            try:
                self._check_token(request.headers.get("Authorization", ""))
                request[AS] = "bot"
                self._limits.use("all", IN_ALL, self._tenant.clock.now())
                return await handler(request)
            except Refused as refused:
                answer = web.json_response(refused.body, status=refused.status)
                if refused.retry_after is not None:
                    answer.headers["Retry-After"] = f"{refused.retry_after:g}"
                return answer

        return guarded

    def _check_token(self, authorization: str) -> None:
        scheme, _, token = authorization.partition(" ")
        try:
            claims = self._signer.read(token, AUDIENCE) if scheme == "Bearer" else {}
        except jwt.InvalidTokenError:
            claims = {}
        if not claims:
            raise Refused(UNAUTHORIZED, "Unauthorized", "Authorization has been denied.")
        if claims.get("azp") != TEAMS_APP_ID:
            raise Refused(FORBIDDEN, "Forbidden", "The token is another application's.")

    def _use(self, what: str, windows: Windows) -> None:
        self._limits.use(what, windows, self._tenant.clock.now())

    async def _create(self, request: web.Request) -> web.Response:
        body = checked(await request.read())
        data = body.get("channelData") or {}
        channel = (data.get("channel") or {}).get("id")
        if channel is not None:
            return self._create_post(str(channel), body)
        told = body.get("tenantId") or (data.get("tenant") or {}).get("id")
        members = body.get("members") or []
        if told != TENANT_ID or len(members) != 1:
            raise bad_argument("A chat is created with one member, of this tenant.")
        account = self._tenant.by_id(str(members[0].get("id")))
        if account is None or account.key in self._tenant.uninstalled:
            text = "The bot is not installed in the user's personal scope."
            raise Refused(FORBIDDEN, "ForbiddenOperationException", text)
        self._use(f"create {account.id}", PER_THREAD)
        conversation = self._tenant.personal(account)
        answer: Json = {"id": conversation.id}
        if body.get("activity"):
            answer["activityId"] = self._post(conversation, body["activity"]).id
        return web.json_response(answer, status=CREATED)

    def _create_post(self, channel: str, body: Json) -> web.Response:
        conversation, _ = self._conversation(channel)
        self._use(f"create {channel}", PER_THREAD)
        if not isinstance(body.get("activity"), dict):
            raise bad_argument("A post in a channel is created with an activity.")
        message = self._post(conversation, body["activity"])
        some_id = f"{conversation.id}{THREAD}{message.id}"
        return web.json_response({"id": some_id, "activityId": message.id}, status=CREATED)

    async def _send(self, request: web.Request) -> web.Response:
        name = request.match_info["conversation"]
        conversation, thread = self._conversation(name)
        activity = checked(await request.read())
        self._use(f"send {conversation.id}", PER_THREAD)
        reply_to = request.match_info.get("activity")
        told = {**activity, "replyToId": reply_to} if reply_to else activity
        if told.get("type") == "typing":
            return web.json_response({}, status=CREATED)
        message = self._post(conversation, told, thread)
        return web.json_response({"id": message.id}, status=CREATED)

    def _post(self, conversation: Conversation, activity: Json, thread: str = "") -> Message:
        message = self._tenant.post(conversation, checked_activity(activity), thread)
        message.thread = thread or message.id
        self._posted(message)
        return message

    async def _update(self, request: web.Request) -> web.Response:
        message = self._message(request)
        self._use(f"send {message.conversation.id}", PER_THREAD)
        activity = checked_activity(checked(await request.read()))
        self._tenant.edit(message, activity)
        self._posted(message)
        return web.json_response({"id": message.id})

    async def _delete(self, request: web.Request) -> web.Response:
        message = self._message(request)
        self._use(f"send {message.conversation.id}", PER_THREAD)
        self._tenant.delete(message)
        return web.json_response({})

    async def _members(self, request: web.Request) -> web.Response:
        return web.json_response([one.shown() for one in self._roster(request)])

    async def _paged(self, request: web.Request) -> web.Response:
        return web.json_response({"members": [one.shown() for one in self._roster(request)]})

    async def _member(self, request: web.Request) -> web.Response:
        wanted = self._tenant.by_id(request.match_info["member"])
        if wanted is None or wanted not in self._roster(request):
            text = "The user is no member of the conversation."
            raise Refused(404, "MemberNotFoundInConversation", text)
        return web.json_response(wanted.shown())

    async def _team(self, request: web.Request) -> web.Response:
        self._known_team(request)
        return web.json_response({"id": TEAM, "name": "Operations", "type": "standard"})

    async def _channels(self, request: web.Request) -> web.Response:
        self._known_team(request)
        channels = [one for one in self._tenant.conversations.values() if one.has_bot]
        listed = [
            {"id": c.id, "name": c.name, "type": "shared" if c.shared else "standard"}
            for c in channels
            if c.kind == "channel"
        ]
        return web.json_response({"conversations": listed})

    def _known_team(self, request: web.Request) -> None:
        if request.match_info["team"] != TEAM:
            raise no_conversation(request.match_info["team"])

    def _conversation(self, name: str) -> tuple[Conversation, str]:
        """A conversation that the bot may use. Raises Refused."""
        found = self._tenant.conversation(name)
        if found is None:
            raise no_conversation(name)
        if not self._tenant.is_writable(found[0]):
            raise writes_blocked() if found[0].person else not_in_roster()
        return found

    def _message(self, request: web.Request) -> Message:
        conversation, _ = self._conversation(request.match_info["conversation"])
        message = self._tenant.find(conversation, request.match_info["activity"])
        if message is None:
            raise no_activity(request.match_info["activity"])
        return message

    def _roster(self, request: web.Request) -> list[Account]:
        conversation, _ = self._conversation(request.match_info["conversation"])
        self._use(f"members {conversation.id}", READING_MEMBERS)
        if conversation.person is not None:
            return [conversation.person]
        # Whoever else reads a shared channel stands for people of other organisations.
        return [
            one
            for one in self._tenant.accounts.values()
            if one.key in self._tenant.team or (conversation.shared and one.guest)
        ]
