"""What is written in the index, and the check of what stands there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any, NamedTuple

import apsw
import msgspec

from leadline.stores.facets import Facet, IndexEntry, Words, indexed
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import bytes_of, micros

_sql = Queries(__name__)


class IndexState(NamedTuple):
    """Of which data file it is the index (its inode), the last event that is in it, the time in
    microseconds when it last had all (0: never), and whether it has texts."""

    inode: int
    reached: int
    current_at: int
    texts: int


def write(
    index: apsw.Connection, entries: Iterable[tuple[int, IndexEntry]], numbers: Sequence[int]
) -> None:
    """Put entries in the index, in place of what it has of these row numbers."""
    has_texts = bool(index_state(index).texts)
    found = [(n, *_wanted(entry, texts=has_texts)) for n, entry in entries]
    bulk.select(index, _sql.remove, numbers)
    bulk.insert(index, _sql.add, [_facet_row(n, facet) for n, facet, _ in found])
    texts = {n: _texts(words) for n, _, words in found if words != Words()}
    _write_texts(index, texts, numbers)


def _wanted(entry: IndexEntry, *, texts: bool) -> tuple[Facet, Words]:
    """What an index with texts, or without, has of an entry."""
    facet, words = indexed(entry)
    if texts:
        return facet, words
    return msgspec.structs.replace(facet, company=None, name=None, masked_name=None), Words()


def _write_texts(
    index: apsw.Connection, texts: Mapping[int, tuple[str, ...]], numbers: Sequence[int]
) -> None:
    """Put texts in, in place of those of these row numbers. Those that stay are not touched: most
    changes of a lead change none, and taking texts out costs most."""
    kept = {row[0]: row[1:] for row in bulk.select(index, _sql.texts, numbers)}
    gone = [n for n, former in kept.items() if texts.get(n) != former]
    pairs = [(word, n) for n in gone for word in _names(kept[n])]
    if pairs:
        index.executemany(_sql.remove_name, pairs)
    bulk.select(index, _sql.remove_words, gone)
    new = {n: row for n, row in texts.items() if kept.get(n) != row}
    bulk.insert(index, _sql.add_words, [(n, *row) for n, row in new.items()])
    names = [(word, n, shown) for n, row in new.items() for word, shown in _names(row).items()]
    bulk.insert(index, _sql.add_names, names)


def _names(row: Sequence[str]) -> dict[str, int]:
    """The words of the names in a row of texts, and whether people see them who see masked
    leads."""
    shown, personal = row[-2:]
    return dict.fromkeys(personal.split(), 0) | dict.fromkeys(shown.split(), 1)


def _facet_row(n: int, one: Facet) -> tuple[object, ...]:
    return (
        n, bytes_of(one.lead_id), micros(one.captured_at), one.source, str(one.status),
        one.campaign, one.owner, one.owner_key, one.company, one.name,
        one.masked_name, one.score,
        int(one.duplicate), int(one.hot), int(one.dead), int(one.unowned), int(one.valid),
        int(one.told), int(one.claimed), int(one.contacted), int(one.awaited),
        one.ending,
    )  # fmt: skip


def _texts(words: Words) -> tuple[str, ...]:
    return words.shown, words.personal, words.shown_names, words.personal_names


def index_state(index: apsw.Connection) -> IndexState:
    """What the index says about itself."""
    return IndexState(*bulk.query(index, _sql.state)[0])


def last_id(index: apsw.Connection, number: int) -> bytes | None:
    """The id of an event in the index by its row number."""
    found = bulk.query(index, _sql.last_id, number)
    return found[0][0] if found else None


def reach(index: apsw.Connection, number: int) -> None:
    """Note up to which event the index reaches."""
    index.execute(_sql.reach, (number,))


def be_current(index: apsw.Connection, now: datetime) -> None:
    """Note that the index has all leads as they are."""
    index.execute(_sql.be_current, (micros(now),))


def begin_anew(index: apsw.Connection, inode: int, *, texts: bool) -> None:
    """Empty the index, in a write transaction, for this data file, with texts or without."""
    for statement in (
        _sql.drop_counted_by, _sql.drop_counted, _sql.drop_search, _sql.drop_names,
        _sql.drop_words, _sql.drop_facet, _sql.drop_figure, _sql.drop_total, _sql.drop_bar,
        _sql.drop_state,
    ):  # fmt: skip
        index.execute(statement)
    make_schema(index)
    index.execute(_sql.begin, (inode, int(texts)))


def make_schema(index: apsw.Connection) -> None:
    """Create the tables, in a write transaction."""
    index.execute(files(__package__).joinpath("migrations", "0001_first.sql").read_text("utf-8"))


def faults(index: apsw.Connection) -> Iterator[str]:
    """What the rollups count otherwise than the facets, in words."""
    for day, source, campaign, owner in bulk.query(index, _sql.counted_wrongly):
        yield f"the figures of {day}, source {source!r}, campaign {campaign!r}, owner {owner!r}"
    ((wrong,),) = bulk.query(index, _sql.totals_counted_wrongly)
    if wrong:
        yield f"{wrong} figures of days by one value"
    ((wrong,),) = bulk.query(index, _sql.bars_counted_wrongly)
    if wrong:
        yield f"the bars of {wrong} days"
    yield from _faults_of_search(index)


def _faults_of_search(index: apsw.Connection) -> Iterator[str]:
    try:
        index.execute(_sql.check_search)
    except apsw.CorruptError:
        yield "the search table"
    expected = sum(len(_names(row)) for row in index.execute(_sql.all_names))
    ((number,),) = bulk.query(index, _sql.number_of_names)
    if number != expected:
        yield f"the words of names: {number} and not {expected}"


def differing(index: apsw.Connection, entries: Sequence[tuple[int, IndexEntry]]) -> list[int]:
    """Those of these events, by row number, that stand otherwise in the index, or not at all."""
    has_texts = bool(index_state(index).texts)
    found = ((n, *_wanted(entry, texts=has_texts)) for n, entry in entries)
    wanted = {n: (*_facet_row(n, facet), *_texts(words)) for n, facet, words in found}
    kept = {row[0]: row for row in bulk.select(index, _sql.kept, list(wanted))}
    return [n for n, row in wanted.items() if kept.get(n) != row or _lacks_names(index, n, row)]


def _lacks_names(index: apsw.Connection, n: int, row: Sequence[Any]) -> bool:
    names = _names(row).items()
    found = (bulk.query(index, _sql.has_name, word, n, shown) for word, shown in names)
    return not all(has for ((has,),) in found)
