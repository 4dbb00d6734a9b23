"""Whose a lead is: the word of its handling, of the refined lead, and of the CRM in between."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from leadline.model.handling import Handling, holder_of, owner_of
from leadline.model.lead import LeadDetails, Ownership, RefinedLead
from leadline.model.staff.people import Person
from tests.worlds.leads import HandClock, captured, refined

ANN = Person(name="Ann Archer", email="ann@example.com")
BEN = Person(name="Ben Bell")


def lead(**details: Any) -> RefinedLead:
    clock = HandClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    bare = refined(captured(clock), clock)
    return msgspec.structs.replace(bare, lead_details=LeadDetails(**details))


@pytest.mark.parametrize(
    ("details", "handling", "owner"),
    [
        ({}, Handling(), None),
        ({"owner": "Ben Bell"}, Handling(), BEN),
        ({"owner": "Ben Bell"}, Handling(owner=ANN), ANN),
        ({"owner": "Ben Bell"}, Handling(ownership=Ownership.UNASSIGNED), None),
        ({"owner": "Ben Bell"}, Handling(ownership=Ownership.UNKNOWN), BEN),
        ({"owner_email": "b@example.com"}, Handling(), Person(email="b@example.com")),
        ({"ownership": Ownership.UNASSIGNED}, Handling(owner=ANN), ANN),
    ],
)
def test_a_lead_is_its_owners_as_known_by_now(
    details: dict[str, Any], handling: Handling, owner: Person | None
) -> None:
    assert owner_of(lead(**details), handling) == owner
    assert holder_of(lead(**details), handling) == owner


def test_who_claimed_a_lead_works_on_it_whoever_owns_it() -> None:
    claimed = Handling(claimed_by=ANN)
    assert owner_of(lead(owner="Ben Bell"), claimed) == BEN
    assert holder_of(lead(owner="Ben Bell"), claimed) == ANN
