"""moto without what it does over and over: the same answers for a fraction of the work.

moto copies a whole table before each transaction, sorts all of it for each query, and asks the
model of botocore about each value of each answer. Stores here write whole items (PutItem, never
UpdateItem), so nothing changes an item once it is in a table: no copy of it is needed.
"""

import re
from collections.abc import Mapping
from functools import cache
from string import ascii_letters, digits
from types import NoneType
from typing import Any

from moto.core import responses, utils
from moto.core.responses import ActionResult
from moto.core.serialize import JSONSerializer
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import bytesize, dynamo_to_dict
from moto.dynamodb.responses import DynamoHandler, DynamoResult
from moto.moto_api._internal.moto_random import MotoRandom
from moto.moto_server.werkzeug_app import DomainDispatcherApplication as Dispatcher
from moto.sqs import models as sqs_models

MOST_BYTES = 405_000
"""moto's own bound for the size of an item."""


def quicken() -> None:
    """Put the shortcuts into moto, for the whole process."""
    for owner, name, shortcut in (
        (Item, "__init__", _item),
        (Item, "__deepcopy__", _same),
        (Item, "size", _size),
        (Item, "project", _project),
        (DynamoType, "__deepcopy__", _same),
        (DynamoType, "cast_value", property(_cast)),
        (Table, "__deepcopy__", _table),
        (Table, "all_items", _all_items),
        (Table, "query", _query),
        (DynamoHandler, "dynamodb_backend", property(_backend_of)),
        (DynamoResult, "__init__", _result),
        (JSONSerializer, "_serialize_type_structure", _structure),
        (DynamoDBBackend, "update_item", _no_update),
        (Dispatcher, "get_backend_for_host", cache(Dispatcher.get_backend_for_host)),
        (responses, "method_names_from_class", cache(utils.method_names_from_class)),
        (responses, "camelcase_to_underscores", cache(utils.camelcase_to_underscores)),
        (sqs_models, "camelcase_to_underscores", cache(utils.camelcase_to_underscores)),
        (ConditionExpressionParser, "_lex_one_node", _lex_one_node),
        (MotoRandom, "get_random_string", _random_string),
    ):
        setattr(owner, name, shortcut)


@cache
def _backend(account: str, region: str) -> DynamoDBBackend:
    return dynamodb_backends[account][region]


def _backend_of(self: DynamoHandler) -> DynamoDBBackend:
    """`DynamoHandler.dynamodb_backend`, which looks in two tables of which one locks."""
    return _backend(self.current_account, self.region)


_KINDS = ConditionExpressionParser.Nonterminal
_NAME = r"(:|#)?[A-z0-9\-_]+"
_PATTERNS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (_KINDS.WHITESPACE, " +"),
        (_KINDS.COMPARATOR, "<>|<=|>=|=|<|>"),
        (_KINDS.OPERAND, rf"{_NAME}(\.{_NAME}|\[[0-9]\])*"),
        (_KINDS.COMMA, ","),
        (_KINDS.LEFT_PAREN, r"\("),
        (_KINDS.RIGHT_PAREN, r"\)"),
    )
)


def _lex_one_node(self: ConditionExpressionParser, rest: str) -> tuple[Any, str]:
    """`ConditionExpressionParser._lex_one_node`, which compiles its patterns for each word."""
    for kind, pattern in _PATTERNS:
        if match := pattern.match(rest):
            word = match[0]
            return self.Node(kind, self.Kind.LITERAL, word, word, []), rest[len(word) :]
    raise ValueError(f"Cannot parse condition starting at:{rest}")


def _random_string(
    self: MotoRandom, length: int = 20, include_digits: bool = True, lower_case: bool = False
) -> str:
    made = "".join(self.choices(ascii_letters + digits * include_digits, k=length))
    return made.lower() if lower_case else made


def _same(self: Any, memo: dict[int, Any]) -> Any:
    return self


def _no_update(*_: object, **__: object) -> None:
    raise NotImplementedError("UpdateItem would change an item of which no copy is kept")


def _item(
    self: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]
) -> None:
    """`Item.__init__`, which counts all bytes anew for every attribute."""
    _fill(self, hash_key, range_key, {name: DynamoType(value) for name, value in attrs.items()})
    if self.size() > MOST_BYTES:
        raise ItemSizeTooLarge


def _fill(
    item: Any,
    hash_key: DynamoType,
    range_key: DynamoType | None,
    attrs: Mapping[str, DynamoType],
) -> None:
    item.hash_key, item.range_key = hash_key, range_key
    item.attrs = LimitedSizeDict()
    dict.update(item.attrs, attrs)
    item.counted = sum(bytesize(name) + value.size() for name, value in attrs.items())


def _size(self: Any) -> int:
    counted: int = self.counted
    return counted


_full_project = Item.project


def _project(self: Item, projection_expressions: list[list[str]]) -> Item:
    if any(len(one) != 1 or "[" in one[0] for one in projection_expressions):
        return _full_project(self, projection_expressions)
    found: Any = Item.__new__(Item)
    names = [name for (name,) in projection_expressions if name in self.attrs]
    _fill(found, self.hash_key, self.range_key, {name: self.attrs[name] for name in names})
    return found  # type: ignore[no-any-return]


_full_cast: Any = DynamoType.cast_value.fget  # type: ignore[attr-defined]


def _cast(self: DynamoType) -> Any:
    return self.value if self.type == "S" else _full_cast(self)


def _table(self: Table, memo: dict[int, Any]) -> Any:
    """A table to come back to when a transaction fails."""
    kept: Any = Table.__new__(Table)
    kept.__dict__.update(self.__dict__)
    kept.items = self.items.copy()
    if self.has_range_key:
        kept.items.update({key: dict(ranges) for key, ranges in kept.items.items()})
    return kept


_full_all_items = Table.all_items


def _all_items(self: Table) -> list[Item]:
    if (self.hash_key_type, self.range_key_type) != ("S", "S"):
        return _full_all_items(self)
    return sorted(
        (item for ranges in self.items.values() for item in ranges.values()),
        key=lambda item: (item.hash_key.value, item.range_key.value),
    )


_full_query = Table.query


def _query(self: Table, *given: Any, **named: Any) -> Any:
    """`Table.query`, which sorts and compares the items of all partitions, on those of one."""
    attributes = {name: value.value for name, value in named.get("hash_key_conditions") or ()}
    if (self.hash_key_type, self.range_key_type) != ("S", "S") or not attributes:
        return _full_query(self, *given, **named)
    partition: Any = Table.__new__(Table)
    partition.__dict__.update(self.__dict__)
    if [*attributes] == [self.hash_key_attr]:
        key = named["hash_key_conditions"][0][1]
        partition.items = {key: self.items[key]} if key in self.items else {}
    else:
        (name, value), *others = attributes.items()
        partition.items = {
            hash_key: found
            for hash_key, ranges in self.items.items()
            if (
                found := {
                    key: one
                    for key, one in ranges.items()
                    if (attribute := one.attrs.get(name)) is not None
                    and attribute.value == value
                    and (not others or _has(one, attributes))
                }
            )
        }
    return _full_query(partition, *given, **named)


def _has(item: Any, attributes: Mapping[str, Any]) -> bool:
    attrs = item.attrs
    return all(name in attrs and attrs[name].value == value for name, value in attributes.items())


def _result(self: DynamoResult, result: object) -> None:
    ActionResult.__init__(self, _to_dict(result))


def _to_dict(value: Any) -> Any:
    """`dynamo_to_dict`, which tries each part of an answer against all there may be."""
    kind = type(value)
    if kind in (str, int, bool, float, NoneType):
        return value
    if kind is DynamoType and value.type not in ("B", "BS"):
        return {value.type: _to_dict(value.value)}
    if kind is dict:
        return {name: _to_dict(one) for name, one in value.items()}
    if kind is list:
        return [_to_dict(one) for one in value]
    return _to_dict(value.to_json()) if kind is Item else dynamo_to_dict(value)


_full_structure = JSONSerializer._serialize_type_structure


def _structure(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    """An attribute of DynamoDB is JSON already, but for binary ones, of which stores have none."""
    if shape.name == "AttributeValue" and type(value) is dict and key:
        self._default_serialize(serialized, value, shape, key)
    else:
        _full_structure(self, serialized, value, shape, key)
