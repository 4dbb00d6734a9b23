"""One DynamoDB table of items that are replaced whole, each guarded by its revision."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from leadline.adapters.aws.calls import AwsFailed, Caller
from leadline.adapters.aws.pauses import pauses
from leadline.adapters.aws.values import Item, plain, typed

_API = "DynamoDB_20120810."
_MOST_READ = 100
"""Items of one BatchGetItem (DynamoDB API Reference)."""
_MOST_ROUNDS = 8
_BUSY = frozenset(["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
"""Why a transaction may be cancelled that would pass a moment later (DynamoDB API Reference,
"TransactWriteItems")."""

Key = tuple[str, str]
"""`pk` and `sk`."""


class Stale(Exception):
    """The item is not what the writer believed; `now` is what stands there, where it is told."""

    def __init__(self, now: Item | None = None) -> None:
        super().__init__("somebody else wrote this item meanwhile")
        self.now = now


class Put(msgspec.Struct, frozen=True):
    """Replace an item whose revision is *seen*; with None, where there is none yet.

    The item's own `rev` is written as the next one, its `write` as a name for this write, by which
    a repetition knows that the first try was carried out and only its answer got lost.
    """

    item: Mapping[str, Any]
    seen: int | None


class Delete(msgspec.Struct, frozen=True):
    """Remove an item whose revision is *seen*."""

    key: Key
    seen: int


Write = Put | Delete


class Table:
    """The items, by primary key and by the table's indexes."""

    def __init__(self, caller: Caller, name: str) -> None:
        self._caller = caller
        self.name = name

    def get(self, key: Key) -> Item | None:
        """The item as it is now; raises AwsFailed."""
        told = self._call("GetItem", {"Key": _key(key), "ConsistentRead": True})
        return plain(told["Item"]) if told.get("Item") else None

    def get_all(self, keys: Sequence[Key], *, exact: bool = True) -> dict[Key, Item]:
        """Those of the items that are there; *exact* sees every write that has been answered."""
        found: dict[Key, Item] = {}
        wanted = list(dict.fromkeys(keys))
        if len(wanted) == 1 and exact:
            item = self.get(wanted[0])
            return {wanted[0]: item} if item else {}
        for start in range(0, len(wanted), _MOST_READ):
            asked: Any = {
                self.name: {
                    "Keys": [_key(k) for k in wanted[start : start + _MOST_READ]],
                    "ConsistentRead": exact,
                }
            }
            for pause in pauses(_MOST_ROUNDS):
                time.sleep(pause)
                told = self._post("BatchGetItem", {"RequestItems": asked})
                for one in told["Responses"].get(self.name, []):
                    item = plain(one)
                    found[item["pk"], item["sk"]] = item
                asked = told.get("UnprocessedKeys")
                if not asked:
                    break
            else:
                raise AwsFailed("BatchGetItem", "UnprocessedKeys")
        return found

    def write(self, one: Write) -> None:
        """Carry one write out; raises Stale with the item that stood in the way, or AwsFailed."""
        name = _new_name()
        operation, request = self._request(one, name)
        try:
            self._call(operation, request)
        except AwsFailed as error:
            if error.code != "ConditionalCheckFailedException":
                raise
            now = _item_of(error)
            if now is None or now.get("write") != name:
                raise Stale(now) from None

    def write_all(self, writes: Sequence[Write]) -> None:
        """Carry several writes out in one stroke, or none; raises Stale or AwsFailed."""
        if len(writes) == 1:
            self.write(writes[0])
            return
        name = _new_name()
        requests = [self._request(one, name) for one in writes]
        body = {
            "TransactItems": [
                {operation.removesuffix("Item"): {"TableName": self.name, **request}}
                for operation, request in requests
            ]
        }
        refused: AwsFailed | None = None
        for pause in pauses(_MOST_ROUNDS):
            time.sleep(pause)
            try:
                self._post("TransactWriteItems", body)
            except AwsFailed as error:
                if error.code != "TransactionCanceledException":
                    raise
                refused = error
                reasons = _reasons(error)
                if any(plain(r["Item"]).get("write") == name for r in reasons if r.get("Item")):
                    return
                codes = {one.get("Code", "") for one in reasons}
                if "ConditionalCheckFailed" in codes:
                    raise Stale from None
                if not codes & _BUSY:
                    raise
            else:
                return
        if refused is not None:
            raise refused

    def _request(self, one: Write, name: str) -> tuple[str, dict[str, Any]]:
        told = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        match one:
            case Put(item=item, seen=None):
                new = typed({**item, "rev": 1, "write": name})
                free = "attribute_not_exists(pk)"
                return "PutItem", {"Item": new, "ConditionExpression": free, **told}
            case Put(item=item, seen=int(seen)):
                new = typed({**item, "rev": seen + 1, "write": name})
                return "PutItem", {"Item": new, **_seen(seen), **told}
            case Delete(key=key, seen=seen):
                return "DeleteItem", {"Key": _key(key), **_seen(seen), **told}
        raise TypeError(one)

    def put_if(self, item: Mapping[str, Any], condition: str, values: Mapping[str, Any]) -> None:
        """Put an item under a condition of its own ("": whatever is there); raises Stale with
        what stood in the way."""
        request: dict[str, Any] = {"Item": typed(item)}
        if condition:
            request["ConditionExpression"] = condition
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        if values:
            request["ExpressionAttributeValues"] = typed(values)
        try:
            self._call("PutItem", request)
        except AwsFailed as error:
            if error.code == "ConditionalCheckFailedException":
                raise Stale(_item_of(error)) from None
            raise

    def query(
        self,
        condition: str,
        values: Mapping[str, Any],
        *,
        index: str = "",
        limit: int = 0,
        backwards: bool = False,
    ) -> Iterator[Item]:
        """Items of one partition in the order of the sort key; at most *limit*, 0: all."""
        request: dict[str, Any] = {
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": typed(values),
            "ScanIndexForward": not backwards,
        }
        if index:
            request["IndexName"] = index
        else:
            request["ConsistentRead"] = True
        if limit:
            request["Limit"] = limit
        left = limit
        for page in self._pages("Query", request):
            for one in page.get("Items", []):
                yield plain(one)
                left -= 1
                if limit and not left:
                    return

    def count(self, condition: str, values: Mapping[str, Any], index: str) -> int:
        """How many items of an index fit."""
        request = {
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": typed(values),
            "IndexName": index,
            "Select": "COUNT",
        }
        return sum(page["Count"] for page in self._pages("Query", request))

    def scan(self) -> Iterator[Item]:
        """Every item, in no order: for accounts, which cost a read of the whole table."""
        for page in self._pages("Scan", {"ConsistentRead": True}):
            for one in page.get("Items", []):
                yield plain(one)

    def _pages(self, operation: str, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
        while True:
            page = self._call(operation, request)
            yield page
            if not page.get("LastEvaluatedKey"):
                return
            request = {**request, "ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        return self._post(operation, {"TableName": self.name, **request})

    def _post(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._caller.json("dynamodb", _API + operation, body)
        told: dict[str, Any] = msgspec.json.decode(answer)
        return told


def _key(key: Key) -> dict[str, Any]:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def _seen(seen: int) -> dict[str, Any]:
    return {
        "ConditionExpression": "rev = :seen",
        "ExpressionAttributeValues": {":seen": {"N": str(seen)}},
    }


def _item_of(error: AwsFailed) -> Item | None:
    item = msgspec.json.decode(error.answer).get("Item")
    return plain(item) if item else None


def _reasons(error: AwsFailed) -> list[dict[str, Any]]:
    """Why a transaction was cancelled: `Code` and, where it is told, `Item`, for each write."""
    reasons: list[dict[str, Any]] = msgspec.json.decode(error.answer).get("CancellationReasons", [])
    return reasons


def _new_name() -> str:
    return os.urandom(6).hex()
