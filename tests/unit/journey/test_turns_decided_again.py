"""A turn is decided again if another worker was faster, by what is there then."""

import msgspec

from leadline.journey.assigning.first_turn import FirstTurn
from leadline.journey.assigning.past_leads import NO_HISTORY
from leadline.model.facts.likeness import FirstSeen
from leadline.model.staff.assigning import Documents
from leadline.model.task import Done
from leadline.stores.memory import MemoryStore
from tests.worlds.leads import HandClock, captured, refined
from tests.worlds.teams import MONDAY, TeamOffice


def test_a_decision_that_was_not_stored_decides_nothing_later() -> None:
    """Somebody returns whose earlier lead nobody has: it is the team's turn, each time anew."""
    clock = HandClock(MONDAY)
    office = TeamOffice(MemoryStore(clock), clock)
    first = captured(clock, "first")
    clock.advance(minutes=1)
    seen = FirstSeen(first.id, first.captured_at, ("email",))
    lead = msgspec.structs.replace(refined(captured(clock), clock), duplicate_of=seen)
    turn = FirstTurn(
        kit=office.kit, lead=lead, handling=None, answer=None, history=NO_HISTORY, mates={},
        done=Done(refined=lead),
    ).outcome().turn  # fmt: skip
    assert turn is not None

    def given(documents: Documents) -> tuple[str, str, Documents]:
        done, after = turn.finish(documents)
        assert done.refined is not None
        assert done.refined.decision is not None
        return done.refined.decision.person, done.refined.decision.how, after

    person, how, meanwhile = given({})
    assert (person, how) == ("ada", "turn")
    assert given(meanwhile)[:2] == ("bob", "turn")
