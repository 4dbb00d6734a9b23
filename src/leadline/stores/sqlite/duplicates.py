"""Candidates for duplicates, clusters, and what people decided about them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

import apsw
import msgspec

from leadline.model.likeness import Candidate, Candidates, Judgement, Ruling, Traits
from leadline.ports.clock import Clock
from leadline.ports.duplicates import CAP
from leadline.stores.damage import note_damage
from leadline.stores.likeness import likeness_of, note_of, ranked, traits_decoder
from leadline.stores.refined import decoded
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.candidates import CandidateIndex, joined, numbers_in
from leadline.stores.sqlite.database import Database
from leadline.stores.sqlite.encryption import blinding
from leadline.stores.sqlite.keys import KeyIndex
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.tasks import add_history, numbers_of
from leadline.stores.sqlite.values import bytes_of, micros, moment, text_of

_sql = Queries(__name__)
_LONGEST_CHAIN = 32


class SqliteDuplicates:
    """`ports.duplicates.Duplicates` on SQLite."""

    db: Database
    keys: KeyIndex
    clock: Clock
    candidate_index: CandidateIndex
    _all_made = False

    def candidates(self, keys: Mapping[str, Sequence[bytes]]) -> Mapping[str, Candidates]:
        """See `ports.duplicates.Duplicates.candidates`."""
        with self.db.reading() as db:
            named = {key for mine in keys.values() for key in mine}
            numbers = {key: blinding.candidate_numbers(db, key) for key in named}
            leads = self.candidate_index.leads(db, {n for some in numbers.values() for n in some})
            as_of = str(self.candidate_index.mark(db))
            found_now = {
                key: set[int]().union(*(leads.get(n, ()) for n in some))
                for key, some in numbers.items()
                if any(n in leads for n in some)
            }
            under = self._with_earlier(db, numbers, found_now)
            if not under:
                nobody = Candidates((), as_of)
                return dict.fromkeys(keys, nobody)
            cut = {key: sorted(some)[:CAP] for key, some in under.items()}
            found = {i: ranked(mine, cut) for i, mine in keys.items()}
            made = _candidates(db, {n for some in found.values() for n in some})
        return {
            i: Candidates(tuple(made[n] for n in some if n in made and made[n].lead_id != i), as_of)
            for i, some in found.items()
        }

    def _with_earlier(
        self, db: apsw.Connection, keys: Collection[bytes], under: Mapping[bytes, Collection[int]]
    ) -> Mapping[bytes, Collection[int]]:
        """Add the leads that have these keys as match keys of an earlier version, until all leads
        are under their keys."""
        if not self._all_made:
            self._all_made = is_all_made(db)
        if self._all_made:
            return under
        owners = self.keys.owners(db, keys)
        earlier = {key: {*under.get(key, ()), o.lead} for key, o in owners.items()}
        return {**under, **earlier}

    def clusters(self, firsts: Sequence[str]) -> Mapping[str, Sequence[Candidate]]:
        """See `ports.duplicates.Duplicates.clusters`."""
        with self.db.reading() as db:
            numbers = numbers_of(db, firsts)
            alone = {n for (n,) in bulk.select(db, _sql.alone, numbers.values())}
            members = {
                lead_id: [n]
                if n in alone
                else [member for (member,) in bulk.query(db, _sql.members, n, CAP)]
                for lead_id, n in numbers.items()
            }
            made = _candidates(db, {n for some in members.values() for n in some})
        found = {i: [made[n] for n in some if n in made] for i, some in members.items()}
        return {i: some for i, some in found.items() if some}

    def judge(self, judgement: Judgement) -> None:
        """See `ports.duplicates.Duplicates.judge`."""
        pair = (judgement.one, judgement.other)
        with self.db.writing() as db:
            numbers = numbers_of(db, pair)
            if len(numbers) < 2:
                return
            keep_judgements(db, [judgement])
            for lead_id, other in (pair, pair[::-1]):
                db.execute(_sql.end_review, (numbers[lead_id], bytes_of(other)))
            now = micros(self.clock())
            rows = [(n, now, *note_of(judgement, lead_id)) for lead_id, n in numbers.items()]
            add_history(db, rows)

    def judgements(self, lead_ids: Sequence[str]) -> Mapping[str, Sequence[Judgement]]:
        """See `ports.duplicates.Duplicates.judgements`."""
        with self.db.reading() as db:
            return judgements_of(db, lead_ids)

    def in_review(self, limit: int) -> Sequence[str]:
        """See `ports.duplicates.Duplicates.in_review`."""
        return [text_of(key) for (key,) in self.db.rows(_sql.in_review, limit)]


def is_all_made(db: apsw.Connection) -> bool:
    """Whether all leads that an earlier version refined are under their keys."""
    return bool(bulk.query(db, _sql.is_made)[0][0])


def judgements_of(db: apsw.Connection, lead_ids: Iterable[str]) -> dict[str, list[Judgement]]:
    """The decisions about leads, by id; leads without any are left out."""
    found: dict[str, list[Judgement]] = {}
    for lead, other, ruling, by, at in bulk.select(db, _sql.judgements, map(bytes_of, lead_ids)):
        one = Judgement(text_of(lead), text_of(other), Ruling(ruling), by, moment(at))
        found.setdefault(one.one, []).append(one)
    return found


def keep_judgements(db: apsw.Connection, judgements: Iterable[Judgement]) -> None:
    """Keep decisions, over earlier ones about the same leads."""
    rows = [
        (bytes_of(one), bytes_of(other), judgement.ruling, judgement.by, micros(judgement.at))
        for judgement in judgements
        for one, other in (
            (judgement.one, judgement.other), (judgement.other, judgement.one)
        )
    ]  # fmt: skip
    bulk.insert(db, _sql.judge, rows)


def forget_person(db: apsw.Connection, index: CandidateIndex, lead: int, lead_id: str) -> None:
    """Forget everything by which an erased lead could be found, and who it was compared with."""
    leave(db, index, [lead])
    key = bytes_of(lead_id)
    db.execute(_sql.drop_judgements, (key,))
    db.execute(_sql.end_reviews_of, (key,))


def leave(db: apsw.Connection, index: CandidateIndex, leads: Sequence[int]) -> None:
    """Take leads from under their keys, and forget by what they are compared; in their clusters,
    the earliest of the others succeeds them."""
    if not leads:
        return
    kept = keys_of(db, leads)
    for lead, keys in kept.items():
        index.forget_lead(db, lead, keys)
    bulk.select(db, _sql.forget, leads)
    bulk.select(db, _sql.end_reviews, leads)
    for lead in leads:
        succeed(db, lead)


def succeed(db: apsw.Connection, lead: int) -> None:
    """Make the earliest of the others the first of the cluster that a lead was the first of."""
    for (heir,) in bulk.query(db, _sql.heir, lead):
        follow(db, heir, lead)


def follow(db: apsw.Connection, first: int, before: int) -> None:
    """Make a lead the first of those whose first lead was the one *before*."""
    db.execute(_sql.follow, (first, before))


def keys_of(db: apsw.Connection, leads: Collection[int]) -> dict[int, list[int]]:
    """The numbers of the keys that leads are under."""
    return {lead: numbers_in(keys) for lead, keys in bulk.select(db, _sql.keys, leads)}


def keep_likenesses(db: apsw.Connection, rows: Sequence[tuple[int, Sequence[int], bytes]]) -> None:
    """Keep by what leads are compared: row number, numbers of keys, and traits as JSON."""
    bulk.insert(db, _sql.keep, [(n, joined(keys), traits) for n, keys, traits in rows])


def keep_reviews(db: apsw.Connection, reviews: Mapping[int, Sequence[str]]) -> None:
    """Keep the possible duplicates (by id) of leads, over those that an earlier refinement left;
    those that people have decided about are left out."""
    bulk.select(db, _sql.end_reviews, reviews)
    rows = [(lead, bytes_of(other)) for lead, others in reviews.items() for other in others]
    bulk.insert(db, _sql.keep_reviews, rows)
    bulk.select(db, _sql.drop_decided, [lead for lead, others in reviews.items() if others])


def _candidates(db: apsw.Connection, leads: Collection[int]) -> dict[int, Candidate]:
    """These leads as candidates, by number; those that are not refined are left out."""
    rows = bulk.select(db, _sql.traits, leads) if leads else []
    there = {row[0]: (*row[1:3], _read(row[1], row[3]), row[4]) for row in rows}
    there |= _without_likeness(db, [n for n in leads if n not in there])
    firsts = _firsts(db, {row[3] for row in there.values() if row[3] is not None})
    return {
        n: Candidate(text_of(key), moment(at), firsts.get(first) or text_of(key), traits)
        for n, (key, at, traits, first) in there.items()
        if traits is not None
    }


def _read(key: bytes, traits: bytes) -> Traits | None:
    try:
        return _decoded_traits(traits)
    except msgspec.MsgspecError:
        note_damage(text_of(key))
        return None


@lru_cache(1024)  # the candidates of one batch are read as those of several leads, and as members
def _decoded_traits(traits: bytes) -> Traits:
    return traits_decoder.decode(traits)


def _without_likeness(
    db: apsw.Connection, leads: Collection[int]
) -> dict[int, tuple[bytes, int, Traits | None, int | None]]:
    """Leads that an earlier version refined and that have no likeness yet."""
    if not leads or is_all_made(db):
        return {}
    heads = decoded(bulk.select(db, _sql.heads, leads))
    alike = {int(n): likeness_of(lead) for n, lead in heads.items()}
    rows = bulk.select(db, _sql.captures, [n for n, one in alike.items() if one is not None])
    return {
        n: (key, at, one.traits, first)
        for n, key, at, first in rows
        if (one := alike[n]) is not None
    }


def _firsts(db: apsw.Connection, leads: Collection[int]) -> dict[int, str]:
    """The ids of the first leads of clusters, by the number that their members have: at the end of
    the chain, where an earlier version made one."""
    ids: dict[int, str] = {}
    before: dict[int, int] = {}
    wanted = set(leads)
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
