"""Signed calls to AWS over HTTP connections that are kept open.

Importing boto3 would be most of a cold start, and the services that we call use JSON or plain HTTP.
"""

import math
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import msgspec

from leadline.model.errors import ConfigurationError, StorageFailed
from leadline.net.aws.connection import Connection
from leadline.net.aws.pauses import pauses, wait
from leadline.net.aws.signing import Keys, Unsigned, encode_query, sign
from leadline.net.idle import IdleConnections
from leadline.net.reply import HttpReply

__all__ = ["AwsFailed", "Caller", "HttpReply", "code_of", "from_environment", "host_of"]

_TRIES, _TIMEOUT_S = 5, 5.0
_IDLE_S, _MOST_IDLE = math.inf, 64  # a function is frozen between two calls
# The sweep sends wake-ups that a clock does not accept, so senders need not wait for them.
_CLOCKS = frozenset(["sqs", "scheduler", "lambda", "states"])
_BELL_TRIES, _BELL_TIMEOUT_S = 3, 2.0
# The error codes of temporary failures (AWS General Reference, "Common error types", and those of
# each service): DynamoDB's for an item that a transaction is writing, S3's for a document that
# another request is putting under the same condition (API References: PutItem, PutObject).
_LATER = frozenset(
    [
        "ThrottlingException",
        "Throttling",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "TransactionConflictException",
        "TransactionInProgressException",
        "ConditionalRequestConflict",
        "OperationAborted",
        "RequestThrottled",
        "TooManyRequestsException",
        "KmsThrottled",
        "InternalServerError",
        "InternalFailure",
        "ServiceUnavailable",
        "SlowDown",
        "RequestTimeout",
    ]
)
# The domains by the first part of a region's name (AWS General Reference, "AWS service endpoints").
_DOMAINS = {"cn": "amazonaws.com.cn", "eusc": "amazonaws.eu"}


class AwsFailed(StorageFailed):
    """A call that AWS refused, or did not answer in any of several tries.

    `code` is AWS's error code, "" if there was no answer; `answer` is the body of the answer.
    """

    def __init__(self, what: str, code: str, answer: bytes = b"") -> None:
        super().__init__()
        self.what = what
        self.code = code
        self.answer = answer

    def __str__(self) -> str:
        return f"{self.what}: {self.code or 'no answer'}"


class Caller:
    """Calls services of one region with one identity; it may be shared by threads.

    *endpoint* replaces AWS's own addresses, as AWS_ENDPOINT_URL does for AWS's tools. *timeout* is
    in seconds.
    """

    def __init__(
        self, region: str, keys: Callable[[], Keys], endpoint: str = "", timeout: float = _TIMEOUT_S
    ) -> None:
        self.region = region
        self._keys = keys
        self.endpoint = endpoint.rstrip("/")
        self._timeout = timeout
        self._idle: IdleConnections[Connection] = IdleConnections(_IDLE_S, _MOST_IDLE)
        self.until: float | None = None
        """The time of the monotonic clock at which all calls end; None for no limit."""

    def seconds_left(self) -> float:
        """The seconds until all calls end; infinite without a limit."""
        return math.inf if self.until is None else self.until - time.monotonic()

    def json(self, service: str, target: str, body: object, version: str = "1.0") -> bytes:
        """Call an operation of a JSON service (`DynamoDB_20120810.GetItem`); returns the answer's
        body.

        Raises AwsFailed with AWS's error code.
        """
        headers = {"x-amz-target": target, "content-type": f"application/x-amz-json-{version}"}
        reply = self.call(service, "POST", "/", msgspec.json.encode(body), headers=headers)
        if reply.status >= 300:
            raise AwsFailed(target, code_of(reply), reply.body)
        return reply.body

    def call(
        self,
        service: str,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpReply:
        """Make a call; it is retried on temporary failures and if AWS does not answer.

        Raises AwsFailed if no try succeeded; other error responses are returned.
        """
        url = urlsplit(self.endpoint or f"https://{host_of(service, self.region)}")
        request = Unsigned(
            method, url.netloc, quote(path, safe="/-_.~"), body, query or {}, headers or {}
        )
        code = ""
        for pause in pauses(_BELL_TRIES if service in _CLOCKS else _TRIES):
            wait(pause)
            if self.until is not None and time.monotonic() > self.until:
                raise AwsFailed(f"{service} {method}", code or "NoTimeLeft")
            try:
                reply = self._once(service, url.scheme, request)
            except OSError:
                self.close()  # other idle connections are probably broken, too
                continue
            code = code_of(reply) if reply.status >= 300 else ""
            if reply.status < 500 and code not in _LATER:
                return reply
        raise AwsFailed(f"{service} {method}", code)

    def _once(self, service: str, scheme: str, request: Unsigned) -> HttpReply:
        signed = sign(request, self._keys(), self.region, service, datetime.now(UTC))
        target = request.path
        if request.query:
            target += "?" + encode_query(request.query)
        until = math.inf if self.until is None else self.until
        connection = self._idle.take(request.host)
        if connection is None:
            rings = service in _CLOCKS
            patience = min(self._timeout, _BELL_TIMEOUT_S) if rings else self._timeout
            connection = Connection(scheme, request.host, patience, until)
        try:
            reply = connection.exchange(request.method, target, signed, request.body, until)
        except BaseException:
            connection.close()
            raise
        if connection.lasts:
            self._idle.give(request.host, connection)
        else:
            connection.close()
        return reply

    def close(self) -> None:
        """Close the idle connections."""
        self._idle.close()


def host_of(service: str, region: str) -> str:
    """The host name of a service in a region; China and the European Sovereign Cloud have their own
    domains."""
    return f"{service}.{region}.{_DOMAINS.get(region.partition('-')[0], 'amazonaws.com')}"


def code_of(reply: HttpReply) -> str:
    """AWS's code of an error, from wherever the service puts it; else the HTTP status."""
    said = reply.headers.get("x-amzn-errortype", "")
    if not said and reply.body[:1] == b"{":
        try:
            said = msgspec.json.decode(reply.body, type=_Refusal).type
        except msgspec.MsgspecError:
            said = ""
    if not said and b"<Code>" in reply.body:
        said = reply.body.partition(b"<Code>")[2].partition(b"</Code>")[0].decode(errors="replace")
    return said.rpartition("#")[2].partition(":")[0] or str(reply.status)


class _Refusal(msgspec.Struct, rename={"type": "__type"}):
    type: str = ""


def from_environment(environ: Mapping[str, str] = os.environ) -> Caller:
    """A caller with the credentials in the environment of a function.

    Raises ConfigurationError if there are none.
    """
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION", "")
    access, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if not region or not access or not secret:
        raise ConfigurationError(
            "AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are unset"
        )
    keys = Keys(access, secret, environ.get("AWS_SESSION_TOKEN", ""))
    return Caller(region, lambda: keys, environ.get("AWS_ENDPOINT_URL", ""))
