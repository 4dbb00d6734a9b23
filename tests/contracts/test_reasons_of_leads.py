"""What `leadline why` finds about leads that a team gave out, on every store."""

from datetime import timedelta

import pytest

from leadline.entrypoints.cli.look._reasons import lines_of
from leadline.operations.rules.reasons import Reasons, decision_in, kept_reasons
from leadline.settings.team.teams import TeamConfig
from tests.worlds.ledger import LedgerWorld
from tests.worlds.teams import MONDAY, NAMES, TeamOffice

CAPPED = TeamConfig(people=NAMES, cap_open=1, fallback="queue")


@pytest.fixture
def office(world: LedgerWorld) -> TeamOffice:
    world.clock.now = MONDAY
    return TeamOffice(world.store, world.clock, CAPPED)


def reasons(world: LedgerWorld, lead_id: str) -> Reasons:
    story = world.ledger.story(lead_id)
    assert story is not None
    return kept_reasons(story, {"dach": NAMES})


def test_the_first_decision_is_in_the_document_and_on_the_timeline(
    world: LedgerWorld, office: TeamOffice
) -> None:
    (lead,) = office.leads(1)
    found = reasons(world, lead)
    assert found.decision is not None
    assert (found.holder, found.decision.how, found.decision.rule) == ("ada", "turn", "all")
    assert [(one.person, one.why) for one in found.people] == [
        ("ada", "chosen"), ("bob", "turn"), ("cyd", "turn"),
    ]  # fmt: skip
    assert found.later == ()
    story = world.ledger.story(lead)
    assert story is not None
    told = [decision_in(one) for one in story.timeline]
    assert [one for one in told if one] == [found.decision]


def test_a_lead_that_waited_says_who_was_full_and_who_had_room_then(
    world: LedgerWorld, office: TeamOffice
) -> None:
    *given, waits = office.leads(4)
    found = reasons(world, waits)
    assert (found.holder, found.queued and found.queued.team) == ("", "dach")
    assert {one.why for one in found.people} == {"cap_open"}
    assert "Nobody of the team dach could be given it" in "\n".join(lines_of(found))
    office.junks(given[1], "bob")
    office.wait(minutes=5)
    found = reasons(world, waits)
    assert (found.holder, found.queued) == ("bob", None)
    assert [(one.person, one.why) for one in found.people] == [
        ("ada", "cap_open"), ("bob", "chosen"), ("cyd", "cap_open"),
    ]  # fmt: skip
    assert [one.decision.how for one in found.later if one.decision] == ["queue"]


def test_a_claim_is_told_after_the_decision(world: LedgerWorld, office: TeamOffice) -> None:
    (lead,) = office.leads(1)
    world.clock.now += timedelta(minutes=1)
    office.claims(lead, "cyd")
    found = reasons(world, lead)
    assert (found.holder, found.owner) == ("cyd", "ada")
    assert [one.what for one in found.later] == ["claimed"]


def test_a_person_who_returns_is_told_by_which_lead_they_are_known(
    world: LedgerWorld, office: TeamOffice
) -> None:
    first, second = office.leads(2, name="Jana Muster", email=office.address(77))
    found = reasons(world, second)
    assert found.decision is not None
    assert (found.decision.how, found.decision.before) == ("duplicate", first)
    assert found.duplicate_of is not None
    assert found.duplicate_of.lead_id == first
