"""Chooses the members of a cluster with which a lead is compared."""

from collections.abc import Collection, Sequence

from leadline.model.facts.likeness import Candidate

MOST_COMPARED = 8
"""The greatest number of members of a cluster that a lead is compared with."""
MOST_CLUSTERS = 16
"""The greatest number of clusters that a lead is compared with: those of the nearest candidates."""


def compared_members(
    members: Sequence[Candidate], near: Sequence[str], judged: Collection[str] = ()
) -> tuple[Candidate, ...]:
    """The *members* of a cluster, oldest first, that a lead is compared with: of many those that
    are *near*, the nearest first, and then the earliest; and all that people decided about."""
    if len(members) <= MOST_COMPARED:
        return tuple(members)
    there = {one.lead_id for one in members}
    order = dict.fromkeys([*near, *(one.lead_id for one in members)])
    chosen = {*[i for i in order if i in there][:MOST_COMPARED], *judged}
    return tuple(one for one in members if one.lead_id in chosen)
