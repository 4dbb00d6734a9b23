"""Chooses how the leads of a query are reached."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import apsw
import msgspec

from leadline.ports.reading.questions import MOST_COUNTED, LeadQuestion, SortKey
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.index.selecting import (
    BY_TIME,
    IS_LEAD,
    ROWID,
    IndexCondition,
    conditions_of,
)
from leadline.stores.sqlite.queries import Queries

_sql = Queries(__name__)
_PAGE, _FEW = 50, 1_000
_MANY = 0.3
"""The share of leads that is assumed to meet a condition that too many meet to be counted."""


class IndexPlan(NamedTuple):
    """How the leads of a query are reached: by a driver whose leads are few, or (None) by walking
    them in order."""

    driver: IndexCondition | None
    others: list[IndexCondition]

    def selection(self) -> tuple[str, list[Any]]:
        """The condition in SQL with its values."""
        parts = [(one.check, one.values) for one in self.others]
        if self.driver is not None:
            parts.insert(0, self.driver.driver)
        sql = " AND ".join(f"({check})" for check, _ in parts) or "1"
        return sql, [value for _, values in parts for value in values]

    def access(self, order: str = "") -> str:
        """How the table of facets is read; by an index of the order that is wanted if the leads are
        walked."""
        if self.driver is not None:
            return self.driver.access
        return f"INDEXED BY {order}" if order else ""


class Planner:
    """The conditions of a query with their numbers of leads."""

    def __init__(self, index: apsw.Connection, query: LeadQuestion) -> None:
        self._index = index
        self._conditions = conditions_of(query)
        self._is_by_time = query.sort is SortKey.CAPTURED
        self._found: list[int] | None = None

    @cached_property
    def _numbers(self) -> dict[int, int]:
        """How many leads meet each condition that leads to rows."""
        return {
            at: self._number_of([one], one.most + 1)
            for at, one in enumerate(self._conditions)
            if one.access
        }

    def for_rows(self) -> IndexPlan:
        """For a page of rows in some order."""
        if (at := self._only_of_time()) is not None:
            return self._by(at)
        best = self._best()
        if best is None:
            return IndexPlan(None, self._conditions)
        number = self._numbers[best]
        if number <= MOST_COUNTED or number < self._steps_of_walk():
            return self._found_by(best)
        return IndexPlan(None, self._conditions)

    def _only_of_time(self) -> int | None:
        """The condition of a time of capture, if it alone leads to rows and these are wanted in the
        order of their capture: then it need not be known how many they are."""
        leading = [at for at, one in enumerate(self._conditions) if one.access]
        if self._is_by_time and len(leading) == 1:
            at = leading[0]
            return at if self._conditions[at].access == BY_TIME else None
        return None

    def _found_by(self, at: int) -> IndexPlan:
        """By a condition that leads to many rows of which few meet the others, these rows: they are
        looked for once, and not again for their number and for other pages."""
        plan = self._by(at)
        if self._numbers[at] <= _FEW or len(plan.others) - plan.others.count(IS_LEAD) < 1:
            return plan
        if self._found is None:
            sql, values = plan.selection()
            text = _sql.row_numbers.format(access=plan.access(), selection=sql)
            self._found = [n for (n,) in bulk.query(self._index, text, *values, _FEW + 1)]
        if len(self._found) > _FEW:
            return plan
        these = msgspec.json.encode(self._found).decode()
        return IndexPlan(IndexCondition(_sql.these, (these,), ROWID), [])

    def number(self, most: int) -> int:
        """How many leads the query has, up to a number."""
        if self._found is not None and len(self._found) <= _FEW:
            return min(len(self._found), most)
        texts = [one for one in self._conditions if one is not IS_LEAD]
        if texts and all(one.match for one in texts):
            return self._number_of(texts, most)
        if len(texts) == 1 and texts[0].drive and most <= texts[0].most + 1:
            return min(self._numbers[self._conditions.index(texts[0])], most)
        usable = [
            at for at, number in self._numbers.items()
            if not self._conditions[at].drive or number <= MOST_COUNTED
        ]  # fmt: skip
        best = min(usable, key=self._numbers.__getitem__, default=None)
        if best is None:
            return self._count(IndexPlan(None, self._conditions), most)
        number = self._less_others(best, most) if self._by(best).others == [IS_LEAD] else None
        return self._count(self._by(best), most) if number is None else number

    def _less_others(self, at: int, most: int) -> int | None:
        """How many leads meet a condition, as what meets it less the events among these that are no
        leads, which are few: so the facets of the leads are not read. None if they are not few, or
        too many events meet the condition to be counted."""
        condition, number = self._conditions[at], self._numbers[at]
        ((others,),) = bulk.query(self._index, _sql.other_events, number)
        if number - others >= most:
            return most
        if condition.access == ROWID or number > condition.most or others > number // 2:
            return None
        text = _sql.others_so.format(check=condition.check)
        ((so,),) = bulk.query(self._index, text, *condition.values)
        return min(number - int(so), most)

    def _number_of(self, conditions: Sequence[IndexCondition], most: int) -> int:
        """How many leads meet a condition, or conditions on the search table."""
        if not conditions[0].match:
            return self._count(IndexPlan(conditions[0], []), most)
        match = " AND ".join(f"({one.match})" for one in conditions)
        ((number,),) = bulk.query(self._index, _sql.found, match, most)
        return int(number)

    def _count(self, plan: IndexPlan, most: int) -> int:
        sql, values = plan.selection()
        text = _sql.number.format(access=plan.access(), selection=sql)
        ((number,),) = bulk.query(self._index, text, *values, most)
        return int(number)

    def _best(self) -> int | None:
        """The condition that the fewest leads meet, if they are not too many."""
        usable = [at for at, n in self._numbers.items() if n <= self._conditions[at].most]
        return min(usable, key=self._numbers.__getitem__, default=None)

    def _by(self, at: int) -> IndexPlan:
        others = [one for other, one in enumerate(self._conditions) if other != at]
        return IndexPlan(self._conditions[at], others)

    def _steps_of_walk(self) -> float:
        """About how many leads a walk looks at before it has found a page."""
        ((all_leads,),) = bulk.query(self._index, _sql.all_leads)
        share = 1.0
        for at, number in self._numbers.items():
            is_known = number <= self._conditions[at].most
            share *= number / max(all_leads, 1) if is_known else _MANY
        return min(_PAGE / max(share, 1e-12), float(all_leads))
