"""Leads of a store without an index of words: what is searched is looked up whole, as an id, e-mail
address, phone number or record of the CRM. Nothing else is searched, so that no search reads all
leads. Lists without words are `Browser`'s."""

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice

import msgspec

from leadline.operations.lists import listing
from leadline.operations.lists.browsing import Browser, Shown, Wanted
from leadline.operations.lists.listing import ContactReader, Listed
from leadline.ports.reading.ledger import LeadFilter, Ledger
from leadline.ports.reading.questions import LeadQuestion, Questions

MOST_NAMED = 500
"""The most leads that one look-up returns; an address or a number has far fewer."""


class LookUpBrowser(Browser):
    """As `Browser`, but words are looked up by *ask*, whose questions answer whole values."""

    def __init__(
        self,
        ledger: Ledger,
        read: ContactReader,
        shown: Shown | None,
        ask: Callable[[], Questions],
    ) -> None:
        super().__init__(ledger, read, shown)
        self._ask = ask

    def newer(self, wanted: Wanted, than: str, most: int = 100) -> int:
        """See `Browser.newer`; the leads that words name are few."""
        if not wanted.words:
            return super().newer(wanted, than, most)
        came = (one for one in self._matching(wanted) if one.row.lead_id > than)
        return sum(1 for _ in islice(came, most))

    def _rows(self, wanted: Wanted) -> Iterator[Listed]:
        if not wanted.words:
            return super()._rows(wanted)
        ids = self._named(wanted)
        if not ids:
            return iter(())
        which = msgspec.structs.replace(self._filter(wanted), ids=ids, limit=len(ids))
        rows = listing.with_waits(self._ledger, which, self._read)
        fits = (one for one in rows if one.on_hold or not wanted.held)
        return fits if self._shown is None else map(self._shown, fits)

    def _named(self, wanted: Wanted) -> tuple[str, ...]:
        """The ids of the leads that the words name."""
        query = LeadQuestion(
            text=wanted.words,
            statuses=(wanted.status,) if wanted.status else (),
            sources=(wanted.source,) if wanted.source else (),
            masked=self._shown is not None,
        )
        with closing(self._ask()) as questions:
            return tuple(row.lead_id for row in questions.page(query, limit=MOST_NAMED).rows)

    def _filter(self, wanted: Wanted) -> LeadFilter:
        return msgspec.structs.replace(super()._filter(wanted), search=None)

    def _is_bare(self, wanted: Wanted) -> bool:
        return not wanted.words and super()._is_bare(wanted)

    def _must_look(self, wanted: Wanted) -> bool:
        return bool(wanted.words) or super()._must_look(wanted)
