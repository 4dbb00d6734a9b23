"""Conversion to and from DynamoDB's typed JSON (DynamoDB API Reference, "AttributeValue")."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

Item = dict[str, Any]
"""An item in plain values: strings, integers, booleans, None, and lists and dicts of these. Bytes
are written as binary, and read as their Base64: what was written as that text reads the same."""


def to_typed(value: Any) -> dict[str, Any]:
    """A plain value as typed JSON; raises TypeError for other types."""
    match value:
        case str():
            return {"S": value}
        case bytes():
            return {"B": b64encode(value).decode()}
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
    """A whole item as typed JSON."""
    return {name: to_typed(value) for name, value in item.items()}


def plain(item: Mapping[str, Any]) -> Item:
    """The reverse of `typed`."""
    return {name: _to_plain(value) for name, value in item.items()}


def _to_plain(value: Mapping[str, Any]) -> Any:
    ((kind, response),) = value.items()
    match kind:
        case "N":
            return int(response) if response.lstrip("-").isdigit() else float(response)
        case "NULL":
            return None
        case "L":
            return [_to_plain(one) for one in response]
        case "M":
            return plain(response)
    return response
