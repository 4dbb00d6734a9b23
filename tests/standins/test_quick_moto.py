"""The quickened moto answers what moto answers."""

import multiprocessing
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from typing import Any
from urllib.parse import quote

import msgspec

from leadline.net.aws.calls import AwsFailed
from tests.standins.moto_server import moto_server
from tests.worlds.aws_resources import AwsResources

TYPES = (
    {"N": "1.50"},
    {"BOOL": False},
    {"NULL": True},
    {"L": [{"S": "é"}, {"M": {"n": {"N": "2"}}}]},
)

QUERIES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("pk", "p1", {}),
    ("day_pk", "d", {"IndexName": "day"}),
    ("day_pk", "d", {"IndexName": "day", "Limit": 3}),
    ("due_pk", "q", {"IndexName": "due"}),
    ("due_pk", "none", {"IndexName": "due"}),
)


def item(number: int, **more: Any) -> dict[str, Any]:
    """An item of a partition of three, in both indexes."""
    keys = {"pk": f"p{number % 3}", "sk": f"s{number:02}", "day_pk": "d", "due_pk": "q"}
    texts = {**keys, "day_sk": f"{number % 4}", "due_sk": f"{9 - number}", "why": "x" * number}
    typed = {name: {"S": value} for name, value in texts.items()}
    return {**typed, "held": {"M": {"by": TYPES[number % 4]}}, "rev": {"N": str(number)}, **more}


def calls(table: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each operation that stores use, with and without success."""
    new = {"ConditionExpression": "attribute_not_exists(pk)"}
    seen = {
        "ConditionExpression": "rev = :seen",
        "ExpressionAttributeValues": {":seen": {"N": "3"}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    for number in range(8):
        yield "PutItem", {"Item": item(number), **new}
    yield "PutItem", {"Item": item(3), **new}
    yield "PutItem", {"Item": item(4, rev={"N": "9"}), **seen}
    yield "PutItem", {"Item": item(3, rev={"N": "4"}), **seen}
    yield "PutItem", {"Item": item(9, why={"S": "x" * 410_000})}
    for second in ({"Put": {"Item": item(5), **new}}, {"Delete": {"Key": key(5)}}):
        writes: list[dict[str, Any]] = [{"Put": {"Item": item(10)}}, second]
        for write in writes:
            next(iter(write.values()))["TableName"] = table
        yield "TransactWriteItems", {"TransactItems": writes}
        yield "GetItem", {"Key": key(10), "ConsistentRead": True}
    keys = [key(number) for number in range(12)]
    yield "BatchGetItem", {"RequestItems": {table: {"Keys": keys, "ConsistentRead": True}}}
    yield "DeleteItem", {"Key": key(1), **seen}
    yield "Scan", {}
    for forward in (True, False):
        for name, value, more in QUERIES:
            told = {"KeyConditionExpression": f"{name} = :v", "ScanIndexForward": forward}
            yield "Query", {**told, **more, "ExpressionAttributeValues": {":v": {"S": value}}}


def queue_calls(queue: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Operations on a queue, with and without success."""
    yield "SendMessage", {"QueueUrl": queue, "MessageBody": "<é>", "DelaySeconds": 0}
    yield "GetQueueAttributes", {"QueueUrl": queue, "AttributeNames": ["All"]}
    for _ in range(2):  # the second time there is none that nobody has
        yield "ReceiveMessage", {"QueueUrl": queue, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 0}
    yield "ReceiveMessage", {"QueueUrl": queue, "MaxNumberOfMessages": 11}
    yield "DeleteMessage", {"QueueUrl": queue, "ReceiptHandle": "nobody's"}
    yield "SendMessage", {"QueueUrl": f"{queue}-unknown", "MessageBody": "x"}


CHANCE = re.compile(
    rb'("(?:MessageId|ReceiptHandle|CreatedTimestamp|LastModifiedTimestamp)": ?)(?:"[^"]*"|\d+)'
)
"""What differs from one moto to another, with its name."""


Object = tuple[str, bytes | None, dict[str, str], dict[str, str]]

OBJECTS: tuple[Object, ...] = (
    ("PUT", b'{"a":1}', {"content-type": "application/json", "if-none-match": "*"}, {}),
    ("PUT", b'{"a":2}', {"content-type": "application/json", "if-none-match": "*"}, {}),
    ("GET", None, {}, {}),
    ("HEAD", None, {}, {}),
    ("GET", None, {"range": "bytes=1-3"}, {}),
    ("DELETE", None, {}, {}),
    ("GET", None, {}, {}),
    ("GET", None, {}, {"versionId": "none"}),
)
"""Operations on an object, with and without success."""
HEADERS = ("content-type", "content-length", "content-range", "etag", "x-amz-delete-marker")


def object_answers(rooms: AwsResources) -> Iterator[tuple[str, Any]]:
    """What S3 says to each of them."""
    bucket = rooms.bucket.name
    for name in ("raw/é b+c.json", "raw//d"):
        for method, body, headers, query in OBJECTS:
            reply = rooms.caller.call(
                "s3", method, f"/{bucket}/{quote(name)}", body or b"", query=query, headers=headers
            )
            said = re.sub(rb"<(RequestI[dD]|HostId)>[^<]*", b"", reply.body)
            told = {header: reply.headers.get(header) for header in HEADERS}
            yield f"{method} {reply.status}", (said.replace(bucket.encode(), b"bucket"), told)


def key(number: int) -> dict[str, Any]:
    made = item(number)
    return {"pk": made["pk"], "sk": made["sk"]}


def answers(*, quick: bool) -> list[tuple[str, Any]]:
    """What a moto of its own says to all calls, without the name of the table."""
    told: list[tuple[str, Any]] = []
    with moto_server(quick=quick) as endpoint, closing(AwsResources(endpoint)) as rooms:
        name = rooms.table.name

        def ask(service: str, api: str, operation: str, body: dict[str, Any]) -> None:
            try:
                answer = rooms.caller.json(service, f"{api}.{operation}", body)
            except AwsFailed as error:
                told.append((error.code, error.answer.replace(name.encode(), b"table")))
                return
            answer = CHANCE.sub(rb'\1""', answer.replace(name.encode(), b"table"))
            told.append((operation, msgspec.json.decode(answer)))

        for operation, body in calls(name):
            named = {} if {"TransactItems", "RequestItems"} & {*body} else {"TableName": name}
            ask("dynamodb", "DynamoDB_20120810", operation, {**named, **body})
        for operation, body in queue_calls(f"{endpoint}/123456789012/{name}-refine"):
            ask("sqs", "AmazonSQS", operation, body)
        told += object_answers(rooms)
    return told


def test_the_quickened_moto_answers_what_moto_answers() -> None:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as processes:
        plain = processes.submit(answers, quick=False)
        quick = processes.submit(answers, quick=True)
        assert quick.result() == plain.result()
        codes = {code for code, _ in plain.result()}
    assert {"ConditionalCheckFailedException", "TransactionCanceledException"} <= codes
    assert {"Query", "Scan", "BatchGetItem", "ValidationException"} <= codes
    assert {"ReceiveMessage", "GetQueueAttributes", "ReceiptHandleIsInvalid"} <= codes
    assert {"PUT 200", "PUT 412", "GET 200", "HEAD 200", "GET 206", "GET 404"} <= codes
