"""AWS that counts what it would bill, and to which partitions writes go."""

from collections import Counter
from typing import Any

from leadline.net.aws.calls import Caller
from leadline.net.aws.signing import Keys
from leadline.net.reply import HttpReply
from leadline.stores.aws.keys import SENT
from leadline.stores.aws.values import plain
from tests.worlds.aws_resources import PATIENCE_S, REGION, AwsResources, table_of


class CountingCaller(Caller):
    """Counts what AWS would bill; index entries by what changes in the item behind them."""

    def __init__(self, rooms: AwsResources) -> None:
        super().__init__(REGION, lambda: Keys("test", "test"), rooms.endpoint, PATIENCE_S)
        self.counted: Counter[str] = Counter()
        self.written: Counter[str] = Counter()
        """Write units by where they went: `table`, or the partition of an index."""
        self.items: dict[tuple[str, str], dict[str, Any]] = {}
        self.indexes = table_of("any")["GlobalSecondaryIndexes"]

    def json(self, service: str, target: str, body: Any, version: str = "1.0") -> bytes:
        answer = super().json(service, target, body, version)
        match target.partition(".")[2]:
            case "GetItem":
                self.counted["table_read" if body["ConsistentRead"] else "halves"] += 1
            case "BatchGetItem":
                for one in body["RequestItems"].values():
                    exact = one["ConsistentRead"]
                    self.counted["table_read" if exact else "halves"] += len(one["Keys"])
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
            case "GetParameter":
                self.counted["kms_request"] += 1
            case other:
                raise AssertionError(other)
        return answer

    def call(self, service: str, method: str, *rest: Any, **named: Any) -> HttpReply:
        if service == "s3":
            listing = "list-type" in (named.get("query") or {})
            self.counted["s3_put" if listing else f"s3_{method.lower()}"] += 1
        if service in ("scheduler", "lambda"):  # moto has neither here
            self.counted["schedule" if service == "scheduler" else "event"] += 1
            return HttpReply(202, {}, b"")
        return super().call(service, method, *rest, **named)

    def _wrote(self, request: dict[str, Any], times: int) -> None:
        new = request.get("Item", {})
        key = new or request["Key"]
        old = self.items.pop((str(key["pk"]), str(key["sk"])), {})
        units = -(-_size(plain(new)) // 1_024) or 1
        assert units == 1 or new["sk"] == {"S": SENT}, "the model counts one unit an item"
        self.counted["table_write"] += times * units
        self.written["table"] += times * units
        for index in self.indexes:
            before, after = _entry(old, index), _entry(new, index)
            if before != after:
                moved = before and after and before[0] != after[0]
                self.counted["table_write"] += 2 if moved else 1
                for entry in (before, after) if moved else (after or before,):
                    assert entry is not None
                    self.written[entry[0][0]["S"]] += 1
        if new:
            self.items[str(key["pk"]), str(key["sk"])] = new

    def taken(self) -> dict[str, float]:
        """What was counted since."""
        counted: dict[str, float] = dict(self.counted)
        counted["table_read"] = counted.get("table_read", 0) + counted.pop("halves", 0) / 2
        counted.pop("kms_request", None)
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
