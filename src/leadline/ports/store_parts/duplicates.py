"""The protocol for finding candidates for duplicates, and keeping what people decided."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from leadline.model.facts.likeness import Candidate, Candidates, Judgement


class Duplicates(Protocol):
    """Finds refined leads by candidate keys, and clusters by their first lead."""

    def candidates(self, keys: Mapping[str, Sequence[bytes]]) -> Mapping[str, Candidates]:
        """The candidates for each lead, by its id: refined leads under one of its keys, without
        itself, those under most keys first, then those under the key that is given first, then the
        earliest; at most `MOST_CANDIDATES`.

        A key has at most `CAP` leads, the first that came under it, so that one that many share
        stays cheap. A lead comes under its keys when its refinement is settled with its traits
        (`Done.match_keys`, `Done.traits`), and leaves those that it no longer has; one that is
        quarantined or erased is under none. Settling returns False if another lead has come under
        a key that is new to the lead since the search (`Done.as_of`), so of two that are refined at
        once one sees the other; leads of one call of `settle` do not count as others. Leads that an
        earlier version refined count, too, from the first start on: under their match keys
        (`model.keys.match_keys`), as long as they are not under their candidate keys yet. The
        `rank` of a candidate is left at 0.
        """

    def clusters(self, firsts: Sequence[str]) -> Mapping[str, Sequence[Candidate]]:
        """The members of the clusters with these first leads, the first lead included, oldest
        first, at most `CAP`; a lead that is not refined is left out.

        If the first lead is erased or quarantined, the earliest of the others is the first from
        then on, and the `first` of each candidate names it at once; the refined documents name it
        when they are refined again.
        """

    def judge(self, judgement: Judgement) -> None:
        """Keep a decision about two leads, with a note on both timelines; the last one counts.
        Nothing is kept if one of them is unknown, or both are one lead."""

    def judgements(self, lead_ids: Sequence[str]) -> Mapping[str, Sequence[Judgement]]:
        """The decisions that count about each of these leads; leads without any are left out."""

    def in_review(self, limit: int) -> Sequence[str]:
        """The ids of leads with possible duplicates that nobody has decided about, newest first."""


CAP = 32
"""The greatest number of leads under one key, and of members of a cluster that are read."""

MOST_CANDIDATES = 64
"""The greatest number of candidates for one lead."""
