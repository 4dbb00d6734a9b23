"""DynamoDB's typed JSON (DynamoDB API Reference, "AttributeValue"), to and fro."""

from collections.abc import Mapping
from typing import Any

Item = dict[str, Any]
"""An item in plain values: texts, whole numbers, truth values, None, lists and maps of those."""


def to_typed(value: Any) -> dict[str, Any]:
    """A plain value as DynamoDB writes it."""
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int() | float():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case list() | tuple():
            return {"L": [to_typed(one) for one in value]}
        case dict():
            return {"M": typed(value)}
    raise TypeError(f"DynamoDB has no type for {type(value).__name__}")


def typed(item: Mapping[str, Any]) -> dict[str, Any]:
    """A whole item as DynamoDB writes it."""
    return {name: to_typed(value) for name, value in item.items()}


def plain(item: Mapping[str, Any]) -> Item:
    """The reverse of `typed`."""
    return {name: _to_plain(value) for name, value in item.items()}


def _to_plain(value: Mapping[str, Any]) -> Any:
    ((kind, told),) = value.items()
    match kind:
        case "N":
            return int(told) if told.lstrip("-").isdigit() else float(told)
        case "NULL":
            return None
        case "L":
            return [_to_plain(one) for one in told]
        case "M":
            return plain(told)
    return told
