"""The orders of leads, each in parts that follow each other: leads with a value and those without,
or the leads of one source or status after those of another."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import apsw

from leadline.ports.reading.questions import LeadQuestion, SortKey
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.index.selecting import IndexCondition
from leadline.stores.sqlite.queries import Queries

_sql = Queries(__name__)
_COLUMNS = {
    SortKey.CAPTURED: "captured_at",
    SortKey.SCORE: "score",
    SortKey.OWNER: "owner_key",
    SortKey.COMPANY: "company",
    SortKey.NAME: "name",
    SortKey.SOURCE: "source",
    SortKey.STATUS: "status",
}
_INDEXES = {
    "captured_at": "facet_captured",
    "score": "facet_score",
    "owner_key": "facet_owner_key",
    "company": "facet_company",
    "name": "facet_name",
    "masked_name": "facet_masked_name",
}
_BY_VALUE = {SortKey.SOURCE: "facet_source", SortKey.STATUS: "facet_status"}
"""The orders by a column with few values, and the index with the leads of each by their time."""
OF_PEOPLE = (SortKey.NAME, SortKey.COMPANY)
"""The orders by what an index without texts does not have."""


class OrderPart(NamedTuple):
    """A part of an order: its name, which leads are in it, and the column by which they are
    sorted within it, `down` or up, `walked` by an index that has them so."""

    name: str
    only: IndexCondition
    column: str
    walked: str
    down: bool


def column_of(query: LeadQuestion) -> str:
    """The column by which a query sorts: who sees masked leads sorts by names as they see them."""
    if query.masked and query.sort is SortKey.NAME:
        return "masked_name"
    return _COLUMNS[query.sort]


def order_parts(index: apsw.Connection, query: LeadQuestion) -> list[OrderPart]:
    """The parts of the order of a query, the first one first."""
    column, down = column_of(query), query.descending
    if (by := _BY_VALUE.get(query.sort)) is not None:
        text = _sql.values.format(column=column, access=f"INDEXED BY {by}")
        values: Sequence[str] = sorted((v for (v,) in bulk.query(index, text)), reverse=down)
        only = _sql.has_this.format(column=column)
        return [
            OrderPart(value, IndexCondition(only, (value,)), "captured_at", by, True)
            for value in values
        ]
    first = IndexCondition(_sql.has_value.format(column=column))
    parts = [OrderPart("", first, column, _INDEXES[column], down)]
    if query.sort is not SortKey.CAPTURED:
        rest = IndexCondition(_sql.has_no_value.format(column=column))
        parts.append(OrderPart(LAST, rest, "captured_at", _INDEXES["captured_at"], down))
    return parts


def place_in(sort: SortKey, value: Any, captured_at: int) -> tuple[str, Any]:
    """In which part a lead is with this value in the column of an order, and the value by which it
    is sorted there."""
    if sort in _BY_VALUE:
        return str(value), captured_at
    return (LAST, captured_at) if value is None else ("", value)


LAST = "last"
"""The name of the part of the leads without a value."""
