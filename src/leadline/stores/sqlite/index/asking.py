"""Answers questions (`ports.reading.questions.Questions`) from the index of the embedded store."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import apsw
import msgspec

from leadline.model.ids import is_lead_id
from leadline.ports.reading.ledger import LeadFilter
from leadline.ports.reading.questions import (
    MOST_COUNTED,
    Behind,
    Counted,
    Facets,
    FoundLeads,
    LeadQuestion,
    Unanswerable,
    WithoutTexts,
)
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.index.figures import SqliteFigures
from leadline.stores.sqlite.index.file import errors_of_reading, is_of_folder, open_to_read
from leadline.stores.sqlite.index.making import behind
from leadline.stores.sqlite.index.ordering import (
    OF_PEOPLE,
    OrderPart,
    column_of,
    order_parts,
    place_in,
)
from leadline.stores.sqlite.index.planning import IndexPlan, Planner
from leadline.stores.sqlite.index.selecting import IndexCondition
from leadline.stores.sqlite.index.writing import index_state
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.values import bytes_of, text_of

_sql = Queries(__name__)
NO_INDEX = (
    "the index of leads is not made yet; `leadline serve` makes it in the background, and "
    "`leadline index rebuild` at once"
)
NO_TEXTS = "the index of these leads has no texts, because they are encrypted"


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    """A place in a part of the order (`OrderPart`): after it or, with `back`, before it."""

    back: bool
    part: str
    value: float | str
    n: int


class SqliteQuestions(SqliteFigures):
    """`ports.reading.questions.Questions` on the index of a data folder. For one thread at a
    time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ledger = SqliteLedger(folder)
        self._open: apsw.Connection | None = None
        self._planned: tuple[LeadQuestion, int, Planner] | None = None

    @property
    def _index(self) -> apsw.Connection:
        index = self._now()
        if index is None:
            raise Unanswerable(NO_INDEX)
        return index

    def _now(self) -> apsw.Connection | None:
        """The index that the folder has now; it may have been made anew."""
        if self._open is not None and not is_of_folder(self._open, self._folder):
            self._open.close()
            self._open = self._planned = None
        if self._open is None:
            self._open = open_to_read(self._folder)
        return self._open

    def page(self, query: LeadQuestion, cursor: str | None = None, limit: int = 50) -> FoundLeads:
        """See `ports.reading.questions.Questions.page`."""
        place = _decoded(cursor) if cursor else None
        with errors_of_reading():
            found = self._rows(query, place, limit + 1)
        is_more = len(found) > limit
        found = found[:limit]
        back = place is not None and place.back
        if back:
            found.reverse()
        has_next, has_previous = (True, is_more) if back else (is_more, place is not None)
        ids = tuple(text_of(key) for _, key, _, _ in found)
        listed = self._ledger.find(LeadFilter(ids=ids, limit=limit)) if ids else ()
        rows = {row.lead_id: row for row in listed}
        return FoundLeads(
            tuple(rows[i] for i in ids if i in rows),
            _encoded(found[-1], back=False) if has_next and found else None,
            _encoded(found[0], back=True) if has_previous and found else None,
        )

    def place(self, query: LeadQuestion, lead_id: str) -> str | None:
        """See `ports.reading.questions.Questions.place`."""
        if not is_lead_id(lead_id):
            return None
        text = _sql.place.format(column=column_of(query))
        with errors_of_reading():
            found = bulk.query(self._index, text, bytes_of(lead_id))
        if not found:
            return None
        n, value, captured_at = found[0]
        part, value = place_in(query.sort, value, captured_at)
        return _encoded((n, b"", value, part), back=False)

    def ids(self, query: LeadQuestion, most: int) -> Sequence[str]:
        """See `ports.reading.questions.Questions.ids`."""
        with errors_of_reading():
            return [text_of(key) for _, key, _, _ in self._rows(query, None, most)]

    def count(self, query: LeadQuestion, most: int = MOST_COUNTED) -> Counted:
        """See `ports.reading.questions.Questions.count`."""
        with errors_of_reading():
            number = self._planner(query).number(most + 1)
        return Counted(min(number, most), number > most)

    def facets(self, query: LeadQuestion) -> Facets:
        """See `ports.reading.questions.Questions.facets`."""
        with errors_of_reading():
            plan = self._planner(query).for_rows()
            sql, values = plan.selection()
            access = plan.access("facet_captured")
            text = _sql.values.format(access=access, selection=sql)
            rows = bulk.query(self._index, text, *values, MOST_COUNTED + 1)
        sources, campaigns, owners, statuses = (
            _most_first(row[at] for row in rows[:MOST_COUNTED]) for at in range(4)
        )
        return Facets(sources, campaigns, owners, statuses, len(rows) > MOST_COUNTED)

    def behind(self, now: datetime) -> Behind:
        """See `ports.reading.questions.Questions.behind`."""
        index = self._now()
        with errors_of_reading():
            return self._ledger.reading_with(lambda data: behind(index, data, now))

    @property
    def has_texts(self) -> bool:
        """Whether texts can be searched."""
        with errors_of_reading():
            return bool(index_state(self._index).texts)

    def close(self) -> None:
        """See `ports.reading.questions.Questions.close`."""
        if self._open is not None:
            self._open.close()
        self._ledger.close()

    def _planner(self, query: LeadQuestion) -> Planner:
        """The planner of a query: the last one if it was of the same query, and nobody has written
        the index since."""
        if (query.text.strip() or query.sort in OF_PEOPLE) and not self.has_texts:
            raise WithoutTexts(NO_TEXTS)
        version = int(self._index.pragma("data_version"))
        if self._planned is None or self._planned[:2] != (query, version):
            self._planned = (query, version, Planner(self._index, query))
        return self._planned[2]

    def _rows(self, query: LeadQuestion, place: _Cursor | None, most: int) -> list[tuple[Any, ...]]:
        """The next rows in order: number, id, value, and the name of their part."""
        plan = self._planner(query).for_rows()
        parts = order_parts(self._index, query)
        back = place is not None and place.back
        if back:
            parts.reverse()
        names = [one.name for one in parts]
        begins = names.index(place.part) if place and place.part in names else 0
        found: list[tuple[Any, ...]] = []
        for part in parts[begins:]:
            begin = place if place is not None and place.part == part.name else None
            rows = self._part(plan, part, begin, part.down != back, most - len(found))
            found += [(*row, part.name) for row in rows]
            if len(found) >= most:
                break
        return found

    def _part(
        self, plan: IndexPlan, part: OrderPart, begin: _Cursor | None, down: bool, most: int
    ) -> list[tuple[Any, ...]]:
        others, column = [*plan.others, part.only], part.column
        if begin is not None:
            beyond = _sql.before if down else _sql.after
            others.append(IndexCondition(beyond.format(column=column), (begin.value, begin.n)))
        sql, values = IndexPlan(plan.driver, others).selection()
        text = _sql.rows.format(
            column=column,
            access=plan.access(part.walked),
            selection=sql,
            direction="DESC" if down else "ASC",
        )
        return bulk.query(self._index, text, *values, most)


def _most_first(values: Iterable[str | None]) -> dict[str, int]:
    counted = Counter(value for value in values if value is not None)
    return dict(sorted(counted.items(), key=lambda one: (-one[1], one[0])))


def _encoded(row: Sequence[Any], *, back: bool) -> str:
    n, _, value, part = row
    return urlsafe_b64encode(msgspec.json.encode(_Cursor(back, part, value, n))).decode()


def _decoded(cursor: str) -> _Cursor:
    try:
        return msgspec.json.decode(urlsafe_b64decode(cursor.encode()), type=_Cursor)
    except (msgspec.MsgspecError, NotBase64, UnicodeError, ValueError) as error:
        raise ValueError("this is no cursor of a page of leads") from error
