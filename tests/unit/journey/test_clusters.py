"""Which members of clusters a lead is compared with."""

from datetime import UTC, datetime, timedelta

from leadline.duplicates.members import MOST_CLUSTERS, MOST_COMPARED
from leadline.journey.same_person.clusters import Neighbours
from leadline.model.facts.likeness import Candidate, Candidates, Judgement, Ruling, Traits
from leadline.stores.memory import MemoryStore

AT = datetime(2026, 5, 3, tzinfo=UTC)
TRAITS = Traits(first="ada")


class ClusterStand(MemoryStore):
    """A store with these clusters, and decisions about the lead `new`."""

    def __init__(self, members: list[Candidate], judged: list[Judgement]) -> None:
        super().__init__(clock=lambda: AT)
        self.members, self.rulings = members, judged

    def clusters(self, firsts: object) -> dict[str, list[Candidate]]:
        made: dict[str, list[Candidate]] = {}
        for one in self.members:
            made.setdefault(one.first, []).append(one)
        return made

    def judgements(self, lead_ids: object) -> dict[str, list[Judgement]]:
        return {"new": self.rulings}


def cluster(first: str, size: int) -> list[Candidate]:
    names = [first, *(f"{first}-{n:02}" for n in range(1, size))]
    return [
        Candidate(name, AT + timedelta(minutes=n), first, TRAITS) for n, name in enumerate(names)
    ]


def test_of_a_large_cluster_a_lead_is_compared_with_its_candidates_and_the_earliest() -> None:
    members = cluster("a", 32)
    found = Candidates((members[30], members[9]))
    ruling = Judgement("a-20", "new", Ruling.APART, "", AT)
    near = Neighbours(ClusterStand(members, [ruling]), {"new": found}, {})
    (made,) = near.clusters("new", found, [])
    ids = [one.lead_id for one in made.members]
    early = ["a", *(f"a-{n:02}" for n in range(1, MOST_COMPARED - 2))]
    assert ids == [*early, "a-09", "a-20", "a-30"]
    assert (made.first, made.captured_at) == ("a", AT)
    assert len(near.members("a")) == 32


def test_a_lead_is_compared_with_a_bounded_number_of_clusters_and_its_nearest_mates() -> None:
    crowd = [one for n in range(40) for one in cluster(f"a{n:02}", 1)]
    mates = [one for n in range(40) for one in cluster(f"b{n:02}", 1)]
    found = Candidates(tuple(crowd))
    near = Neighbours(ClusterStand(crowd, []), {"new": found}, {})
    for one in mates:
        near.place(one)
    named = [*(one.lead_id for one in mates), "b39"]
    made = near.clusters("new", found, named)
    assert len(made) == MOST_CLUSTERS
    assert {"a00", "b39"} <= {one.first for one in made}
