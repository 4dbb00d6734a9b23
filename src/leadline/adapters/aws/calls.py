"""Signed calls to AWS over plain HTTP connections that are kept open.

boto3 would be most of a cold start; the four services that we call speak JSON or plain HTTP.
"""

import http.client
import os
import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import msgspec

from leadline.adapters.aws.signing import Keys, Unsigned, encode_query, sign
from leadline.errors import ConfigurationError, StorageFailed

_TRIES = 5
_TIMEOUT_S = 5.0
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 1.0
# The codes that mean "later" (AWS General Reference, "Common error types", and each service's own).
_LATER = frozenset(
    [
        "ThrottlingException",
        "Throttling",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "TransactionInProgressException",
        "InternalServerError",
        "InternalFailure",
        "ServiceUnavailable",
        "SlowDown",
        "RequestTimeout",
    ]
)


class AwsFailed(StorageFailed):
    """A call that AWS refused, or did not answer however often it was tried.

    `code` is AWS's own name of the error, "" when there was no answer; `answer` its whole body.
    """

    def __init__(self, what: str, code: str, answer: bytes = b"") -> None:
        super().__init__()
        self.what = what
        self.code = code
        self.answer = answer

    def __str__(self) -> str:
        return f"{self.what}: {self.code or 'no answer'}"


class HttpReply(msgspec.Struct, frozen=True):
    """An answer: header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Caller:
    """Calls services of one region with one identity; safe to share among threads.

    *endpoint* replaces AWS's own addresses, as AWS_ENDPOINT_URL does for its tools.
    """

    def __init__(
        self, region: str, keys: Callable[[], Keys], endpoint: str = "", timeout: float = _TIMEOUT_S
    ) -> None:
        self.region = region
        self._keys = keys
        self._endpoint = endpoint.rstrip("/")
        self._timeout = timeout
        self._idle: list[tuple[str, http.client.HTTPConnection]] = []
        self.until: float | None = None
        """By the monotonic clock; no call goes on after it."""

    def json(self, service: str, target: str, body: object, version: str = "1.0") -> bytes:
        """Call an operation of a JSON service (`DynamoDB_20120810.GetItem`); its answer's body.

        Raises AwsFailed with the code that AWS gives.
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
        """Any call; tried again while AWS says "later" or does not answer.

        Raises AwsFailed when it never answers; answers that refuse are returned.
        """
        url = urlsplit(self._endpoint or f"https://{service}.{self.region}.amazonaws.com")
        request = Unsigned(
            method, url.netloc, quote(path, safe="/-_.~"), body, query or {}, headers or {}
        )
        pause = _FIRST_PAUSE_S
        code = ""
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(random.uniform(0, pause))
                pause = min(pause * 3, _LONGEST_PAUSE_S)
            if self.until is not None and time.monotonic() > self.until:
                raise AwsFailed(f"{service} {method}", code or "NoTimeLeft")
            try:
                reply = self._once(service, url.scheme, request)
            except (OSError, http.client.HTTPException):
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
        connection = self._take(scheme, request.host)
        if self.until is not None and connection.sock is not None:
            left = max(0.1, self.until - time.monotonic())
            connection.sock.settimeout(min(self._timeout, left))
        try:
            connection.request(request.method, target, request.body, signed)
            response = connection.getresponse()
            body = response.read()
        except BaseException:
            connection.close()
            raise
        self._idle.append((request.host, connection))
        headers = {name.lower(): value for name, value in response.headers.items()}
        return HttpReply(response.status, headers, body)

    def _take(self, scheme: str, host: str) -> http.client.HTTPConnection:
        """A connection that nobody uses: the one used last, as it is the least likely to have
        been closed by the other side."""
        for place in range(len(self._idle) - 1, -1, -1):
            try:
                known, connection = self._idle.pop(place)
            except IndexError:
                continue  # another thread took it
            if known == host:
                return connection
            self._idle.insert(place, (known, connection))
        kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
        return kind(host, timeout=self._timeout)

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            self._idle.pop()[1].close()


def code_of(reply: HttpReply) -> str:
    """AWS's name of an error, wherever the service writes it; the status when nowhere."""
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
    """A caller with the credentials that a function finds in its environment.

    Raises ConfigurationError when there are none.
    """
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION", "")
    access, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if not region or not access or not secret:
        raise ConfigurationError(
            "AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are unset"
        )
    keys = Keys(access, secret, environ.get("AWS_SESSION_TOKEN", ""))
    return Caller(region, lambda: keys, environ.get("AWS_ENDPOINT_URL", ""))
