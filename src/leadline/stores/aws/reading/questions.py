"""Answers questions (`ports.reading.questions.Questions`) about the leads of a stack, as far as the
indexes of its table reach: by id, e-mail address, phone number and CRM record; by day, source,
status and owner, newest first. What they can't answer is said in words; no question reads the whole
table."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import NoReturn, Protocol

import msgspec

from leadline.duplicates.keys import candidate_keys
from leadline.model.facts.likeness import Candidates, Traits
from leadline.model.keys import record_key
from leadline.ports.reading.ledger import LeadFilter, LeadRow, Ledger, id_digits
from leadline.ports.reading.listing import FEWEST_DIGITS
from leadline.ports.reading.questions import (
    MOST_COUNTED,
    NOT_LEADS,
    Bar,
    Behind,
    By,
    Counted,
    Facets,
    Figures,
    FoundLeads,
    LeadQuestion,
    Repeats,
    SortKey,
    Unanswerable,
)
from leadline.refine.emails.email import canonical_address
from leadline.stores.facets import digits_of

MOST_LOOKED = 2_000
"""The most leads that are looked at for one answer, because what is read is paid for."""
CAN = (
    "on AWS leads are found by a whole id, e-mail address, phone number or record of the CRM, and "
    "listed by day, source, status and owner, newest first"
)
_FEWEST_OF_PHONE = 7
_MOMENT = timedelta(microseconds=1)


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    at: datetime
    lead_id: str


class Finder(Protocol):
    """What of a store is asked for leads by record, address and number."""

    def of_records(self, record_keys: Sequence[bytes]) -> Mapping[bytes, str]:
        """See `ports.store.Leads.of_records`."""

    def candidates(self, keys: Mapping[str, Sequence[bytes]]) -> Mapping[str, Candidates]:
        """See `ports.store_parts.duplicates.Duplicates.candidates`."""


class AwsQuestions:
    """`ports.reading.questions.Questions` on a stack. *sources* are those whose records are looked
    up."""

    def __init__(self, ledger: Ledger, store: Finder, sources: Sequence[str]) -> None:
        self._ledger = ledger
        self._store = store
        self._sources = sources

    def page(self, query: LeadQuestion, cursor: str | None = None, limit: int = 50) -> FoundLeads:
        """See `ports.reading.questions.Questions.page`; there are no cursors back. A page may have
        fewer leads than asked for and yet a next one: only `MOST_LOOKED` are looked at."""
        place = _decoded(cursor) if cursor else None
        found: list[LeadRow] = []
        last, looked = place, 0
        for looked, row in enumerate(self._looked(query, place), 1):  # noqa: B007
            last = _Cursor(row.captured_at, row.lead_id)
            if _fits(row, query):
                found.append(row)
            if len(found) == limit:
                break
        else:
            if looked < MOST_LOOKED:
                return FoundLeads(tuple(found))
        return FoundLeads(tuple(found), _encoded(last) if last else None)

    def place(self, query: LeadQuestion, lead_id: str) -> str | None:
        """See `ports.reading.questions.Questions.place`."""
        del query  # a stack has one order
        for row in self._ledger.find(LeadFilter(ids=(lead_id,), limit=1)):
            return _encoded(_Cursor(row.captured_at, row.lead_id))
        return None

    def ids(self, query: LeadQuestion, most: int) -> Sequence[str]:
        """See `ports.reading.questions.Questions.ids`; only `MOST_LOOKED` are looked at."""
        found = (row.lead_id for row in self._looked(query, None) if _fits(row, query))
        return list(islice(found, most))

    def count(self, query: LeadQuestion, most: int = MOST_COUNTED) -> Counted:
        """See `ports.reading.questions.Questions.count`; only `MOST_LOOKED` are looked at."""
        rows = list(self._looked(query, None))
        number = sum(_fits(row, query) for row in rows)
        return Counted(min(number, most), number > most or len(rows) >= MOST_LOOKED)

    def facets(self, query: LeadQuestion) -> Facets:
        """See `ports.reading.questions.Questions.facets`, of the newest `MOST_LOOKED` leads, and
        without campaigns."""
        rows = list(self._looked(query, None))
        fitting = [row for row in rows if _fits(row, query)]
        return Facets(
            _most_first(row.source for row in fitting),
            {},
            _most_first(row.owner for row in fitting if row.owner),
            _most_first(str(row.status) for row in fitting),
            more=len(rows) >= MOST_LOOKED,
        )

    def figures(
        self, since: datetime, until: datetime, by: Sequence[By] = ()
    ) -> Mapping[tuple[str, ...], Figures]:
        """See `ports.reading.questions.Questions.figures`: a stack keeps no such figures."""
        del since, until, by
        _refuse("figures over time are those of CloudWatch")

    def hours(self, since: datetime, until: datetime, step: timedelta) -> Sequence[Bar]:
        """See `ports.reading.questions.Questions.hours`: a stack keeps no such figures."""
        del since, until, step
        _refuse("figures over time are those of CloudWatch")

    def hour_of_week(self, since: datetime, until: datetime, zone: str) -> Sequence[Sequence[int]]:
        """See `ports.reading.questions.Questions.hour_of_week`: a stack keeps no such figures."""
        del since, until, zone
        _refuse("figures over time are those of CloudWatch")

    def behind(self, now: datetime) -> Behind:
        """See `ports.reading.questions.Questions.behind`; DynamoDB keeps its indexes within a
        second."""
        del now
        return Behind()

    def close(self) -> None:
        """See `ports.reading.questions.Questions.close`."""
        self._ledger.close()

    def _looked(self, query: LeadQuestion, place: _Cursor | None) -> Iterator[LeadRow]:
        """The leads that may fit, newest first, at most `MOST_LOOKED`."""
        _refuse_what_it_cannot(query)
        until = query.until
        if place is not None:
            until = min(filter(None, (until, place.at + _MOMENT)))
        which = LeadFilter(
            ids=tuple(self._named(query)) if query.text.strip() else (),
            status=query.statuses[0] if len(query.statuses) == 1 else None,
            source=query.sources[0] if len(query.sources) == 1 else None,
            since=query.since,
            until=until,
            dead=query.dead,
            unowned=query.unowned,
            events=any(status in NOT_LEADS for status in query.statuses),
            limit=MOST_LOOKED,
        )
        if query.text.strip() and not which.ids:
            return
        for row in islice(self._ledger.each(which), MOST_LOOKED):
            if place is None or (row.captured_at, row.lead_id) < (place.at, place.lead_id):
                yield row

    def _named(self, query: LeadQuestion) -> Iterable[str]:
        """The ids of the leads that a text names: by id, address, number or record. By the end of
        an id only if nothing else is found, since that reads the ids of two weeks."""
        text = query.text.strip()
        is_id = len(id_digits(text)) >= FEWEST_DIGITS
        found = list(self._ledger.complete(text)) if is_id else []
        if not query.masked:
            sources = query.sources or self._sources
            keys = [record_key(source, text) for source in sources]
            found += self._store.of_records(keys).values()
            found += self._by_contact(text)
        if is_id and not found:
            found += self._ledger.ending(text)
        return dict.fromkeys(found)

    def _by_contact(self, text: str) -> Iterator[str]:
        """The leads with an address or a number, by the keys under which duplicates are found."""
        address, digits = canonical_address(text) if "@" in text else None, digits_of(text)
        if address is None and len(digits) < _FEWEST_OF_PHONE:
            return
        emails, phones = ((address,), ()) if address else ((), (digits,))
        made = candidate_keys(Traits(emails=emails, phones=phones))
        keys = [made["email" if address else "phone"]]
        (found,) = self._store.candidates({"": keys}).values()
        yield from (one.lead_id for one in found.candidates)


def _refuse_what_it_cannot(query: LeadQuestion) -> None:
    if query.sort is not SortKey.CAPTURED or not query.descending:
        _refuse("no other order is kept")
    if query.campaigns:
        _refuse("campaigns are in no index")
    if query.valid or query.awaited:
        _refuse("whether a response is awaited is in no index")


def _refuse(why: str) -> NoReturn:
    raise Unanswerable(f"{CAN}; {why}")


def _fits(row: LeadRow, query: LeadQuestion) -> bool:
    """Whether a row meets those conditions that its ledger was not asked for."""
    wanted = query.statuses
    is_wanted = row.status in wanted if wanted else row.status not in NOT_LEADS
    repeats = query.repeats is Repeats.ANY
    repeats |= (query.repeats is Repeats.ONLY) is (row.duplicate_of is not None)
    return (
        is_wanted
        and repeats
        and (row.hot or not query.hot)
        and (not query.sources or row.source in query.sources)
        and (not query.owners or row.owner in query.owners)
    )


def _most_first(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items(), key=lambda one: (-one[1], one[0])))


def _encoded(place: _Cursor) -> str:
    return urlsafe_b64encode(msgspec.json.encode(place)).decode()


def _decoded(cursor: str) -> _Cursor:
    try:
        return msgspec.json.decode(urlsafe_b64decode(cursor.encode()), type=_Cursor)
    except (msgspec.MsgspecError, NotBase64, UnicodeError, ValueError) as error:
        raise ValueError("this is no cursor of a page of leads") from error
