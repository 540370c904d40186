"""Looking at the simulated Entra and AWS, and steering them: what an administrator would do there."""

from collections.abc import Sequence

from playground.aws.facade import Aws
from playground.control.operations import Argument, Given, MalformedError, Operation
from playground.entra.facade import HELP, Entra

SCIM_HELP = 'how memberships reach AWS: {"delay": "PT4M"}, {"down": true or false} or {"run": true}'


class Systems:
    """What can be seen of Entra and AWS, and done to them."""

    def __init__(self, entra: Entra, aws: Aws) -> None:
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
        )

    async def _show_entra(self, given: Given) -> object:
        del given
        return self._entra.shown()

    async def _show_aws(self, given: Given) -> object:
        del given
        return self._aws.shown()

    async def _operate(self, given: Given) -> object:
        args = {name: value for name, value in given.items() if name != "op"}
        try:
            if given["op"] == "scim":
                return self._aws.operate_scim(args)
            return self._entra.operate(given["op"], args)
        except (ValueError, LookupError) as wrong:
            raise MalformedError(str(wrong)) from wrong
