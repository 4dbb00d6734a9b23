"""A ledger whose searches use the index of leads, as long as it is current."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from leadline.ports.reading.ledger import LeadFilter, LeadRow
from leadline.ports.reading.questions import MOST_COUNTED, LeadQuestion
from leadline.stores.sqlite.index.asking import SqliteQuestions
from leadline.stores.sqlite.reading.ledger import SqliteLedger

_AT_ONCE = 200


class SearchingLedger(SqliteLedger):
    """As `SqliteLedger`, but a search finds its words in every text of a lead
    (`ports.reading.questions.LeadQuestion.text`) if the index has all leads as they are. Else, and
    with filters that the index does not know, it is the ledger's own search."""

    def __init__(self, folder: Path, *, masked: bool = False) -> None:
        super().__init__(folder)
        self._folder = folder
        self._masked = masked

    def each(self, which: LeadFilter) -> Iterator[LeadRow]:
        """See `ports.reading.listing.Listing.each`."""
        with closing(SqliteQuestions(self._folder)) as questions:
            query = self._query(which, questions)
            if query is None:
                yield from super().each(which)
                return
            yield from islice(_rows(questions, query), which.limit)

    def count(self, which: LeadFilter, most: int) -> int:
        """See `ports.reading.listing.Listing.count`."""
        with closing(SqliteQuestions(self._folder)) as questions:
            query = self._query(which, questions)
            if query is None:
                return super().count(which, most)
            return questions.count(query, min(most, MOST_COUNTED)).number

    def _query(self, which: LeadFilter, questions: SqliteQuestions) -> LeadQuestion | None:
        """What to ask the index; None if it can't answer."""
        if not which.search or which.ids or which.reason is not None or which.events:
            return None
        if not questions.behind(datetime.now(UTC)).is_current or not questions.has_texts:
            return None
        return LeadQuestion(
            text=which.search,
            statuses=(which.status,) if which.status else (),
            sources=(which.source,) if which.source else (),
            since=which.since,
            until=which.until,
            dead=which.dead,
            unowned=which.unowned,
            masked=self._masked,
        )


def _rows(questions: SqliteQuestions, query: LeadQuestion) -> Iterator[LeadRow]:
    page = questions.page(query, limit=_AT_ONCE)
    yield from page.rows
    while page.next:
        page = questions.page(query, page.next, _AT_ONCE)
        yield from page.rows
