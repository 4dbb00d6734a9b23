"""What Pipedrive alone has."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from leadline.model.handling import Ending
from leadline.model.staff.people import Person
from leadline.ports.crm import CrmChange, NotYet, Written
from leadline.refine.consent import yes_or_no
from tests.standins.crm_api import ADA, START, CrmLead
from tests.vendors.pipedrive.standin import PipedriveStandIn
from tests.vendors.reading import all_since, healthy, record_of, set_to


@pytest.fixture
def pipedrive() -> Iterator[PipedriveStandIn]:
    yield from healthy(PipedriveStandIn())


def test_a_lead_of_pipedrive_is_read_with_its_person_and_company(
    pipedrive: PipedriveStandIn,
) -> None:
    name = pipedrive.put_lead(CrmLead(owned=True))
    record = record_of(pipedrive.crm(), name)
    fields = record.fields
    assert (fields.email, fields.company) == ("grace.hale@example.com", "Hale Instruments")
    assert fields.message == "Hale Instruments lead"
    assert (record.owner or Person()).email == ADA.email
    assert record.ending is Ending.OPEN


def test_a_lead_that_was_put_away_is_disqualified(pipedrive: PipedriveStandIn) -> None:
    name = pipedrive.put_lead(CrmLead(ended="archived"))
    assert record_of(pipedrive.crm(), name).ending is Ending.DISQUALIFIED
    lost = set_to(pipedrive, endings={"archived": "lost"})
    assert record_of(lost, name).ending is Ending.LOST


@pytest.mark.parametrize(
    ("won", "open_", "lost", "ending"),
    [(0, 0, 0, ""), (1, 1, 1, "won"), (0, 0, 2, "lost"), (0, 1, 2, "")],
)
def test_a_person_of_pipedrive_ends_by_their_deals(
    pipedrive: PipedriveStandIn, won: int, open_: int, lost: int, ending: str
) -> None:
    name = pipedrive.put(CrmLead())
    pipedrive.counts = {
        "won_deals_count": won, "open_deals_count": open_, "lost_deals_count": lost,
    }  # fmt: skip
    assert record_of(pipedrive.crm(), name).ending == ending


def test_custom_fields_of_a_person_are_written_apart_and_read_by_their_key(
    pipedrive: PipedriveStandIn,
) -> None:
    key, crm = "d4de1c1518b4531717c676029a45911c340390a6", pipedrive.crm()
    name = pipedrive.put(CrmLead())
    results = crm.write([CrmChange(name, {key: "83", "email": "new@example.com"})])
    assert isinstance(results, dict)
    assert isinstance(results[name], Written)
    person = pipedrive.persons[77]
    assert person["custom_fields"] == {key: "83"}
    assert [one["value"] for one in person["emails"]] == ["new@example.com"]
    values = record_of(crm, name).values
    assert (values[key], values["email"]) == ("83", "new@example.com")


def test_a_lead_of_pipedrive_that_is_gone_is_not_yet(pipedrive: PipedriveStandIn) -> None:
    gone = "lead:11111111-2222-3333-4444-555555555555"
    assert pipedrive.crm().read([gone]) == {gone: NotYet()}


def test_only_persons_created_since_are_found_though_older_ones_were_changed(
    pipedrive: PipedriveStandIn,
) -> None:
    pipedrive.put(CrmLead(created=START - timedelta(days=9)))
    pipedrive.persons[77]["update_time"] = "2026-03-09T00:00:00Z"
    name = pipedrive.put(CrmLead())
    assert all_since(pipedrive.crm()) == [name]


@pytest.mark.parametrize(("status", "said"), [("unsubscribed", "no"), ("subscribed", "yes")])
def test_who_unsubscribed_is_read_if_the_settings_ask_for_it(
    pipedrive: PipedriveStandIn, status: str, said: str
) -> None:
    pipedrive.marketing = status
    for name in (pipedrive.put(CrmLead()), pipedrive.put_lead(CrmLead())):
        assert record_of(pipedrive.crm(), name).fields.consent == {}
        asking = set_to(pipedrive, read={"consent.email": "marketing_status"})
        consent = record_of(asking, name).fields.consent
        assert yes_or_no(consent["email"].value) == said
