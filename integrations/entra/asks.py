"""Every question and order the product puts to Graph, worded with the SDK's request builders."""

import json
import warnings
from collections.abc import Iterator, Mapping, Sequence

from kiota_abstractions.base_request_builder import BaseRequestBuilder
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from msgraph.graph_service_client import GraphServiceClient

_NOBODY = "00000000-0000-0000-0000-000000000000"
_USER = "id,displayName,userPrincipalName,mail,jobTitle,accountEnabled,userType"
_APP = "id,appId,displayName,applicationTemplateId"


class Asks:
    """Makes requests and sends none. Bodies are our own JSON: the SDK writes UTC as `+00:00`
    and a length as `1:30:00`. https://github.com/microsoftgraph/msgraph-sdk-python/issues/1262
    """

    def __init__(self, graph: GraphServiceClient) -> None:
        self._graph = graph
        # The SDK imports each builder when it is first used, which would stall the event loop;
        # and each one warns of generated classes of its own that nobody here uses.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pim = graph.identity_governance.privileged_access.group
            for _ in self._everything():
                pass

    # PIM for Groups: https://learn.microsoft.com/graph/api/resources/privilegedidentitymanagement-for-groups-api-overview
    def eligibilities(self, oid: str) -> RequestInformation:
        """The eligibility instances of a principal."""
        ask = self._pim.eligibility_schedule_instances.to_get_request_information()
        return _read(ask, filter=f"principalId eq {_text(oid)}")

    def held(self, oid: str) -> RequestInformation:
        """The assignment instances of a principal."""
        ask = self._pim.assignment_schedule_instances.to_get_request_information()
        return _read(ask, filter=f"principalId eq {_text(oid)}")

    def holders(self, group: str) -> RequestInformation:
        """The assignment instances in a group."""
        ask = self._pim.assignment_schedule_instances.to_get_request_information()
        return _read(ask, filter=f"groupId eq {_text(group)}")

    def schedules(self, group: str, oid: str) -> RequestInformation:
        """The assignment schedules of a principal in a group."""
        ask = self._pim.assignment_schedules.to_get_request_information()
        return _read(ask, filter=f"groupId eq {_text(group)} and principalId eq {_text(oid)}")

    def schedule(self, schedule_id: str) -> RequestInformation:
        """One assignment schedule."""
        schedules = self._pim.assignment_schedules
        found = schedules.by_privileged_access_group_assignment_schedule_id(schedule_id)
        return _read(found.to_get_request_information())

    def request(self, request_id: str) -> RequestInformation:
        """One assignment schedule request."""
        requests = self._pim.assignment_schedule_requests
        found = requests.by_privileged_access_group_assignment_schedule_request_id(request_id)
        return _read(found.to_get_request_information())

    def own_requests(self, group: str) -> RequestInformation:
        """The assignment schedule requests of the person who asks, for a group."""
        requests = self._pim.assignment_schedule_requests
        ask = requests.filter_by_current_user_with_on("principal").to_get_request_information()
        return _read(ask, filter=f"groupId eq {_text(group)}")

    def submit(self, body: Mapping[str, object]) -> RequestInformation:
        """A new assignment schedule request."""
        return _post(self._pim.assignment_schedule_requests, body)

    def cancel(self, request_id: str) -> RequestInformation:
        """Cancel an assignment schedule request."""
        requests = self._pim.assignment_schedule_requests
        found = requests.by_privileged_access_group_assignment_schedule_request_id(request_id)
        return _post(found.cancel, None)

    def approval(self, request_id: str) -> RequestInformation:
        """The stages of an approval: https://learn.microsoft.com/graph/api/approval-list-stages"""
        found = self._pim.assignment_approvals.by_approval_id(request_id)
        return _read(found.stages.to_get_request_information())

    def review(
        self, request_id: str, stage_id: str, body: Mapping[str, object]
    ) -> RequestInformation:
        """Decide a stage: https://learn.microsoft.com/graph/api/approvalstage-update"""
        stages = self._pim.assignment_approvals.by_approval_id(request_id).stages
        return _send(Method.PATCH, stages.by_approval_stage_id(stage_id), body)

    def policy(self, group: str) -> RequestInformation:
        """The policy for members of a group, with its rules."""
        policies = self._graph.policies.role_management_policy_assignments
        return _read(
            policies.to_get_request_information(),
            filter=f"scopeId eq {_text(group)} and scopeType eq 'Group'"
            " and roleDefinitionId eq 'member'",
            expand="policy($expand=rules)",
        )

    # The directory
    def user(self, oid: str) -> RequestInformation:
        """One user: https://learn.microsoft.com/graph/api/user-get"""
        return _read(self._graph.users.by_user_id(oid).to_get_request_information(), select=_USER)

    def users(self, oids: Sequence[str]) -> RequestInformation:
        """Up to fifteen users: https://learn.microsoft.com/graph/api/user-list"""
        wanted = ", ".join(map(_text, oids))
        ask = self._graph.users.to_get_request_information()
        return _read(ask, filter=f"id in ({wanted})", select=_USER)

    def member_groups(self, oid: str, groups: Sequence[str]) -> RequestInformation:
        """Which of up to 20 groups a user is in: https://learn.microsoft.com/graph/api/directoryobject-checkmembergroups"""
        check = self._graph.users.by_user_id(oid).check_member_groups
        return _post(check, {"groupIds": list(groups)})

    def members(self, group: str) -> RequestInformation:
        """The users in a group, nested ones included: https://learn.microsoft.com/graph/api/group-list-transitivemembers"""
        members = self._graph.groups.by_group_id(group).transitive_members
        return _read(members.graph_user.to_get_request_information(), select=_USER, top="999")

    def app_assignments(self, group: str) -> RequestInformation:
        """The applications a group is assigned to: https://learn.microsoft.com/graph/api/group-list-approleassignments"""
        assignments = self._graph.groups.by_group_id(group).app_role_assignments
        return _read(assignments.to_get_request_information())

    def app(self, service_principal: str) -> RequestInformation:
        """One enterprise application: https://learn.microsoft.com/graph/api/serviceprincipal-get"""
        found = self._graph.service_principals.by_service_principal_id(service_principal)
        return _read(found.to_get_request_information(), select=_APP)

    def apps_of(self, template: str) -> RequestInformation:
        """The enterprise applications made from a gallery template."""
        ask = self._graph.service_principals.to_get_request_information()
        return _read(ask, filter=f"applicationTemplateId eq {_text(template)}", select=_APP)

    def assigned_to(self, service_principal: str) -> RequestInformation:
        """Who is assigned to an application: https://learn.microsoft.com/graph/api/serviceprincipal-list-approleassignedto"""
        found = self._graph.service_principals.by_service_principal_id(service_principal)
        return _read(found.app_role_assigned_to.to_get_request_information())

    def provisioning(self, service_principal: str) -> RequestInformation:
        """The provisioning jobs of an application: https://learn.microsoft.com/graph/api/synchronization-synchronization-list-jobs"""
        found = self._graph.service_principals.by_service_principal_id(service_principal)
        return _read(found.synchronization.jobs.to_get_request_information())

    def _everything(self) -> Iterator[RequestInformation]:
        for of_one in (
            self.eligibilities,
            self.held,
            self.schedule,
            self.request,
            self.own_requests,
            self.cancel,
            self.approval,
            self.policy,
            self.user,
            self.members,
            self.app_assignments,
            self.app,
            self.apps_of,
            self.assigned_to,
            self.provisioning,
        ):
            yield of_one(_NOBODY)
        yield self.schedules(_NOBODY, _NOBODY)
        yield self.users([_NOBODY])
        yield self.member_groups(_NOBODY, [_NOBODY])
        yield self.submit({})
        yield self.review(_NOBODY, _NOBODY, {})


def _read(ask: RequestInformation, **options: str) -> RequestInformation:
    ask.query_parameters.update({f"%24{name}": value for name, value in options.items()})
    return ask


def _post(where: BaseRequestBuilder, body: Mapping[str, object] | None) -> RequestInformation:
    return _send(Method.POST, where, body)


def _send(
    method: Method, where: BaseRequestBuilder, body: Mapping[str, object] | None
) -> RequestInformation:
    ask = RequestInformation(method, where.url_template, where.path_parameters)
    ask.headers.try_add("Accept", "application/json")
    if body is not None:
        ask.set_stream_content(json.dumps(body).encode(), "application/json")
    return ask


def _text(value: str) -> str:
    """An OData string literal: https://docs.oasis-open.org/odata/odata/v4.01/"""
    return "'" + value.replace("'", "''") + "'"
