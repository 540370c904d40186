"""Synchronous boto3 called from asyncio: one bounded pool, one retry rule, one list of hosts."""

import asyncio
import contextvars
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from botocore.parsers import ResponseParserError

from bot.ports import IntegrationError

Result = TypeVar("Result")

SYSTEM = "AWS"
WORKERS = 8
"""AWS answers 20 calls a second; eight threads keep that busy and no more."""

IAM_NAMES = {"sso-admin": "sso"}
"""Service → what IAM calls it, where they differ."""
SERVICES = ("sso-admin", "identitystore", "organizations")

CONFIG = Config(
    # A thread cannot be cancelled, so time-outs bound how long one is lost.
    connect_timeout=3,
    read_timeout=10,
    max_pool_connections=WORKERS,
    # https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    retries={"mode": "standard", "total_max_attempts": 2},
)

AWS_HOST = re.compile(
    r"(?:sso|portal\.sso|oidc|identitystore|organizations|sts)(?:-fips)?(?:\.[a-z0-9-]+)?"
    r"\.(?:amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|api\.aws)"
)
"""The services this bot reads, and those boto3 gets credentials from; nothing else of AWS.

https://docs.aws.amazon.com/general/latest/gr/sso.html
"""

DENIED = {"AccessDenied", "AccessDeniedException"}
THROTTLED = {"ThrottlingException", "Throttling", "TooManyRequestsException"}
NOT_ALLOWED = DENIED | {
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "UnrecognizedClientException",
}
"""https://docs.aws.amazon.com/singlesignon/latest/APIReference/CommonErrors.html"""


class DeniedError(IntegrationError):
    """The credential is a good one, but may not call this; `action` is what IAM calls it."""

    def __init__(self, detail: str, action: str) -> None:
        super().__init__(SYSTEM, detail, permanent=True, lacks=action)
        self.action = action


class Calls:
    """Runs work with boto3 clients in threads; every failure leaves as IntegrationError.

    Credentials come from where boto3 looks for them. `endpoint_url` replaces every endpoint, and
    then its host is the only one that may be called.
    """

    def __init__(self, endpoint_url: str = "", seconds: float | None = None) -> None:
        """`seconds` bounds each try more tightly than usual, for whoever has little patience."""
        self._endpoint = endpoint_url
        self._config = CONFIG if seconds is None else CONFIG.merge(_bounded(seconds))
        self._session = boto3.Session()
        self._session.events.register("before-send", self._check_host)
        self._clients: dict[tuple[str, str], Any] = {}
        # Clients are thread-safe, the session that makes them is not.
        self._making = threading.Lock()
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="aws")

    def prepare(self, region: str) -> None:
        """Make the clients of a Region before the loop runs: the first takes some 100 ms of CPU."""
        for service in SERVICES:
            self._client(service, region)

    async def on(self, service: str, region: str, work: Callable[[Any], Result]) -> Result:
        """What `work` answers, given the client of a service in a Region.

        Raises IntegrationError. Everything here only reads, so a failed call changed nothing.
        """
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._pool, lambda: context.run(self._work, service, region, work)
        )

    def close(self) -> None:
        """Drop what waits, let what runs come to its end, close the connections."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        for client in self._clients.values():
            client.close()

    def _work(self, service: str, region: str, work: Callable[[Any], Result]) -> Result:
        try:
            return work(self._client(service, region))
        except ClientError as refused:
            raise _refused(service, refused) from refused
        except ResponseParserError as odd:
            raise IntegrationError(SYSTEM, "an answer that AWS does not give") from odd
        except BotoCoreError as failed:
            permanent = isinstance(failed, NoCredentialsError | PartialCredentialsError)
            raise IntegrationError(SYSTEM, str(failed), permanent=permanent) from failed

    def _client(self, service: str, region: str) -> Any:  # noqa: ANN401  boto3 has no types
        with self._making:
            client = self._clients.get((service, region))
            if client is None:
                client = self._clients[service, region] = self._session.client(
                    service,
                    region_name=region,
                    endpoint_url=self._endpoint or None,
                    config=self._config,
                )
            return client

    def _check_host(self, request: AWSPreparedRequest, **_: object) -> None:
        url = urlsplit(request.url)
        if self._endpoint:
            own = urlsplit(self._endpoint)
            allowed = (url.scheme, url.netloc) == (own.scheme, own.netloc)
        else:
            allowed = url.scheme == "https" and bool(AWS_HOST.fullmatch(url.netloc))
        if not allowed:
            raise IntegrationError(SYSTEM, f"{url.netloc} may not be called", permanent=True)


def _bounded(seconds: float) -> Config:
    connect, read = CONFIG.connect_timeout, CONFIG.read_timeout
    return Config(connect_timeout=min(seconds, connect), read_timeout=min(seconds, read))


def rows(client: Any, operation: str, key: str, **parameters: object) -> Iterator[Any]:  # noqa: ANN401
    """Every row of a paged answer, page by page as they are needed."""
    for page in client.get_paginator(operation).paginate(**parameters):
        yield from page.get(key, ())


def found(client: Any, operation: str, **parameters: object) -> dict[str, Any] | None:  # noqa: ANN401
    """The answer, or None where AWS says that there is no such thing."""
    try:
        answer: dict[str, Any] = getattr(client, operation)(**parameters)
    except client.exceptions.ResourceNotFoundException:
        return None
    return answer


def _refused(service: str, refused: ClientError) -> IntegrationError:
    code = refused.response.get("Error", {}).get("Code", "")
    if code in DENIED:
        return DeniedError(
            str(refused), f"{IAM_NAMES.get(service, service)}:{refused.operation_name}"
        )
    return IntegrationError(
        SYSTEM,
        str(refused),
        retry_after=_retry_after(refused) if code in THROTTLED else None,
        permanent=code in NOT_ALLOWED,
    )


def _retry_after(refused: ClientError) -> float | None:
    """Seconds AWS asked to wait, in the body (identity store) or the header, or None."""
    headers = refused.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    said = refused.response.get("RetryAfterSeconds") or headers.get("retry-after")
    try:
        return float(said) if said else None
    except ValueError:
        return None
