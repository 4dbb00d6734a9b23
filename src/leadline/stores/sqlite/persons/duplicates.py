"""Candidates for duplicates, clusters, and what people decided about them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

import apsw

from leadline.model.facts.likeness import Candidate, Candidates, Judgement, Ruling
from leadline.ports.clock import Clock
from leadline.ports.store_parts.duplicates import CAP
from leadline.stores.likeness import note_of, ranked
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.capture.keys import KeyIndex
from leadline.stores.sqlite.encryption import blinding
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.persons.candidate_rows import CandidateRows, is_all_made
from leadline.stores.sqlite.persons.candidates import CandidateIndex, joined, numbers_in
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import bytes_of, micros, moment, text_of
from leadline.stores.sqlite.work.tasks import add_history, numbers_of

_sql = Queries(__name__)


class SqliteDuplicates:
    """`ports.store_parts.duplicates.Duplicates` on SQLite."""

    db: Database
    keys: KeyIndex
    clock: Clock
    candidate_index: CandidateIndex
    _all_made = False

    @cached_property
    def _rows(self) -> CandidateRows:
        return CandidateRows()

    def candidates(self, keys: Mapping[str, Sequence[bytes]]) -> Mapping[str, Candidates]:
        """See `ports.store_parts.duplicates.Duplicates.candidates`."""
        with self.db.reading() as db:
            named = {key for mine in keys.values() for key in mine}
            under_now = self._under(db, named)
            as_of = str(self.candidate_index.mark(db))
            under = self._with_earlier(db, named, under_now)
            if not under:
                nobody = Candidates((), as_of)
                return dict.fromkeys(keys, nobody)
            cut = {key: sorted(some)[:CAP] for key, some in under.items()}
            found = {i: ranked(mine, cut) for i, mine in keys.items()}
            made = self._rows.of(db, {n for some in found.values() for n in some})
        return {
            i: Candidates(tuple(made[n] for n in some if n in made and made[n].lead_id != i), as_of)
            for i, some in found.items()
        }

    def _under(self, db: apsw.Connection, keys: Collection[bytes]) -> dict[bytes, set[int]]:
        """The leads under candidate keys; keys without any are left out."""
        numbers = blinding.candidate_numbers(db, keys)
        leads = self.candidate_index.leads(db, {n for some in numbers.values() for n in some})
        found: dict[bytes, set[int]] = {}
        for key, some in numbers.items():
            for n in some:
                if (under := leads.get(n)) is not None:
                    found[key] = found[key] | under if key in found else under
        return found

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
        """See `ports.store_parts.duplicates.Duplicates.clusters`."""
        with self.db.reading() as db:
            return self._rows.of_clusters(db, firsts)

    def judge(self, judgement: Judgement) -> None:
        """See `ports.store_parts.duplicates.Duplicates.judge`."""
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
        """See `ports.store_parts.duplicates.Duplicates.judgements`."""
        with self.db.reading() as db:
            return judgements_of(db, lead_ids)

    def in_review(self, limit: int) -> Sequence[str]:
        """See `ports.store_parts.duplicates.Duplicates.in_review`."""
        return [text_of(key) for (key,) in self.db.rows(_sql.in_review, limit)]


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
