"""What Close alone has."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from leadline.model.handling import Ending
from leadline.model.staff.people import Person
from tests.standins.crm_api import ADA, START, CrmLead
from tests.vendors.close.standin import CloseStandIn
from tests.vendors.reading import all_since, healthy, record_of, set_to


@pytest.fixture
def close() -> Iterator[CloseStandIn]:
    yield from healthy(CloseStandIn())


def test_close_takes_the_user_of_an_opportunity_where_no_field_names_an_owner(
    close: CloseStandIn,
) -> None:
    name = close.put(CrmLead())
    close.leads[name]["opportunities"] = [{"user_id": close.ada, "status_type": "active"}]
    assert record_of(close.crm(), name).owner is None  # the settings name a field
    assert (record_of(set_to(close, read={}), name).owner or Person()).name == ADA.name


@pytest.mark.parametrize(
    ("status", "kinds", "ending"),
    [
        ("Potential", [], Ending.OPEN),
        ("Potential", ["active", "lost"], Ending.OPEN),
        ("Potential", ["lost", "lost"], Ending.LOST),
        ("Bad Fit", ["won", "lost"], Ending.WON),
        ("Bad Fit", [], Ending.DISQUALIFIED),
        ("bad fit", ["active"], Ending.DISQUALIFIED),
        ("Nurture", [], Ending.OPEN),
    ],
)
def test_close_leads_end_by_their_opportunities_else_by_their_status(
    close: CloseStandIn, status: str, kinds: list[str], ending: Ending
) -> None:
    name = close.put(CrmLead(ended=status))
    close.leads[name]["opportunities"] = [{"status_type": kind} for kind in kinds]
    assert record_of(close.crm(), name).ending is ending


def test_the_settings_say_what_a_status_means(close: CloseStandIn) -> None:
    name = close.put(CrmLead(ended="Nurture"))
    assert record_of(set_to(close, endings={"nurture": "lost"}), name).ending is Ending.LOST


def test_close_since_leaves_out_none_of_a_hundred_leads_of_the_same_moment(
    close: CloseStandIn,
) -> None:
    names = [close.put(CrmLead()) for _ in range(250)]
    names += [close.put(CrmLead(created=START + timedelta(seconds=n))) for n in range(1, 9)]
    found = all_since(close.crm())
    assert sorted(found) == sorted(names)


def test_an_owner_of_close_without_a_field_for_it_can_not_be_told(close: CloseStandIn) -> None:
    assert set_to(close, read={}).owner_value(Person(email=ADA.email)) is None
    there = set_to(close, read={}, write={"owner": "custom.cf_x"})
    assert there.owner_value(Person(email=ADA.email)) == {"custom.cf_x": close.ada}
