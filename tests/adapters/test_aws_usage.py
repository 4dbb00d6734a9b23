"""What AWS would bill for a lead, counted at the store, is what the cost model says."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

from leadline import cost
from leadline.adapters.aws.bells import Queues
from leadline.adapters.aws.bucket import Bucket
from leadline.adapters.aws.calls import Caller, HttpReply
from leadline.adapters.aws.signing import Keys
from leadline.adapters.aws.store import AwsStore
from leadline.adapters.aws.table import Table
from leadline.adapters.aws.values import plain
from leadline.capture import CaptureKit, capture
from leadline.deliver.sending import deliver_due
from leadline.kit import Kit
from leadline.lead import Delivery
from leadline.pipeline import refine_due
from leadline.ports import Sent
from leadline.retry import RetryPolicy
from leadline.sources import Source, SourceConfig
from leadline.sources.generic import Generic
from tests.aws_world import REGION, Rooms, table_of
from tests.worlds import HandClock


class CountingCaller(Caller):
    """Counts what AWS would bill; index entries by what changes in the item behind them."""

    def __init__(self, rooms: Rooms) -> None:
        super().__init__(REGION, lambda: Keys("test", "test"), rooms.endpoint)
        self.counted: Counter[str] = Counter()
        self.items: dict[tuple[str, str], dict[str, Any]] = {}
        self.indexes = table_of("any")["GlobalSecondaryIndexes"]

    def json(self, service: str, target: str, body: Any, version: str = "1.0") -> bytes:
        answer = super().json(service, target, body, version)
        match target.partition(".")[2]:
            case "GetItem":
                self.counted["table_read"] += 1
            case "BatchGetItem":
                asked = sum(len(one["Keys"]) for one in body["RequestItems"].values())
                self.counted["table_read"] += asked
            case "Query":
                self.counted["halves"] += 1
            case "PutItem" | "DeleteItem":
                self._wrote(body, 1)
            case "TransactWriteItems":
                for one in body["TransactItems"]:
                    ((_, write),) = one.items()
                    self._wrote(write, 2)
            case "SendMessage":
                self.counted["sqs_request"] += 1
            case other:
                raise AssertionError(other)
        return answer

    def call(self, service: str, method: str, *rest: Any, **named: Any) -> HttpReply:
        if service == "s3":
            self.counted[f"s3_{method.lower()}"] += 1
        return super().call(service, method, *rest, **named)

    def _wrote(self, request: dict[str, Any], times: int) -> None:
        new = request.get("Item", {})
        key = new or request["Key"]
        old = self.items.pop((str(key["pk"]), str(key["sk"])), {})
        assert _size(plain(new)) <= 1_024, "the model counts one unit an item"
        self.counted["table_write"] += times
        for index in self.indexes:
            before, after = _entry(old, index), _entry(new, index)
            if before != after:
                moved = before and after and before[0] != after[0]
                self.counted["table_write"] += 2 if moved else 1
        if new:
            self.items[str(key["pk"]), str(key["sk"])] = new

    def taken(self) -> dict[str, float]:
        """What was counted since."""
        counted: dict[str, float] = dict(self.counted)
        counted["table_read"] += counted.pop("halves", 0) / 2
        self.counted.clear()
        return counted


def _size(value: Any) -> int:
    """Bytes as DynamoDB counts them (Developer Guide, "DynamoDB item sizes and formats")."""
    match value:
        case dict():
            return 3 + sum(1 + len(name) + _size(one) for name, one in value.items())
        case list():
            return 3 + sum(1 + _size(one) for one in value)
        case bool() | None:
            return 1
        case int() | float():
            return len(str(value)) // 2 + 2
    return len(value.encode())


def _entry(item: dict[str, Any], index: dict[str, Any]) -> tuple[list[Any], list[Any]] | None:
    """The key and the rest of the entry that an item has in an index."""
    key = [item.get(one["AttributeName"]) for one in index["KeySchema"]]
    shown = index["Projection"].get("NonKeyAttributes", ())
    return (key, [item.get(name) for name in shown]) if None not in key else None


class Deaf:
    """A channel that accepts everything."""

    def send(self, message: bytes) -> Sent:
        return Sent()


def test_the_model_counts_what_the_store_does_for_a_lead(moto: str, clock: HandClock) -> None:
    rooms = Rooms(moto)
    aws = CountingCaller(rooms)
    bells = Queues(aws, rooms.urls, rooms.dead_urls)
    store = AwsStore(
        Table(aws, rooms.table.name), Bucket(aws, rooms.bucket.name), bells, clock=clock
    )
    sources: dict[str, Source] = {
        "generic": Generic(SourceConfig(map={"record": "/id", "event_id": "/event"}))
    }
    kit = Kit(store, sources, {"slack": Deaf()}, clock, lambda: 0.5, RetryPolicy())
    lead = {
        "id": "7", "event": "8", "name": "Ada Vance", "email": "ada@example.com",
        "phone": "+1 212 555 0100", "company": "Vance Tools", "owner": "sales@example.org",
    }  # fmt: skip
    body, media = json.dumps(lead).encode(), {"content-type": "application/json"}
    capture(
        Delivery("generic", body, clock.now, media),
        CaptureKit(sources, timedelta(minutes=10)),
        store,
    )
    assert aws.taken() == counted_by_the_model("Capture")
    clock.advance(minutes=11)
    assert refine_due(kit) == 1
    assert aws.taken() == counted_by_the_model("Refine", "Refine, for the alert")
    clock.advance(seconds=1)
    assert deliver_due(kit, "slack") == timedelta()
    assert aws.taken() == counted_by_the_model("Deliver")


def counted_by_the_model(*functions: str) -> dict[str, float]:
    total: dict[str, float] = {}
    for function in functions:
        for meter, _, units in {**cost.PER_LEAD, **cost.PER_ALERT}[function]:
            total[meter] = total.get(meter, 0) + units
    total.pop("api_request", None)
    return total
