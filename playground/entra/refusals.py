"""Every way Graph says no, with the status, code and message the service uses."""

import json
from collections.abc import Iterable
from urllib.parse import quote


class GraphError(Exception):
    """Graph refuses: status, code and message; `wrapped` hides them inside an UnknownError.

    Both body shapes occur in the service for the same kind of refusal:
    https://github.com/microsoftgraph/msgraph-sdk-powershell/issues/1808
    """

    def __init__(
        self, status: int, code: str, message: str, *, wrapped: bool = False, challenge: str = ""
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.wrapped = wrapped
        self.challenge = challenge
        """The WWW-Authenticate header, where there is one."""

    def said(self) -> tuple[str, str]:
        """The `code` and `message` of the body that carries this."""
        if not self.wrapped:
            return self.code, self.message
        inner = {"errorCode": self.code, "message": self.message, "instanceAnnotations": []}
        return "UnknownError", json.dumps(inner, separators=(",", ":"))


def bad_request(message: str) -> GraphError:
    """A call that is not well formed."""
    return GraphError(400, "BadRequest", message)


def bad_token(message: str, challenge: str) -> GraphError:
    """No token, or one that is not good (any more)."""
    return GraphError(401, "InvalidAuthenticationToken", message, challenge=challenge)


def unsupported_query(message: str) -> GraphError:
    """A query option the directory does not understand."""
    return GraphError(400, "Request_UnsupportedQuery", message)


def no_such_object(object_id: str) -> GraphError:
    """A user, group or application that is not in the directory."""
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{object_id}' does not exist or one of its queried reference-property "
        "objects are not present.",
    )


def not_found() -> GraphError:
    """A PIM object, or a group PIM does not know."""
    return GraphError(404, "ResourceNotFound", "The resource is not found.")


def scope_missing(permissions: Iterable[str]) -> GraphError:
    """The token has none of the permissions the PIM call needs."""
    names = ",".join(permissions)
    message = f"Authorization failed due to missing permission scope {names}."
    return GraphError(403, "PermissionScopeNotGranted", message, wrapped=True)


def insufficient_privileges() -> GraphError:
    """The token has none of the permissions the directory call needs."""
    message = "Insufficient privileges to complete the operation."
    return GraphError(403, "Authorization_RequestDenied", message)


def unauthorized_access() -> GraphError:
    """The caller has the permission but not the right: somebody else's, or not for applications."""
    message = "Attempted to perform an unauthorized operation."
    return GraphError(403, "UnauthorizedAccessException", message)


def subject_not_found() -> GraphError:
    """The principal of a request does not exist."""
    return GraphError(400, "SubjectNotFound", "The subject is not found.")


def pending_request() -> GraphError:
    """A request for the same principal and group still waits."""
    message = "There is already an existing pending Role assignment request."
    return GraphError(400, "PendingRoleAssignmentRequest", message)


def assignment_exists() -> GraphError:
    """The principal is a member already, or will be by a schedule."""
    return GraphError(400, "RoleAssignmentExists", "The Role assignment already exists.")


def assignment_missing() -> GraphError:
    """Nothing to deactivate, or not eligible."""
    return GraphError(400, "RoleAssignmentDoesNotExist", "The Role assignment does not exist.")


def rules_failed(rules: list[str]) -> GraphError:
    """All policy rules that failed, at once."""
    listed = json.dumps(rules, separators=(",", ":"))
    message = f"The following policy rules failed: {listed}"
    return GraphError(400, "RoleAssignmentRequestPolicyValidationFailed", message)


def context_needed(value: str) -> GraphError:
    """The token lacks the authentication context; the message carries the claims to ask for."""
    claims = f'{{"access_token":{{"acrs":{{"essential":true, "value":"{value}"}}}}}}'
    message = f"&claims={quote(claims, safe='')}"
    return GraphError(400, "RoleAssignmentRequestAcrsValidationFailed", message, wrapped=True)


def too_short() -> GraphError:
    """Less than five minutes asked for or elapsed; the misspelling is the service's own."""
    message = "The Active duration is too short. Miniumum Required is 5 minutes."
    return GraphError(400, "ActiveDurationTooShort", message)


def invalid_request(message: str) -> GraphError:
    """A request whose parts do not fit together."""
    return GraphError(400, "InvalidRoleAssignmentRequest", message)


def invalid_schedule(message: str) -> GraphError:
    """A missing, past or malformed schedule."""
    return GraphError(400, "InvalidRoleAssignmentRequestSchedule", message)


def already_decided() -> GraphError:
    """Another approver was first, or the stage is closed."""
    return GraphError(409, "Conflict", "The approval stage has already been completed.")
