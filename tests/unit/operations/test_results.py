"""How leads ended is counted for all, and for each source, owner and band of scores."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.handling import Ending, Handling
from leadline.model.lead import Contact, LeadDetails, Ownership, RefinedLead
from leadline.model.staff.people import Person
from leadline.operations.figures.results import Endings, results_of, score_band
from leadline.operations.figures.speed import NOBODY
from leadline.ports.reading.ledger import Followed
from leadline.settings.team.people import MemberConfig
from leadline.team.people import Team

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TEAM = Team({"ann": MemberConfig(email="ann@example.com")})


def lead(
    ending: Ending = Ending.OPEN,
    source: str = "odoo",
    score: float | None = None,
    owner: Person | None = None,
    shown: str | None = None,
    ownership: Ownership = Ownership.NOT_ASKED,
) -> Followed:
    return Followed(
        RefinedLead(
            lead_id="x",
            captured_at=AT,
            processed_at=AT,
            status="refined",
            contact=Contact(),
            lead_details=LeadDetails(lead_score=score, owner=shown),
            received_from=source,
        ),
        Handling(ending=ending, owner=owner, ownership=ownership),
        None,
    )


def test_endings_are_counted_in_every_group() -> None:
    ann = Person(id="7", name="Ann Archer", email="Ann@example.com")
    results = results_of(
        [
            lead(Ending.WON, "odoo", 85, ann),
            lead(Ending.LOST, "odoo", 12.5, ann),
            lead(Ending.DISQUALIFIED, "close", None, shown="Ben Bell"),
            lead(Ending.JUNK, "odoo", -3),
            lead(Ending.OPEN, "odoo", 19),
        ],
        TEAM,
    )
    assert results.all == Endings(5, 1, 1, 1, 1, 1, won_share=0.25)
    assert [(name, of.leads) for name, of in results.by_source.items()] == [
        ("odoo", 4),
        ("close", 1),
    ]
    assert [*results.by_owner] == [NOBODY, "ann", "Ben Bell"]
    assert results.by_owner["ann"].won_share == 0.5
    assert [*results.by_score] == ["below 0", "0-19", "80+", "none"]
    assert results.by_score["0-19"].won_share == 0.0
    assert results.by_source["close"].won_share == 0.0


def test_an_owner_is_one_and_the_same_whether_the_lead_or_its_handling_names_them() -> None:
    ann = Person(id="7", name="Ann Archer", email="Ann@example.com")
    results = results_of([lead(owner=ann), lead(shown="ann@example.com")], TEAM)
    assert {name: of.leads for name, of in results.by_owner.items()} == {"ann": 2}


def test_a_lead_that_the_crm_says_nobody_owns_counts_for_nobody() -> None:
    released = lead(shown="Ben Bell", ownership=Ownership.UNASSIGNED)
    assert [*results_of([released], TEAM).by_owner] == [NOBODY]


def test_nothing_has_ended_while_all_are_open() -> None:
    assert results_of([], TEAM).all == Endings()
    assert results_of([lead()], TEAM).all == Endings(1, 1)


@pytest.mark.parametrize(
    ("score", "band"),
    [(0, "0-19"), (19.99, "0-19"), (20, "20-39"), (79, "60-79"), (80, "80+"), (1e6, "80+"),
     (-0.5, "below 0"), (None, "none")],
)  # fmt: skip
def test_scores_fall_into_bands(score: float | None, band: str) -> None:
    assert score_band(score) == band


@given(
    st.lists(
        st.builds(
            lead,
            st.sampled_from(Ending),
            st.sampled_from(["odoo", "close", "hubspot"]),
            st.none() | st.floats(allow_nan=False, allow_infinity=False),
        ),
        max_size=30,
    )
)
def test_the_groups_of_each_kind_add_up_to_all(leads: list[Followed]) -> None:
    results = results_of(leads, TEAM)
    assert results.all.leads == len(leads)
    for groups in (results.by_source, results.by_owner, results.by_score):
        for part in ("leads", "open", "won", "lost", "disqualified", "junk"):
            assert sum(getattr(of, part) for of in groups.values()) == getattr(results.all, part)
