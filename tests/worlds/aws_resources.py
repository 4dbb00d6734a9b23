"""AWS for tests: a bucket, a table and queues, on moto in this process or on the emulator."""

import json
import uuid
from typing import Any

from leadline.net.aws.calls import Caller
from leadline.net.aws.signing import Keys
from leadline.ports.clock import Clock
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.clocks.message_queues import Queues
from leadline.stores.aws.clocks.wakeups import queue_of_each_step
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.table import Table

REGION = "eu-west-1"
PATIENCE_S = 60.0
"""For an answer, on a machine that has much else to do: a call is repeated only by intent."""


class AwsResources:
    """The parts of one store, empty, with names of their own."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.caller = _caller(endpoint)
        name = f"leads-{uuid.uuid4().hex[:12]}"
        self.bucket = Bucket(self.caller, name)
        self.table = Table(self.caller, name)
        made = self.caller.call(
            "s3", "PUT", f"/{name}", CONFIGURATION, headers={"content-type": "text/xml"}
        )
        assert made.status == 200, made.body
        made = self.caller.call("s3", "PUT", f"/{name}", VERSIONED, query={"versioning": ""})
        assert made.status == 200, made.body
        self._json("dynamodb", "DynamoDB_20120810.CreateTable", table_of(name))
        self.urls = queue_of_each_step(
            self._queue(f"{name}-refine"), self._queue(f"{name}-delivery")
        )
        self.dead_urls = queue_of_each_step(
            self._queue(f"{name}-refine-dead"), self._queue(f"{name}-delivery-dead")
        )
        self.queues = Queues(self.caller, self.urls, self.dead_urls)

    def store(self, clock: Clock) -> AwsStore:
        """A store in these rooms."""
        return AwsStore(self.table, self.bucket, self.queues, clock=clock)

    def _queue(self, name: str) -> str:
        url: str = self._json("sqs", "AmazonSQS.CreateQueue", {"QueueName": name})["QueueUrl"]
        return url

    def _json(self, service: str, target: str, body: object) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.caller.json(service, target, body))
        return data

    def close(self) -> None:
        """Close its connections."""
        self.caller.close()

    def messages(self, url: str) -> list[dict[str, Any]]:
        """What a queue has to say now."""
        return [json.loads(body) for body, _ in self.queues.receive(url)]


def _caller(endpoint: str) -> Caller:
    from tests.standins.moto_server import moto_caller  # half a second for those who need it

    keys = Keys("test", "test")
    return moto_caller(REGION, keys, endpoint) or Caller(REGION, lambda: keys, endpoint, PATIENCE_S)


CONFIGURATION = (
    b'<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    b"<LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>"
)
VERSIONED = (
    b'<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    b"<Status>Enabled</Status></VersioningConfiguration>"
)


def table_of(name: str) -> dict[str, Any]:
    """A table as the template makes it (a test holds the two together)."""

    def index(name: str, keys: tuple[str, str], projection: dict[str, Any]) -> dict[str, Any]:
        return {"IndexName": name, "KeySchema": schema(*keys), "Projection": projection}

    def schema(pk: str, sk: str) -> list[dict[str, str]]:
        return [
            {"AttributeName": pk, "KeyType": "HASH"},
            {"AttributeName": sk, "KeyType": "RANGE"},
        ]

    names = ("pk", "sk", "due_pk", "due_sk", "day_pk", "day_sk")
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n in names],
        "KeySchema": schema("pk", "sk"),
        "GlobalSecondaryIndexes": [
            index("due", ("due_pk", "due_sk"), including("held")),
            index("day", ("day_pk", "day_sk"), including(*DAY_ATTRIBUTES)),
        ],
    }


DAY_ATTRIBUTES = ("lead_id", "source", "captured_at", "fate", "why", "summary")


def including(*names: str) -> dict[str, Any]:
    """A projection of the keys and these."""
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(names)}
