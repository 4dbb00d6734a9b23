"""Refined leads as candidates for duplicates, read from the data file.

The leads of a batch have many candidates in common, and these are members of the clusters that are
read next. So what was read is remembered until the file changes.
"""

from collections.abc import Collection, Iterable, Mapping

import apsw
import msgspec

from leadline.model.facts.likeness import Candidate, Traits
from leadline.ports.store_parts.duplicates import CAP
from leadline.stores.damage import note_damage
from leadline.stores.likeness import likeness_of, traits_decoder
from leadline.stores.refined import decoded
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import moment, text_of
from leadline.stores.sqlite.work.tasks import numbers_of

_sql = Queries(__name__)
_LONGEST_CHAIN = 32
_MOST_REMEMBERED = 8_192
_MOST_CHILDREN = 512
"""The members of a cluster that are read with those of others; of a larger one, by itself."""


class CandidateRows:
    """What one connection has read of candidates since its file changed last."""

    def __init__(self) -> None:
        self._version = -1
        self._known: dict[int, Candidate] = {}
        self._numbers: dict[str, int] = {}
        self._before: dict[int, int | None] = {}

    def of(self, db: apsw.Connection, leads: Collection[int]) -> dict[int, Candidate]:
        """These leads as candidates, by row number; those that are not refined are left out. Must
        be called in a transaction that has read something: only then is it known whether the file
        has changed."""
        self._forget_if_changed(db)
        if unread := [n for n in leads if n not in self._known]:
            self._read(db, unread)
        return {n: self._known[n] for n in leads if n in self._known}

    def of_clusters(
        self, db: apsw.Connection, firsts: Collection[str]
    ) -> dict[str, list[Candidate]]:
        """The members of the clusters with these first leads, as `ports.store_parts.duplicates`
        promises them; leads that are not the first of any are left out."""
        all_made = is_all_made(db)
        self._forget_if_changed(db)
        numbers = {i: n for i in firsts if (n := self._numbers.get(i)) is not None}
        numbers |= numbers_of(db, [i for i in firsts if i not in numbers])
        self.of(db, numbers.values())
        heads = [n for n in numbers.values() if self._is_head(n)] if all_made else []
        others = _members_together(db, heads)
        members = {i: others.get(n) or _members_of(db, n) for i, n in numbers.items()}
        made = self.of(db, {n for some in members.values() for n in some})
        found = {i: [made[n] for n in some if n in made] for i, some in members.items()}
        return {i: some for i, some in found.items() if some}

    def _is_head(self, n: int) -> bool:
        return n in self._known and self._before[n] is None

    def _forget_if_changed(self, db: apsw.Connection) -> None:
        """Forget everything if the file has changed, or is being changed."""
        version = db.data_version() if db.txn_state() == apsw.SQLITE_TXN_READ else -1
        if version != self._version or version < 0 or len(self._known) > _MOST_REMEMBERED:
            self._known, self._numbers, self._before = {}, {}, {}
            self._version = version

    def _read(self, db: apsw.Connection, leads: Collection[int]) -> None:
        rows = bulk.select(db, _sql.traits, leads)
        there = [(n, key, at, _decoded(key, said), first) for n, key, at, said, first in rows]
        if len(rows) < len(leads):
            alike = {row[0] for row in rows}
            there += _without_likeness(db, [n for n in leads if n not in alike])
        firsts = _firsts(db, {first for *_, first in there if first is not None})
        for n, key, at, traits, first in there:
            if traits is not None:
                lead_id = text_of(key)
                begun = lead_id if first is None else firsts.get(first) or lead_id
                self._known[n] = Candidate(lead_id, moment(at), begun, traits)
                self._numbers[lead_id] = n
                self._before[n] = first


def is_all_made(db: apsw.Connection) -> bool:
    """Whether all leads that an earlier version refined are under their keys."""
    return bool(bulk.query(db, _sql.is_made)[0][0])


def _members_together(db: apsw.Connection, heads: Collection[int]) -> dict[int, list[int]]:
    """The members of clusters by their first leads, which have a likeness each. Clusters that are
    large, or a chain as an earlier version made, are left out."""
    if not heads:
        return {}
    found: dict[int, list[int]] = {n: [n] for n in heads}
    children: dict[int, int] = {}
    sizes = dict.fromkeys(heads, 0)
    for head, n, is_alike in bulk.select(db, _sql.children, heads):
        children[n] = head
        sizes[head] += 1
        if is_alike:
            found[head].append(n)
    chained = {children[n] for n, _, _ in bulk.select(db, _sql.children, children)}
    for head in {n for n, size in sizes.items() if size > _MOST_CHILDREN} | chained:
        del found[head]
    return {head: sorted(some)[:CAP] for head, some in found.items()}


def _members_of(db: apsw.Connection, first: int) -> list[int]:
    """The members of one cluster; none if that lead is not the first of it."""
    return [n for (n,) in bulk.query(db, _sql.members, first, CAP)]


def _decoded(key: bytes, traits: bytes) -> Traits | None:
    try:
        return traits_decoder.decode(traits)
    except msgspec.MsgspecError:
        note_damage(text_of(key))
        return None


def _without_likeness(
    db: apsw.Connection, leads: Collection[int]
) -> list[tuple[int, bytes, int, Traits | None, int | None]]:
    """Leads that an earlier version refined and that have no likeness yet."""
    if not leads or is_all_made(db):
        return []
    heads = decoded(bulk.select(db, _sql.heads, leads))
    alike = {int(n): likeness_of(lead) for n, lead in heads.items()}
    rows = bulk.select(db, _sql.captures, [n for n, one in alike.items() if one is not None])
    return [
        (n, key, at, one.traits, first)
        for n, key, at, first in rows
        if (one := alike[n]) is not None
    ]


def _firsts(db: apsw.Connection, leads: Collection[int]) -> dict[int, str]:
    """The ids of the first leads of clusters, by the number that their members have: at the end of
    the chain, where an earlier version made one."""
    ids: dict[int, str] = {}
    before: dict[int, int] = {}
    wanted: Iterable[int] = set(leads)
    while wanted and len(ids) <= _LONGEST_CHAIN * (len(leads) + 1):
        for n, key, first in bulk.select(db, _sql.firsts, wanted):
            ids[n] = text_of(key)
            if first is not None:
                before[n] = first
        wanted = {before[n] for n in wanted if n in before} - ids.keys()
    return {n: ids[end] for n in leads if (end := _end_of(n, before)) in ids}


def _end_of(lead: int, before: Mapping[int, int]) -> int:
    for _ in range(_LONGEST_CHAIN):
        if lead not in before:
            break
        lead = before[lead]
    return lead
