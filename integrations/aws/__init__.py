"""IAM Identity Center through boto3, read only: the one folder that knows AWS's SDK."""

from integrations.aws.absent import AbsentAws
from integrations.aws.calls import Calls
from integrations.aws.identity_center import IdentityCenter

__all__ = ["AbsentAws", "IdentityCenter", "open_aws"]


def open_aws(region: str, endpoint_url: str = "") -> IdentityCenter | AbsentAws:
    """The adapter for these settings; without a Region AWS is never asked."""
    if not region:
        return AbsentAws()
    calls = Calls(endpoint_url)
    calls.prepare(region)
    return IdentityCenter(calls, region)
