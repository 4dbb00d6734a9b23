"""One DynamoDB table. Items are replaced as wholes, each write checked by the item's revision."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from leadline.model.batches import batched
from leadline.net.aws.calls import AwsFailed, Caller
from leadline.net.aws.pauses import pauses, wait
from leadline.stores.aws.refused_writes import items_in_the_way, refusal_codes
from leadline.stores.aws.shards.placing import SHARDS, KnownCounts, is_indexed, with_shard
from leadline.stores.aws.values import Item, plain, typed

_API = "DynamoDB_20120810."
_MOST_READ = 100
"""The maximum number of items per BatchGetItem (DynamoDB API Reference)."""
_MOST_ROUNDS = 8
_BUSY = frozenset(["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
"""Temporary reasons for the cancellation of a transaction (DynamoDB API Reference,
"TransactWriteItems")."""

Key = tuple[str, str]
"""`pk` and `sk`."""


class Stale(Exception):
    """An item is not in the state that the writer expected; `stood` are the items as they are, as
    far as AWS returns them (missing items are not returned)."""

    def __init__(self, *stood: Item) -> None:
        super().__init__("somebody else wrote this item meanwhile")
        self.stood = stood

    @property
    def now(self) -> Item | None:
        """The item as it is, after a single write."""
        return self.stood[0] if self.stood else None


class Put(msgspec.Struct, frozen=True):
    """Replace an item whose revision is *seen*; None: the item must not exist yet.

    The write sets the item's `rev` to the next revision, and `write` to a name of this write, by
    which a repeated request detects that the first one was carried out and only its response lost.
    """

    item: Mapping[str, Any]
    seen: int | None


class PutIf(msgspec.Struct, frozen=True):
    """Put an item under a given condition ("": unconditionally)."""

    item: Mapping[str, Any]
    condition: str = ""
    values: Mapping[str, Any] = {}


class Delete(msgspec.Struct, frozen=True):
    """Remove an item whose revision is *seen*; None: unconditionally."""

    key: Key
    seen: int | None


Write = Put | PutIf | Delete


class Table:
    """The items, by primary key and by the indexes, whose new entries go to so many *shards*."""

    def __init__(self, caller: Caller, name: str, shards: int = SHARDS) -> None:
        self._caller = caller
        self.name = name
        self.shards = shards
        self.known = KnownCounts()

    def seconds_left(self) -> float:
        """The seconds in which calls can still be made; infinite without a limit."""
        return self._caller.seconds_left()

    def get(self, key: Key, *, exact: bool = True) -> Item | None:
        """The item as it is now, or, unless *exact*, for half the price as it was a moment ago;
        raises AwsFailed."""
        response = self._call("GetItem", {"Key": _key(key), "ConsistentRead": exact})
        return plain(response["Item"]) if response.get("Item") else None

    def get_all(self, keys: Sequence[Key], *, exact: bool = True) -> dict[Key, Item]:
        """The items with these keys; missing ones are left out. *exact* reads are strongly
        consistent. Raises AwsFailed."""
        found: dict[Key, Item] = {}
        wanted = list(dict.fromkeys(keys))
        if len(wanted) == 1 and exact:
            item = self.get(wanted[0])
            return {wanted[0]: item} if item else {}
        for some in batched(wanted, _MOST_READ):
            asked: Any = {
                self.name: {
                    "Keys": [_key(k) for k in some],
                    "ConsistentRead": exact,
                }
            }
            for pause in pauses(_MOST_ROUNDS):
                wait(pause)
                response = self._post("BatchGetItem", {"RequestItems": asked})
                for one in response["Responses"].get(self.name, []):
                    item = plain(one)
                    found[item["pk"], item["sk"]] = item
                asked = response.get("UnprocessedKeys")
                if not asked:
                    break
            else:
                raise AwsFailed("BatchGetItem", "UnprocessedKeys")
        return found

    def write(self, one: Write) -> None:
        """Carry one write out; raises Stale or AwsFailed."""
        name = _new_name()
        operation, request = self._request(one, name)
        try:
            self._call(operation, request)
        except AwsFailed as error:
            if error.code != "ConditionalCheckFailedException":
                raise
            stood = items_in_the_way(error)
            if not any(item.get("write") == name for item in stood):
                raise Stale(*stood) from None

    def write_all(self, writes: Sequence[Write], spare: float = 0.0) -> None:
        """Carry out all of the writes in one transaction, or none; raises Stale or AwsFailed. While
        other transactions are in the way it is tried again, as long as *spare* seconds are left."""
        if len(writes) == 1:
            self.write(writes[0])
            return
        name = _new_name()
        body = self._transaction(writes, name)
        refused: AwsFailed | None = None
        for pause in pauses(_MOST_ROUNDS):
            if refused is not None and self.seconds_left() - pause < spare:
                break
            wait(pause)
            try:
                self._post("TransactWriteItems", body)
            except AwsFailed as error:
                if _passed(error, name):
                    return
                refused = error
            else:
                return
        if refused is not None:
            raise refused

    def write_in_turn(self, writes: Iterable[Write]) -> None:
        """Carry out the writes one after another, up to the first that raises."""
        for one in writes:
            self.write(one)

    def _transaction(self, writes: Sequence[Write], name: str) -> dict[str, Any]:
        requests = [
            {operation.removesuffix("Item"): {"TableName": self.name, **request}}
            for operation, request in (self._request(one, name) for one in writes)
        ]
        return {"TransactItems": requests}

    def _placed(self, item: Mapping[str, Any]) -> Mapping[str, Any]:
        """The item with the shard of its index entries."""
        if self.shards > SHARDS and is_indexed(item) and not self.known.is_announced():
            from leadline.stores.aws.shards.counts import announce  # most tables have no more

            announce(self)
        return with_shard(item, self.shards)

    def _request(self, one: Write, name: str) -> tuple[str, dict[str, Any]]:
        match one:
            case Put(item=item, seen=None):
                new = {**self._placed(item), "rev": 1, "write": name}
                return "PutItem", {"Item": typed(new), **_only_if("attribute_not_exists(pk)")}
            case Put(item=item, seen=int(seen)):
                new = {**self._placed(item), "rev": seen + 1, "write": name}
                return "PutItem", {"Item": typed(new), **_only_if("rev = :seen", {":seen": seen})}
            case PutIf(item=item, condition=condition, values=values):
                new = typed({**self._placed(item), "write": name})
                return "PutItem", {"Item": new, **_only_if(condition, values)}
            case Delete(key=key, seen=None):
                return "DeleteItem", {"Key": _key(key)}
            case Delete(key=key, seen=int(seen)):
                return "DeleteItem", {"Key": _key(key), **_only_if("rev = :seen", {":seen": seen})}
        raise TypeError(one)

    def put_if(self, item: Mapping[str, Any], condition: str, values: Mapping[str, Any]) -> None:
        """See `PutIf`; raises Stale or AwsFailed."""
        self.write(PutIf(item, condition, values))

    def query(
        self,
        condition: str,
        values: Mapping[str, Any],
        *,
        index: str = "",
        limit: int = 0,
        page: int = 0,
        backwards: bool = False,
    ) -> Iterator[Item]:
        """Items of one partition in order of the sort key, at most *limit* (0: all), which are read
        as they are needed, *page* at once (0: as many as AWS gives, or *limit*)."""
        request: dict[str, Any] = {
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": typed(values),
            "ScanIndexForward": not backwards,
        }
        if index:
            request["IndexName"] = index
        else:
            request["ConsistentRead"] = True
        if limit or page:
            request["Limit"] = page or limit
        left = limit
        for answer in self._pages("Query", request):
            for one in answer.get("Items", []):
                yield plain(one)
                left -= 1
                if limit and not left:
                    return

    def count(self, condition: str, values: Mapping[str, Any], index: str, most: int = 0) -> int:
        """The number of items of an index that match; at most *most* are counted (0: all)."""
        request: dict[str, Any] = {
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": typed(values),
            "IndexName": index,
            "Select": "COUNT",
        }
        if most:
            return int(self._call("Query", {**request, "Limit": most})["Count"])
        return sum(page["Count"] for page in self._pages("Query", request))

    def scan(self, index: str = "") -> Iterator[Item]:
        """All items of the table, or all entries of an index, in no order."""
        request = {"IndexName": index} if index else {"ConsistentRead": True}
        for page in self._pages("Scan", request):
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
        response: dict[str, Any] = msgspec.json.decode(answer)
        return response


def _key(key: Key) -> dict[str, Any]:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def _only_if(condition: str, values: Mapping[str, Any] = {}) -> dict[str, Any]:
    """The part of a request that makes it conditional."""
    if not condition:
        return {}
    told = {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    return {**told, "ExpressionAttributeValues": typed(values)} if values else told


def _passed(error: AwsFailed, name: str) -> bool:
    """Whether an earlier request carried out the transaction of this name in spite of the error.
    Raises Stale if an item is not in the expected state, AwsFailed if a further request is useless.
    """
    if error.code != "TransactionCanceledException":
        raise error
    stood, codes = items_in_the_way(error), refusal_codes(error)
    if any(item.get("write") == name for item in stood):
        return True
    if "ConditionalCheckFailed" in codes:
        raise Stale(*stood) from None
    if codes & {"ValidationError", "ValidationException"}:
        raise AwsFailed(error.what, "ValidationException", error.answer) from None
    if not codes & _BUSY:
        raise error
    return False


def _new_name() -> str:
    return os.urandom(6).hex()
