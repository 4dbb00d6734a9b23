"""What AWS says when it is busy, word for word: whom it asks to wait, and who waits no longer."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from leadline.net.aws import calls, pauses
from leadline.net.aws.calls import AwsFailed, Caller
from leadline.net.aws.signing import Keys
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.table import Put, Stale, Table
from tests.standins.scripted_server import Answer, ScriptedServer, answer

KEY = {"pk": "L#1", "sk": "lead"}
TYPED = {"pk": {"S": "L#1"}, "sk": {"S": "lead"}}


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pauses, "_FIRST_S", 0.001)
    monkeypatch.setattr(pauses, "_LONGEST_S", 0.001)


@contextmanager
def aws(*answers: Answer) -> Iterator[tuple[ScriptedServer, Caller]]:
    with ScriptedServer(*answers) as server:
        caller = Caller("eu-west-1", lambda: Keys("a", "s"), server.endpoint)
        yield server, caller
        caller.close()


def says(status: str, **body: Any) -> Answer:
    return answer(status, json.dumps(body).encode())


def error(name: str, **more: Any) -> Answer:
    return says("400 Bad Request", __type=f"com.amazonaws.dynamodb.v20120810#{name}", **more)


def cancelled(*codes: str, item: dict[str, Any] | None = None) -> Answer:
    """A transaction's refusal, as DynamoDB words it."""
    reasons: list[dict[str, Any]] = [{"Code": code} for code in codes]
    if item is not None:
        reasons[codes.index("ConditionalCheckFailed")]["Item"] = item
    text = f"Transaction cancelled, see reasons [{', '.join(codes)}]"
    return error("TransactionCanceledException", Message=text, CancellationReasons=reasons)


def write_two(caller: Caller) -> None:
    Table(caller, "leads").write_all([Put(KEY, None), Put({**KEY, "sk": "notify#slack"}, 4)])


@pytest.mark.parametrize(
    "busy", ["TransactionConflictException", "ThrottlingException", "RequestLimitExceeded"]
)
def test_a_write_that_meets_another_is_tried_again(busy: str) -> None:
    with aws(error(busy), error(busy), says("200 OK")) as (server, caller):
        Table(caller, "leads").write(Put(KEY, None))
    assert len(server.requests) == 3


def test_a_document_that_another_puts_at_the_same_moment_is_tried_again() -> None:
    conflict = b"<Error><Code>ConditionalRequestConflict</Code></Error>"
    exists = b"<Error><Code>PreconditionFailed</Code></Error>"
    answers = answer("409 Conflict", conflict), answer("412 Precondition Failed", exists)
    with aws(*answers) as (server, caller):
        assert not Bucket(caller, "b").put_new("raw/x.json", b"{}")
    assert [request.headers["if-none-match"] for request in server.requests] == ["*", "*"]


@pytest.mark.parametrize(
    "code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
)
def test_a_transaction_that_meets_another_is_tried_again(code: str) -> None:
    with aws(cancelled("None", code), says("200 OK")) as (server, caller):
        write_two(caller)
    assert len(server.requests) == 2


def test_a_transaction_that_never_gets_through_has_failed() -> None:
    with (
        aws(cancelled("TransactionConflict", "None")) as (_, caller),
        pytest.raises(AwsFailed) as e,
    ):
        write_two(caller)
    assert e.value.code == "TransactionCanceledException"


def test_a_transaction_tells_what_stood_in_its_way() -> None:
    stood = {**TYPED, "lead_id": {"S": "other"}}
    answers = cancelled("None", "ConditionalCheckFailed", item=stood)
    with aws(answers) as (server, caller), pytest.raises(Stale) as told:
        write_two(caller)
    assert told.value.stood == ({**KEY, "lead_id": "other"},)
    assert len(server.requests) == 1
    with aws(cancelled("ConditionalCheckFailed", "None")) as (_, caller), pytest.raises(Stale) as e:
        write_two(caller)
    assert e.value.stood == ()


def test_keys_that_were_not_processed_are_asked_for_again() -> None:
    other = {"pk": {"S": "L#2"}, "sk": {"S": "lead"}}
    left = {"leads": {"Keys": [other], "ConsistentRead": True}}
    first = says("200 OK", Responses={"leads": [TYPED]}, UnprocessedKeys=left)
    none = says("200 OK", Responses={"leads": []}, UnprocessedKeys=left)
    last = says("200 OK", Responses={"leads": [other]}, UnprocessedKeys={})
    with aws(first, none, last) as (server, caller):
        found = Table(caller, "leads").get_all([("L#1", "lead"), ("L#2", "lead")])
    assert found.keys() == {("L#1", "lead"), ("L#2", "lead")}
    assert json.loads(server.requests[2].body) == {"RequestItems": left}


def test_nobody_waits_long_for_a_wake_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lead that is kept must not wait for its answer because SQS is silent."""
    monkeypatch.setattr(calls, "_BELL_TIMEOUT_S", 0.05)
    with aws(Answer([], "hang")) as (server, caller):
        begun = time.monotonic()
        with pytest.raises(AwsFailed):
            caller.json("sqs", "AmazonSQS.SendMessage", {})
        assert time.monotonic() - begun < 2
    assert len(server.requests) == 3
