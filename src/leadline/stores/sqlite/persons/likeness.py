"""Keeping what refined leads are found by, while their refinements are settled."""

from collections.abc import Iterable, Sequence

import apsw
import msgspec

from leadline.model.lead import RefinedLead
from leadline.model.task import Done
from leadline.stores.likeness import likeness_of
from leadline.stores.sqlite.encryption.blinding import numbers_to_keep
from leadline.stores.sqlite.persons.candidates import CandidateIndex
from leadline.stores.sqlite.persons.duplicates import (
    follow,
    keep_likenesses,
    keep_reviews,
    keys_of,
    leave,
)


def put_likenesses(
    db: apsw.Connection, index: CandidateIndex, leads: Iterable[tuple[int, RefinedLead]]
) -> None:
    """Put refined leads (by row number) that come from another home or an archive under their keys,
    and take those that are no candidates from under theirs."""
    made = {n: (lead, likeness_of(lead)) for n, lead in leads}
    keeping = LikenessKeeping(db, index)
    keeping.read_earlier(list(made))
    for n, (lead, alike) in made.items():
        done = Done(lead)
        if alike is not None:
            keys = {str(place): key for place, key in enumerate(alike.keys)}
            done = Done(lead, keys, traits=alike.traits)
        keeping.keep(n, done, None)
    keeping.write()


class LikenessKeeping:
    """The part of one transaction of settling that concerns candidates for duplicates."""

    def __init__(self, db: apsw.Connection, index: CandidateIndex) -> None:
        self.db = db
        self.index = index
        self.mark = -1
        self.before: dict[int, list[int]] = {}
        self.kept: list[tuple[int, Sequence[int], bytes]] = []
        self.come: list[tuple[int, Sequence[int]]] = []
        self.left: list[int] = []
        self.reviews: dict[int, list[str]] = {}
        self.followed: list[tuple[int, int]] = []

    def read_earlier(self, leads: Sequence[int]) -> None:
        """Read under which keys leads are by an earlier refinement."""
        self.before = keys_of(self.db, leads)

    def is_overtaken(self, lead: int, done: Done) -> bool:
        """Whether another lead has come under a key that is new to the lead since the search. Leads
        of this transaction are not in the index yet."""
        if done.traits is None or not done.as_of:
            return False
        if self.mark < 0:
            self.mark = self.index.mark(self.db)
        if int(done.as_of) == self.mark:
            return False
        mine = self.before.get(lead, ())
        keys = set(numbers_to_keep(self.db, done.match_keys.values()))
        others = self.index.newcomers(self.db, keys.difference(mine), int(done.as_of))
        return others is None or not others <= {lead}

    def keep(self, lead: int, done: Done, first: int | None) -> None:
        """Note what is to be kept of a refined lead; *first* is the first lead of its cluster."""
        before = self.before.get(lead)
        if done.refined is None or done.traits is None:
            if before is not None:
                self.left.append(lead)
            return
        keys = list(dict.fromkeys(numbers_to_keep(self.db, done.match_keys.values())))
        self.kept.append((lead, keys, msgspec.json.encode(done.traits)))
        new = keys if before is None else [key for key in keys if key not in before]
        if new:
            self.come.append((lead, new))
        if done.refined.possible or before is not None:
            self.reviews[lead] = [one.lead_id for one in done.refined.possible]
        if first is not None and before is not None:
            self.followed.append((first, lead))

    def write(self) -> None:
        """Write what was noted."""
        leave(self.db, self.index, self.left)
        for lead, keys, _ in self.kept:
            gone = [key for key in self.before.get(lead, ()) if key not in keys]
            if gone:
                self.index.remove(self.db, lead, gone)
        keep_likenesses(self.db, self.kept)
        if self.reviews:
            keep_reviews(self.db, self.reviews)
        for first, lead in self.followed:
            follow(self.db, first, lead)
        self.index.add(self.db, self.come)
