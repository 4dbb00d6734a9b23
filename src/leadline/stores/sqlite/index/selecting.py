"""Selections of leads as conditions on the index.

Of the conditions of a query, one leads to the rows (the driver): the one that the fewest leads
meet. The others are checked on each of these rows. If many leads meet each of them, the rows are
walked in the order that is wanted until enough are found (`planning`).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from leadline.model.texts.folding import folded_for_search
from leadline.ports.reading.ledger import id_digits
from leadline.ports.reading.listing import FEWEST_DIGITS
from leadline.ports.reading.questions import MOST_COUNTED, LeadQuestion, Repeats
from leadline.stores.facets import digits_of, spaced
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.reading.selection import ids_that_begin
from leadline.stores.sqlite.values import micros

_sql = Queries(__name__)
_EVER = (0, 1 << 62)
_SHORT = 2
_LAST = chr(0x10FFFF)
MOST_DRIVEN = 50_000
"""Up to how many leads a condition leads to through an index of the facets."""
_MOST_FOUND = MOST_COUNTED + 1
"""So many leads that have a text are found by it; more are not reached by it."""
ROWID = "NOT INDEXED"
"""How a table is read by row numbers that a condition gives."""
BY_TIME = "INDEXED BY facet_captured"
"""How leads are reached by when they were captured."""


class IndexCondition(NamedTuple):
    """A condition with its values. If it may be a driver, `access` is how it leads to rows, and
    `drive` and `drive_values` are its form for that, where it has another. `match` is by
    what the search table finds its leads. `is_of_words`: only leads with texts meet it."""

    check: str
    values: tuple[Any, ...] = ()
    access: str = ""
    drive: str = ""
    drive_values: tuple[Any, ...] = ()
    match: str = ""
    is_of_words: bool = False

    @property
    def most(self) -> int:
        """Up to how many leads it may lead to, and so up to how many are counted for it."""
        return MOST_COUNTED if self.drive else MOST_DRIVEN

    @property
    def driver(self) -> tuple[str, tuple[Any, ...]]:
        """The condition in the form in which it leads to rows."""
        return (self.drive, self.drive_values) if self.drive else (self.check, self.values)


IS_LEAD = IndexCondition(_sql.is_lead)
"""That an event is a lead of its own; what is found by a text always is."""


def conditions_of(query: LeadQuestion) -> list[IndexCondition]:
    """The conditions of a query. `IS_LEAD` is left out if a text is found, which says so: to check
    it, the facets of every row would be read."""
    texts = list(_of_text(query))
    found = [*_of_values(query), *_of_flags(query), *texts]
    if any(one.is_of_words for one in texts):
        found = [one for one in found if one is not IS_LEAD]
    return found


def _of_values(query: LeadQuestion) -> Iterator[IndexCondition]:
    if not query.statuses:
        yield IS_LEAD
    given = (
        (_sql.source, query.sources, "facet_source"),
        (_sql.campaign, query.campaigns, "facet_campaign"),
        (_sql.owner, tuple(map(folded_for_search, query.owners)), "facet_owner"),
        (_sql.status, tuple(map(str, query.statuses)), "facet_status"),
    )
    for condition, values, index in given:
        if values:
            marks = ",".join("?" * len(values))
            yield IndexCondition(
                condition.replace("()", f"({marks})"), values, f"INDEXED BY {index}"
            )
    if query.since or query.until:
        since = micros(query.since) if query.since else _EVER[0]
        until = micros(query.until) if query.until else _EVER[1]
        yield IndexCondition(_sql.captured, (since, until), BY_TIME)


def _of_flags(query: LeadQuestion) -> Iterator[IndexCondition]:
    if query.dead:
        yield IndexCondition(_sql.dead, (), "INDEXED BY facet_dead")
    if query.unowned:
        yield IndexCondition(_sql.unowned, (), "INDEXED BY facet_unowned")
    if query.hot:
        yield IndexCondition(_sql.hot, (), "INDEXED BY facet_hot")
    if query.valid:
        yield IndexCondition(_sql.valid)
    if query.awaited:
        yield IndexCondition(_sql.awaited, (), "INDEXED BY facet_awaited")
    if query.repeats is Repeats.ONLY:
        yield IndexCondition(_sql.duplicate, (), "INDEXED BY facet_duplicate")
    elif query.repeats is Repeats.NONE:
        yield IndexCondition(_sql.no_duplicate)


def _of_text(query: LeadQuestion) -> Iterator[IndexCondition]:
    if not query.text.strip():
        return
    ids = list(_of_ids(query.text.strip()))
    words = _words(query.text, masked=query.masked)
    if ids and words[0].access:  # one word, as the text is
        yield _any_of([*ids, *words])
    else:
        yield from words


def _words(text: str, *, masked: bool) -> list[IndexCondition]:
    """The conditions for each word of a text, or for its digits if it may be a phone number."""
    digits = "" if masked else digits_of(text)
    if digits:
        return [_with_word(digits, masked=False)]
    words = folded_for_search(text).split()
    if any(len(word) > _SHORT for word in words):
        return [_with_word(word, masked=masked) for word in words]
    beginnings = [one for word in words for one in spaced(word).split()]
    found = [_with_beginning(word, masked=masked) for word in beginnings]
    return found or [IndexCondition(_sql.nothing)]


def _with_word(word: str, *, masked: bool) -> IndexCondition:
    """A word that is found anywhere; the search table knows it from three characters on."""
    values = (word, int(not masked), word)
    if len(word) <= _SHORT:
        return IndexCondition(_sql.has_word, values, is_of_words=True)
    match = f"{{shown}} : {_quoted(word)}" if masked else _quoted(word)
    found = (match, _MOST_FOUND)
    return IndexCondition(
        _sql.has_word, values, ROWID, _sql.with_text, found, match, is_of_words=True
    )


def _with_beginning(word: str, *, masked: bool) -> IndexCondition:
    values = (word, int(not masked), word)
    found = (word, word + _LAST, int(masked), _MOST_FOUND)
    return IndexCondition(_sql.has_name, values, ROWID, _sql.with_names, found, is_of_words=True)


def _quoted(word: str) -> str:
    doubled = word.replace('"', '""').replace("\0", "")
    return f'"{doubled}"'


def _of_ids(text: str) -> Iterator[IndexCondition]:
    digits = id_digits(text)
    if len(digits) < FEWEST_DIGITS:
        return
    if bounds := ids_that_begin(text):
        yield IndexCondition(_sql.with_id, bounds, ROWID)
    end = (bytes.fromhex(digits[-FEWEST_DIGITS:]), len(digits), digits.upper())
    yield IndexCondition(_sql.with_end, end, ROWID)


def _any_of(conditions: list[IndexCondition]) -> IndexCondition:
    """One of these conditions, each of which has a driver."""
    check = " OR ".join(f"({one.check})" for one in conditions)
    drive = " OR ".join(f"({one.driver[0]})" for one in conditions)
    values = tuple(value for one in conditions for value in one.values)
    drive_values = tuple(value for one in conditions for value in one.driver[1])
    return IndexCondition(f"({check})", values, ROWID, f"({drive})", drive_values)
