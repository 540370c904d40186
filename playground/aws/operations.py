"""What an administrator of the AWS organisation can set up otherwise, rightly or wrongly."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.identitystore.models import Name

from playground.aws.names import INSTANCE_ARN, STORE_ID
from playground.aws.organization import SERVICE
from playground.aws.world import World
from playground.cast import ACCESS, PEOPLE

Args = dict[str, Any]
HELP = {
    "deny": '"action": an IAM action such as sso:ListInstances, which the bot may not call any more',
    "allow": '"action": the bot may call it (again)',
    "instance": 'any of "gone", "active", "organization" (false: an account instance), '
    '"permission_sets", "own_key", "endpoint_only" (true or false), "scim_ips" (a list)',
    "trusted": '"enabled" (true or false): whether the organisation lets Identity Center in',
    "permission_set": '"name", and any of "session" (PT8H), "relay_state" (an address), "behind" '
    "(true: some account has an older version)",
    "assign": '"who", "name" (a permission set), "account": a user assignment',
    "unassign": '"access": nothing is assigned to its group any more',
    "forget_group": '"access": the identity store does not have its group',
    "user": '"who", and any of "removed" (true), "name" (another user name), "enabled", "complete" '
    "(false: without family name)",
}


@dataclass
class Operations:
    """Carries out one operation; a malformed one is a ValueError that says what to fix."""

    world: World

    def operate(self, op: str, args: Args) -> Args:
        """Nothing comes of it but the change."""
        deeds: dict[str, Callable[[Args], None]] = {
            "deny": lambda args: self.world.denied.add(str(args.pop("action"))),
            "allow": self._allow,
            "instance": self._instance,
            "trusted": self._trusted,
            "permission_set": self._permission_set,
            "assign": self._assign,
            "unassign": self._unassign,
            "forget_group": self._forget_group,
            "user": self._user,
        }
        left = dict(args)
        try:
            with self.world.lock:
                deeds[op](left)
        except (LookupError, StopIteration) as wrong:
            raise ValueError(f"Malformed operation: {op} takes {HELP[op]}.") from wrong
        if left:
            raise ValueError(
                f"Malformed operation: {op} does not take {', '.join(sorted(left))}; it takes {HELP[op]}."
            )
        return {}

    def _allow(self, args: Args) -> None:
        action = str(args.pop("action"))
        self.world.denied.discard(action)

    def _instance(self, args: Args) -> None:
        state = self.world.center.state
        for name in (
            "gone",
            "active",
            "organization",
            "permission_sets",
            "own_key",
            "endpoint_only",
        ):
            if name in args:
                setattr(state, name, bool(args.pop(name)))
        if "scim_ips" in args:
            self.world.directory.scim_ips = list(args.pop("scim_ips"))

    def _trusted(self, args: Args) -> None:
        organization = self.world.organization
        if args.pop("enabled"):
            organization.enable_aws_service_access(ServicePrincipal=SERVICE)
        else:
            organization.disable_aws_service_access(ServicePrincipal=SERVICE)

    def _permission_set(self, args: Args) -> None:
        name = args.pop("name")
        one = next(one for one in self.world.center.permission_sets if one.name == name)
        if "session" in args:
            one.session_duration = args.pop("session")
        if "relay_state" in args:
            one.relay_state = args.pop("relay_state")
        if "behind" in args:
            behind = self.world.center.behind
            (behind.add if args.pop("behind") else behind.discard)(one.permission_set_arn)

    def _assign(self, args: Args) -> None:
        center, name = self.world.center, args.pop("name")
        arn = next(one.permission_set_arn for one in center.permission_sets if one.name == name)
        user = self._user_id(args.pop("who"))
        center.create_account_assignment(
            INSTANCE_ARN, args.pop("account"), "AWS_ACCOUNT", arn, "USER", user
        )

    def _unassign(self, args: Args) -> None:
        center, group = self.world.center, self._group_id(args.pop("access"))
        center.account_assignments = [
            one for one in center.account_assignments if one.principal_id != group
        ]

    def _forget_group(self, args: Args) -> None:
        group = self._group_id(args.pop("access"))
        self.world.directory.forget_group(group)

    def _user(self, args: Args) -> None:
        directory, user = self.world.directory, self._user_id(args.pop("who"))
        users = directory.rows.users
        if args.pop("removed", False):
            del users[user]
            return
        if "name" in args:
            users[user] = users[user]._replace(UserName=args.pop("name"))
        if args.pop("complete", True) is False:
            users[user] = users[user]._replace(Name=Name.from_dict({"GivenName": "Erin"}))
        if "enabled" in args:
            (directory.disabled.discard if args.pop("enabled") else directory.disabled.add)(user)

    def _user_id(self, who: str) -> str:
        name = {"AttributePath": "userName", "AttributeValue": PEOPLE[who].upn}
        user, _ = self.world.directory.get_user_id(STORE_ID, {"UniqueAttribute": name})
        return user

    def _group_id(self, access: str) -> str:
        directory = self.world.directory
        found = directory.with_external_id(ACCESS[access].group, directory.rows.groups)
        if found is None:
            raise LookupError(access)
        return found
