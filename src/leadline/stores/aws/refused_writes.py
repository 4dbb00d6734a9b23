"""Why DynamoDB refused a write: the items that failed its conditions, and the codes of reasons
(DynamoDB API Reference, "TransactWriteItems")."""

from collections.abc import Mapping
from typing import Any

import msgspec

from leadline.net.aws.calls import AwsFailed
from leadline.stores.aws.values import Item, plain


def items_in_the_way(error: AwsFailed) -> list[Item]:
    """The items that failed a condition, in a single write or a transaction."""
    response = msgspec.json.decode(error.answer)
    return [plain(one["Item"]) for one in (response, *_refusals(response)) if one.get("Item")]


def refusal_codes(error: AwsFailed) -> set[str]:
    """The codes of the reasons why a transaction was cancelled."""
    return {one.get("Code", "") for one in _refusals(msgspec.json.decode(error.answer))}


def _refusals(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The reasons for the cancellation of a transaction, one for each write."""
    return told.get("CancellationReasons") or []
