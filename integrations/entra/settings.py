"""What the Entra adapters are told: which tenant, which app registration, and where Entra is."""

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

NATIONAL_GRAPHS = frozenset(
    {"graph.microsoft.us", "dod-graph.microsoft.us", "microsoftgraph.chinacloudapi.cn"}
)
"""Where Graph is in Microsoft's national clouds: https://learn.microsoft.com/graph/deployments"""
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EntraSettings:
    """One app registration of one tenant, which reads and which people sign in to.

    Its credential is the first there is of: `client_secret`; `certificate`, a PEM file with key
    and certificate; `federated_token_file`, which Kubernetes writes; else the managed identity
    (`managed_identity_client_id` for a user-assigned one) as a federated credential of the app.
    `login_ca_file` replaces the public authorities for the sign-in endpoint. URLs have no slash
    at the end; time-outs are seconds. Raises ValueError for what could never be safe or work.
    """

    tenant: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    certificate: str = ""
    federated_token_file: str = ""
    managed_identity_client_id: str = ""
    login_url: str = "https://login.microsoftonline.com"
    login_ca_file: str = ""
    graph_url: str = "https://graph.microsoft.com/v1.0"
    connect_timeout: float = 3.0
    read_timeout: float = 10.0

    def __post_init__(self) -> None:
        if not GUID.fullmatch(self.tenant) or not GUID.fullmatch(self.client_id):
            raise ValueError("the tenant and the client id must be GUIDs")
        if not self.login_url.startswith("https://"):
            raise ValueError("the sign-in endpoint must be https")
        graph = urlsplit(self.graph_url)
        if graph.scheme != "https" and not _is_this_machine(graph.hostname or ""):
            raise ValueError("Graph must be https")
        if self.login_url.endswith("/") or self.graph_url.endswith("/"):
            raise ValueError("the addresses must not end with a slash")

    @property
    def graph_resource(self) -> str:
        """What Graph's permissions are asked for at: the cloud's own Graph, wherever it is reached."""
        host = urlsplit(self.graph_url).hostname
        return f"https://{host if host in NATIONAL_GRAPHS else 'graph.microsoft.com'}"

    @property
    def authority(self) -> str:
        """The tenant at the sign-in endpoint."""
        return f"{self.login_url}/{self.tenant}"


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
