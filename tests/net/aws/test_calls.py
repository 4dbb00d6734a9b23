"""Calls to AWS over real sockets: what is sent, what is tried again, and how long it takes."""

import hashlib
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.config import Config

from leadline.model.errors import ConfigurationError
from leadline.net.aws import calls, pauses
from leadline.net.aws.calls import AwsFailed, Caller, from_environment, host_of
from leadline.net.aws.signing import Keys
from leadline.net.reply import HttpReply
from tests.standins.scripted_server import Answer, ScriptedServer, answer, unreachable

REGION = "eu-west-1"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pauses, "_FIRST_S", 0.001)
    monkeypatch.setattr(pauses, "_LONGEST_S", 0.001)


def caller(endpoint: str, timeout: float = 5.0) -> Caller:
    return Caller(REGION, lambda: Keys("AKIDEXAMPLE", "secret", "token"), endpoint, timeout)


def get(endpoint: str, timeout: float = 5.0, method: str = "GET") -> HttpReply:
    one = caller(endpoint, timeout)
    try:
        return one.call("s3", method, "/bucket/key")
    finally:
        one.close()


OK = answer("200 OK", b"ok")


# --- what is sent ---------------------------------------------------------------------------------


def test_a_request_is_sent_as_it_was_signed() -> None:
    with ScriptedServer(answer()) as aws:
        one = caller(aws.endpoint)
        one.call("s3", "PUT", "/b/raw/ä b", b"body", query={"x": "1 2"}, headers={"If-Match": "e"})
        one.close()
    (sent,) = aws.requests
    assert (sent.method, sent.target, sent.body) == ("PUT", "/b/raw/%C3%A4%20b?x=1%202", b"body")
    assert sent.headers["host"] == f"127.0.0.1:{aws.port}"
    assert sent.headers["content-length"] == "4"
    assert sent.headers["if-match"] == "e"
    assert sent.headers["x-amz-security-token"] == "token"
    assert sent.headers["x-amz-content-sha256"] == hashlib.sha256(b"body").hexdigest()
    assert sent.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")


@pytest.mark.parametrize(
    "region", ["eu-west-1", "us-gov-west-1", "cn-north-1", "cn-northwest-1", "eusc-de-east-1"]
)
@pytest.mark.parametrize("service", ["s3", "sqs", "dynamodb", "ssm", "secretsmanager"])
def test_services_are_called_where_botocore_calls_them(service: str, region: str) -> None:
    client = boto3.client(
        service, region, aws_access_key_id="test", aws_secret_access_key="test",
        config=Config(ignore_configured_endpoint_urls=True),
    )  # fmt: skip
    assert f"https://{host_of(service, region)}" == client.meta.endpoint_url


def test_calls_do_not_say_which_invocation_they_are_of(monkeypatch: pytest.MonkeyPatch) -> None:
    # Lambda would follow the trace of a lead that is sent to its own queue again and again, and
    # stop it as an endless loop at the 16th time: after four hours (Lambda Developer Guide, "Use
    # Lambda recursive loop detection").
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "refine")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Lineage=1:a:0")
    with ScriptedServer(answer("200 OK", b"{}")) as aws:
        one = caller(aws.endpoint)
        one.json("sqs", "AmazonSQS.SendMessage", {})
        one.close()
    (sent,) = aws.requests
    assert "x-amzn-trace-id" not in sent.headers


def test_an_empty_put_says_that_it_is_empty_and_a_get_says_nothing() -> None:
    with ScriptedServer(answer()) as aws:
        get(aws.endpoint, method="PUT")
        get(aws.endpoint)
    assert [r.headers.get("content-length") for r in aws.requests] == ["0", None]


def test_an_operation_is_named_and_its_answer_given() -> None:
    with ScriptedServer(answer("200 OK", b'{"Item":{}}')) as aws:
        one = caller(aws.endpoint)
        assert one.json("dynamodb", "DynamoDB_20120810.GetItem", {"a": 1}) == b'{"Item":{}}'
        one.close()
    (sent,) = aws.requests
    assert sent.headers["x-amz-target"] == "DynamoDB_20120810.GetItem"
    assert sent.headers["content-type"] == "application/x-amz-json-1.0"
    assert json.loads(sent.body) == {"a": 1}


def test_a_header_with_a_line_break_is_not_sent() -> None:
    with ScriptedServer(answer()) as aws:
        one = caller(aws.endpoint)
        with pytest.raises(ValueError, match="line break"):
            one.call("s3", "GET", "/b", headers={"a": "x\r\nhost: elsewhere"})
    assert aws.requests == []


# --- connections ----------------------------------------------------------------------------------


def test_a_connection_is_used_again() -> None:
    with ScriptedServer(answer("200 OK", b"ok")) as aws:
        one = caller(aws.endpoint)
        for _ in range(3):
            assert one.call("s3", "GET", "/a").body == b"ok"
        one.close()
    assert (aws.connections, len(aws.requests)) == (1, 3)


@pytest.mark.parametrize(
    "told",
    [
        answer("200 OK", b"ok", "Connection: close", then="close"),
        Answer([b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok"], then="close"),
        Answer([b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok and what nobody asked for"]),
    ],
    ids=["told so", "old", "more than one answer"],
)
def test_a_connection_that_does_not_last_is_not_used_again(told: Answer) -> None:
    with ScriptedServer(told) as aws:
        one = caller(aws.endpoint)
        assert [one.call("s3", "GET", "/a").body for _ in range(2)] == [b"ok", b"ok"]
        one.close()
    assert [r.connection for r in aws.requests] == [0, 1]


def test_connections_that_aws_closed_meanwhile_are_passed_over_without_a_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A function wakes up after minutes, and none of its connections is there any more."""
    with ScriptedServer(answer("200 OK", b"ok", then="close")) as aws:
        one = caller(aws.endpoint)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: one.call("s3", "GET", "/a"), range(8)))
        deadline = time.monotonic() + 5
        while any(c.is_fresh() for _, c, _ in one._idle._kept) and time.monotonic() < deadline:
            time.sleep(0.001)
        before = len(aws.requests)
        monkeypatch.setattr(calls, "_TRIES", 1)
        assert one.call("s3", "GET", "/a").body == b"ok"
        one.close()
    assert len(aws.requests) == before + 1


def test_every_thread_hears_the_answer_to_its_own_question() -> None:
    def told(key: str, one: Caller) -> tuple[str, bytes]:
        return key, one.call("s3", "GET", f"/{key}").body

    with Echo() as aws:
        one = caller(aws.endpoint)
        with ThreadPoolExecutor(8) as pool:
            heard = list(pool.map(lambda n: told(str(n), one), range(200)))
        one.close()
    assert all(body == b"/" + key.encode() for key, body in heard)
    assert aws.connections <= 8


class Echo(ScriptedServer):
    """Answers with what was asked for."""

    def __init__(self) -> None:
        super().__init__(answer())

    def _request(self, client: socket.socket, number: int) -> Any:
        request = super()._request(client, number)
        if request is not None:
            client.sendall(answer("200 OK", request.target.encode()).pieces[0])
            return self._request(client, number)
        return None


# --- what goes wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        Answer([b""], then="close"),
        Answer([b"HTTP/1.1 200 OK\r\ncontent-le"], then="close"),
        Answer([b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhal"], then="close"),
        Answer([b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel"], then="close"),
        Answer([b""], then="hang"),
        Answer([b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhal"], then="hang"),
        answer("500 Oh", b"<Error><Code>InternalError</Code></Error>"),
        answer("503 Slow", b"<Error><Code>SlowDown</Code></Error>"),
        answer("400 No", b'{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException"}'),
        answer("400 No", b"{}", "x-amzn-errortype: RequestLimitExceeded:http://internal.amazon.com"),
    ],
    ids=[
        "closed", "half a head", "half a body", "half a chunk", "silence", "silence within",
        "500", "503", "throttled", "throttled by header",
    ],
)  # fmt: skip
def test_what_went_wrong_is_tried_again(bad: Answer) -> None:
    with ScriptedServer(bad, OK) as aws:
        assert get(aws.endpoint, timeout=0.2).body == b"ok"
    assert len(aws.requests) == 2


def test_after_five_tries_the_call_has_failed() -> None:
    junk = Answer([b"junk\r\n\r\n"], then="close")
    with ScriptedServer(junk) as aws, pytest.raises(AwsFailed, match="s3 GET: no answer"):
        get(aws.endpoint)
    assert len(aws.requests) == 5


def test_a_failure_that_lasts_is_told_by_its_code() -> None:
    slow = answer("503 x", b"<Error><Code>SlowDown</Code></Error>")
    with ScriptedServer(slow) as aws, pytest.raises(AwsFailed) as failed:
        get(aws.endpoint)
    assert (failed.value.code, len(aws.requests)) == ("SlowDown", 5)


def test_nobody_there_is_a_failure() -> None:
    with unreachable() as endpoint, pytest.raises(AwsFailed, match="no answer"):
        get(endpoint)


def test_a_refusal_is_no_failure_and_is_not_tried_again() -> None:
    refused = answer("412 x", b"<Error><Code>PreconditionFailed</Code></Error>")
    with ScriptedServer(refused) as aws:
        assert get(aws.endpoint).status == 412
    assert len(aws.requests) == 1


def test_an_operation_that_is_refused_raises_what_aws_says() -> None:
    body = b'{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}'
    with ScriptedServer(answer("400 Bad Request", body)) as aws:
        one = caller(aws.endpoint)
        with pytest.raises(AwsFailed) as failed:
            one.json("dynamodb", "DynamoDB_20120810.PutItem", {})
        one.close()
    assert failed.value.code == "ConditionalCheckFailedException"
    assert failed.value.answer == body


# --- time -----------------------------------------------------------------------------------------


def test_an_answer_that_drips_does_not_outlast_the_deadline() -> None:
    drops = [b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", *[b"."] * 9999]
    with ScriptedServer(Answer(drops, gap=0.02)) as aws:
        one = caller(aws.endpoint)
        began = time.monotonic()
        one.until = began + 0.3
        with pytest.raises(AwsFailed):
            one.call("s3", "GET", "/a")
        assert 0.3 <= time.monotonic() - began < 1.5


def test_after_the_deadline_nothing_is_sent() -> None:
    with ScriptedServer(OK) as aws:
        one = caller(aws.endpoint)
        one.until = time.monotonic() - 1
        with pytest.raises(AwsFailed, match="NoTimeLeft"):
            one.call("s3", "GET", "/a")
    assert aws.connections == 0


def test_a_dripping_answer_is_waited_for_while_no_deadline_is_set() -> None:
    """The timeout is for silence: a large document over a slow line takes what it takes."""
    drops = [b"HTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\n", *[b"."] * 30]
    with ScriptedServer(Answer(drops, gap=0.02)) as aws:
        assert get(aws.endpoint, timeout=0.3).body == b"." * 30


# --- who calls ------------------------------------------------------------------------------------


def test_a_function_finds_its_credentials_in_its_environment() -> None:
    environ = {"AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s"}
    with ScriptedServer(OK) as aws:
        one = from_environment({**environ, "AWS_ENDPOINT_URL": aws.endpoint})
        assert one.call("s3", "GET", "/a").status == 200
        one.close()
    assert "Credential=AKID/" in aws.requests[0].headers["authorization"]
    assert f"/{REGION}/s3/" in aws.requests[0].headers["authorization"]
    del environ["AWS_SECRET_ACCESS_KEY"]
    with pytest.raises(ConfigurationError, match="unset"):
        from_environment(environ)
