"""Leads by every filter, answered from an index of all leads (`ports.reading.questions`) where it
can: the answer among a million leads takes as long as one among a thousand, and no lead is left
out."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import TypeVar

import msgspec

from leadline.model.errors import StorageFailed
from leadline.model.ids import moment_of_id
from leadline.operations.lists.browsing import Browser, LeadPage, Order, Shown, Wanted
from leadline.operations.lists.listing import ContactReader, Listed, named
from leadline.ports.clock import Clock
from leadline.ports.reading.ledger import LeadFilter, Ledger
from leadline.ports.reading.questions import (
    Behind,
    FoundLeads,
    LeadQuestion,
    Questions,
    Repeats,
    SortKey,
    Unanswerable,
    WithoutTexts,
)

T = TypeVar("T")
FEW = 2_000
"""Up to so many events, the ledger's own way is as fast, and never behind."""
MOST_WITHOUT = 2_000
"""How many of the newest events are looked at for a page while the index is being made."""
_AT_ONCE = 200
_SORTS = {
    Order.CAPTURED: SortKey.CAPTURED,
    Order.SCORE: SortKey.SCORE,
    Order.OWNER: SortKey.OWNER,
    Order.COMPANY: SortKey.COMPANY,
    Order.NAME: SortKey.NAME,
    Order.SOURCE: SortKey.SOURCE,
    Order.STATUS: SortKey.STATUS,
}
_Z_TO_A_FIRST = (Order.CAPTURED, Order.SCORE)


def lead_question(wanted: Wanted, *, masked: bool) -> LeadQuestion | None:
    """What to ask an index; None if it has no answer: to leads on hold or dead for a reason. With
    *masked*, they are searched and sorted by what is shown of masked leads, which tells no more."""
    if wanted.held or wanted.reason:
        return None
    return LeadQuestion(
        text=wanted.words,
        statuses=(wanted.status,) if wanted.status else (),
        sources=(wanted.source,) if wanted.source else (),
        owners=(wanted.owner,) if wanted.owner else (),
        since=wanted.since,
        until=wanted.until,
        dead=wanted.dead,
        unowned=wanted.unowned,
        hot=wanted.hot,
        repeats=Repeats.ONLY if wanted.duplicates else Repeats.ANY,
        sort=_SORTS[wanted.order],
        descending=wanted.reverse != (wanted.order in _Z_TO_A_FIRST),
        masked=masked,
    )


def is_usable(behind: Behind) -> bool:
    """Whether a list is taken from the index: it is current, or as near as it can be while many
    leads come in."""
    return behind.is_current or (not behind.building and behind.events > FEW)


class IndexedBrowser(Browser):
    """As `Browser`, by an index where it answers: *ask* opens it. The newest leads without a filter
    are always read from the ledger, which is never behind."""

    def __init__(
        self,
        ledger: Ledger,
        read: ContactReader,
        shown: Shown | None,
        ask: Callable[[], Questions],
        clock: Clock,
    ) -> None:
        super().__init__(ledger, read, shown)
        self._ask = ask
        self._clock = clock

    def page(self, wanted: Wanted, size: int, after: str = "") -> LeadPage:
        """See `Browser.page`; `LeadPage.behind` is how far the index is behind."""
        behind, is_narrow = Behind(), False

        def asked(questions: Questions, query: LeadQuestion) -> LeadPage | None:
            nonlocal behind, is_narrow
            behind = questions.behind(self._clock())
            try:
                found = self._found(questions, query, size, after) if is_usable(behind) else None
            except WithoutTexts:
                is_narrow = True
                raise
            if found is None:
                return None
            leads, end = found
            counted = questions.count(query)
            return LeadPage(leads, end, counted.number, counted.more, behind=behind)

        page = self._answer(wanted, after, asked)
        if page is not None:
            return page
        is_missed = behind.building and behind.events > FEW
        look = self._of_newest if is_missed else super().page
        own = look(wanted, size, after)
        is_narrow = is_narrow and self._shown is None and bool(wanted.words)
        return msgspec.structs.replace(
            own, behind=behind if is_missed else None, is_narrow=is_narrow
        )

    def _of_newest(self, wanted: Wanted, size: int, after: str) -> LeadPage:
        """A page while the index is being made, of the newest `MOST_WITHOUT` events alone: without
        an index, a search reads every lead there is."""
        newest = list(self._ledger.each(LeadFilter(events=True, limit=MOST_WITHOUT)))
        first = min(row.captured_at for row in newest)
        if len(newest) < MOST_WITHOUT or (wanted.since is not None and wanted.since > first):
            return super().page(wanted, size, after)
        own = super().page(msgspec.structs.replace(wanted, since=first), size, after)
        return msgspec.structs.replace(own, is_more=True, all_looked=False)

    def following(self, wanted: Wanted, size: int, after: str) -> tuple[tuple[Listed, ...], str]:
        """See `Browser.following`."""

        def asked(
            questions: Questions, query: LeadQuestion
        ) -> tuple[tuple[Listed, ...], str] | None:
            if not is_usable(questions.behind(self._clock())):
                return None
            return self._found(questions, query, size, after)

        found = self._answer(wanted, after, asked)
        return super().following(wanted, size, after) if found is None else found

    def newer(self, wanted: Wanted, than: str, most: int = 100) -> int:
        """See `Browser.newer`; with a filter, of all newer leads that are in the index."""
        at = moment_of_id(than)

        def asked(questions: Questions, query: LeadQuestion) -> int | None:
            if at is None or not is_usable(questions.behind(self._clock())):
                return None
            since = max(at + timedelta.resolution, query.since or at)
            later = msgspec.structs.replace(query, since=since)
            return questions.count(later, most).number

        found = self._answer(wanted, "", asked)
        return super().newer(wanted, than, most) if found is None else found

    def matching(self, wanted: Wanted) -> Iterator[Listed]:
        """See `Browser.matching`."""
        query = self._query(wanted, "")
        if query is not None:
            try:
                with closing(self._ask()) as questions:
                    if is_usable(questions.behind(self._clock())):
                        yield from self._all(questions, query)
                        return
            except Unanswerable:
                pass
        yield from super().matching(wanted)

    def _all(self, questions: Questions, query: LeadQuestion) -> Iterator[Listed]:
        found = questions.page(query, limit=_AT_ONCE)
        yield from self._listed(found)
        while found.next is not None:
            found = questions.page(query, found.next, _AT_ONCE)
            yield from self._listed(found)

    def _answer(
        self, wanted: Wanted, after: str, asked: Callable[[Questions, LeadQuestion], T | None]
    ) -> T | None:
        """The index's answer; None if it has none."""
        query = self._query(wanted, after)
        if query is None:
            return None
        try:
            with closing(self._ask()) as questions:
                return asked(questions, query)
        except (Unanswerable, StorageFailed):  # the ledger says so itself if nothing can be read
            return None

    def _query(self, wanted: Wanted, after: str) -> LeadQuestion | None:
        if wanted == Wanted() and not after:
            return None
        return lead_question(wanted, masked=self._shown is not None)

    def _found(
        self, questions: Questions, query: LeadQuestion, size: int, after: str
    ) -> tuple[tuple[Listed, ...], str] | None:
        """At most *size* leads after one, and the id after which the next page begins; None if the
        index does not know that one."""
        place = questions.place(query, after) if after else None
        if after and place is None:
            return None
        found = questions.page(query, place, size)
        end = found.rows[-1].lead_id if found.next is not None and found.rows else ""
        return tuple(self._listed(found)), end

    def _listed(self, found: FoundLeads) -> Iterator[Listed]:
        rows = named(self._ledger, [row.lead_id for row in found.rows], self._read)
        return iter(rows) if self._shown is None else map(self._shown, rows)
