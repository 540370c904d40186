"""Looking at the simulated Entra and AWS, and steering them: what an administrator would do there."""

from collections.abc import Sequence

from playground.aws.facade import HELP as AWS_HELP
from playground.aws.facade import Aws
from playground.control.chats import REPLY, WHO
from playground.control.operations import Argument, Given, MalformedError, Operation
from playground.entra.facade import HELP, Entra
from playground.slack.facade import Slack
from playground.slack.members import Changes

SCIM_HELP = 'how memberships reach AWS: {"delay": "PT4M"}, {"down": true or false} or {"run": true}'


class Systems:
    """What can be seen of Entra and AWS, and done to them and to Slack."""

    def __init__(self, slack: Slack, entra: Entra, aws: Aws) -> None:
        self._slack = slack
        self._entra = entra
        self._aws = aws

    def operations(self) -> Sequence[Operation]:
        """The calls."""
        return (
            Operation(
                "GET",
                "/entra",
                "Who is active in what, every PIM request, the groups and their policies.",
                '{"activations", "requests", "groups", "policies"}',
                self._show_entra,
            ),
            Operation(
                "POST",
                "/entra",
                "Do what an administrator, or a person in the portal, would do.",
                "what became of it",
                self._operate,
                (Argument("op", "what to do", one_of=(*HELP, "scim")),),
                {"op": "eligible", "who": "outsider", "access": "dev-poweruser"},
                more=True,
                ops={**HELP, "scim": SCIM_HELP},
            ),
            Operation(
                "GET",
                "/aws",
                "Who is in which group in AWS, the users, and what is assigned to whom.",
                '{"memberships", "users", "assignments"}',
                self._show_aws,
            ),
            Operation(
                "POST",
                "/aws",
                "Set AWS up otherwise, rightly or wrongly: `aws-access doctor` names what is wrong.",
                "{}",
                self._operate_aws,
                (Argument("op", "what to do", one_of=tuple(AWS_HELP)),),
                {"op": "deny", "action": "sso:ListInstances"},
                more=True,
                ops=AWS_HELP,
            ),
            *self._of_slack(),
        )

    def _of_slack(self) -> Sequence[Operation]:
        return (
            Operation(
                "POST",
                "/slack",
                "Grant the app other scopes than its manifest's, revoke its tokens, or install it to a "
                "whole Enterprise Grid organisation.",
                '{"scopes", "revoked", "org_wide"}',
                self._set_up_slack,
                (
                    Argument("scopes", "a list of scopes", "anything", None),
                    Argument("revoked", 'a list of "bot" and "app"', "anything", None),
                    Argument("org_wide", "whether it is", "flag", None),
                ),
                {"scopes": ["commands", "chat:write"]},
            ),
            Operation(
                "POST",
                "/slack/account",
                "Change somebody's Slack account as an administrator of the workspace does: the bot "
                "hears user_change.",
                REPLY,
                self._change_account,
                (
                    WHO,
                    Argument("deactivated", "whether it is", "flag", None),
                    Argument("guest", "whether it is a guest's", "flag", None),
                    Argument("email", "its e-mail address", default=None),
                ),
                {"who": "engineer", "deactivated": True},
            ),
        )

    async def _show_entra(self, given: Given) -> object:
        del given
        return self._entra.shown()

    async def _show_aws(self, given: Given) -> object:
        del given
        return self._aws.shown()

    async def _operate_aws(self, given: Given) -> object:
        args = {name: value for name, value in given.items() if name != "op"}
        try:
            return self._aws.operate(given["op"], args)
        except ValueError as wrong:
            raise MalformedError(str(wrong)) from wrong

    async def _set_up_slack(self, given: Given) -> object:
        for name in ("scopes", "revoked"):
            if not isinstance(given[name], list | None):
                raise MalformedError(f"{name} must be a list")
        return self._slack.set_up(
            scopes=given["scopes"], revoked=given["revoked"], org_wide=given["org_wide"]
        )

    async def _change_account(self, given: Given) -> object:
        how = Changes(given["deactivated"], given["guest"], given["email"])
        try:
            return await self._slack.change_account(given["who"], how)
        except LookupError as wrong:
            raise MalformedError(str(wrong)) from wrong

    async def _operate(self, given: Given) -> object:
        args = {name: value for name, value in given.items() if name != "op"}
        try:
            if given["op"] == "scim":
                return self._aws.operate_scim(args)
            return self._entra.operate(given["op"], args)
        except (ValueError, LookupError) as wrong:
            raise MalformedError(str(wrong)) from wrong
