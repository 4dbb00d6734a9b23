"""A lead's whole way on a real CRM: found there, owned, told, written back, and no echo."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from leadline.journey.receiving.capture import CaptureKit
from leadline.journey.receiving.reconcile import Reconciled, reconcile
from leadline.journey.responding.follow_up import ECHO
from leadline.journey.writing_back.write_back import write_back_due
from leadline.kit import Connected
from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.lead import Delivery, Ownership
from leadline.model.staff.people import Person
from leadline.model.task import Later, Step, Task
from leadline.ports.crm import CrmChange, CrmRecord, NotYet, Page, Written
from leadline.ports.messenger import Refused, Unreachable
from leadline.settings.connected.sources import SourceConfig
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from leadline.vendors.registry import make_crm
from leadline.vendors.tryton.webhook import Tryton as TrytonSource
from tests.vendors.tryton.real_server import Tryton
from tests.worlds.leads import HandClock, capture
from tests.worlds.sales_office import SalesOffice

pytestmark = pytest.mark.crm

HOUR = timedelta(hours=1)
WRITE = {"score": "reference", "status": "comment", "owner": "employee"}


@pytest.fixture(scope="module")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tryton]:
    running = Tryton(tmp_path_factory.mktemp("tryton"))
    yield running
    running.stop()


class TrytonOffice(SalesOffice):
    """An office that has only this CRM."""

    def __init__(self, tryton: Tryton, folder: Path, clock: HandClock, **config: Any) -> None:
        self.sqlite = SqliteStore(folder / "data", clock=clock)
        super().__init__(self.sqlite, clock)
        self.tryton = tryton
        said = {"write": WRITE, "read": {"score": "amount"}, **config}
        how = tryton.config(**said)
        self.real = make_crm("tryton", how)
        sources = {"tryton": TrytonSource(SourceConfig(map={"score": "amount"}))}
        self.front = CaptureKit(sources, timedelta(minutes=10))
        crms = {"tryton": Connected(self.real, how)}
        self.kit = msgspec.structs.replace(self.kit, sources=sources, crms=crms)

    @property
    def places(self) -> list[tuple[Step, str]]:
        return [*super().places, (Step.WRITE_BACK, "tryton")]

    def turn(self) -> None:
        super().turn()
        while write_back_due(self.kit, "tryton") == timedelta():
            pass
        super().turn()

    def look(self) -> Reconciled:
        now = self.clock.now
        return reconcile(self.front, self.real, self.store, "tryton", now - HOUR, now)

    def hear_of(self, record: str) -> None:
        """A trigger in the CRM tells us of a record."""
        body = self.tryton.hook(record)
        headers = {"content-type": "application/json"}
        capture(Delivery("tryton", body, self.clock.now, headers), self.front, self.store)

    def read(self, record: str) -> CrmRecord:
        records = self.real.read([record])
        assert isinstance(records, dict)
        body = records[record]
        assert isinstance(body, CrmRecord)
        return body

    def timeline(self, folder: Path, lead_id: str) -> list[str]:
        with closing(SqliteLedger(folder / "data")) as ledger:
            story = ledger.story(lead_id)
        assert story is not None
        return [line.what for line in story.timeline]


@pytest.fixture
def office(tryton: Tryton, tmp_path: Path) -> Iterator[TrytonOffice]:
    office = TrytonOffice(tryton, tmp_path, HandClock(datetime.now(UTC)))
    with closing(office.sqlite):
        office.look()  # what other tests have left there
        yield office


def test_a_lead_of_which_no_webhook_told_goes_all_its_way_and_back(
    office: TrytonOffice, tryton: Tryton, tmp_path: Path
) -> None:
    record = tryton.lead("Ada Byron", 85, email="ada@example.com", phone="+49 30 901820")
    (found,) = office.look().found
    assert (found.record, office.look().found) == (record, ())
    office.wait(minutes=4)
    tryton.edit(record, employee=tryton.ann)
    office.wait(minutes=7)
    (body,) = office.messengers["slack"].about(found.lead_id)
    assert (body["owner"], body["ownership"]) == ("Ann Archer", Ownership.ASSIGNED)
    assert body["email"] == "ada@example.com"
    assert found.lead_id in office.store.work_list("ann@example.com")

    there = tryton.values(record, "reference", "comment", "employee", "write_date")
    assert (there["reference"], there["comment"]) == ("85", "refined")
    assert there["employee"] == tryton.ann

    before = office.handling(found.lead_id)
    office.hear_of(record)
    office.wait(minutes=30)
    assert office.look().found == ()
    office.store.put([Task(Step.WRITE_BACK, found.lead_id, "tryton")], office.clock())
    office.wait(minutes=5)
    assert tryton.values(record, "write_date")["write_date"] == there["write_date"], "no echo"
    assert office.handling(found.lead_id) == before
    assert len(office.messengers["slack"].about(found.lead_id)) == 1
    assert office.timeline(tmp_path, found.lead_id).count("crm.written") == 1
    assert ECHO in office.timeline(tmp_path, found.lead_id)


def test_a_claim_becomes_the_owner_and_what_people_write_stays(
    office: TrytonOffice, tryton: Tryton
) -> None:
    record = tryton.lead("Grace Hale", 70, email="grace@example.com")
    (found,) = office.look().found
    office.wait(minutes=11)
    assert tryton.values(record, "reference")["reference"] == "70"
    tryton.edit(record, reference="called twice")
    handling = office.handling(found.lead_id) or UNHANDLED
    ben = Person(slack="U012BEN", name="Ben", email="ben@example.com")
    claimed = msgspec.structs.replace(handling, claimed_by=ben, claimed_at=office.clock())
    back = [Later(Task(Step.WRITE_BACK, found.lead_id, "tryton"))]
    assert office.store.handle(found.lead_id, handling, claimed, back)
    office.wait(minutes=1)
    there = tryton.values(record, "reference", "employee")
    assert (there["reference"], there["employee"]) == ("called twice", tryton.ben)
    after = office.handling(found.lead_id)
    assert after is not None
    assert after.owner == Person(str(tryton.ben), "Ben Bell", "ben@example.com")


def test_how_a_lead_ended_comes_back(office: TrytonOffice, tryton: Tryton) -> None:
    record = tryton.lead("Mary Moss", email="mary@example.com")
    tryton.edit(record, employee=tryton.ann)
    (found,) = office.look().found
    office.wait(minutes=11)
    tryton.press(record, "lost")
    office.hear_of(record)
    office.wait(minutes=1)
    handling = office.handling(found.lead_id)
    assert isinstance(handling, Handling)
    assert handling.ending is Ending.LOST


def test_tryton_refuses_what_was_modified_since_it_was_read(
    office: TrytonOffice, tryton: Tryton
) -> None:
    record = tryton.lead("Eve Ash")
    seen = office.read(record)
    tryton.edit(record, description="Wants two demos")
    results = office.real.write([CrmChange(record, {"description": "x"}, seen.modified)])
    assert results == {record: Unreachable("crm.modified_meanwhile")}
    now = office.read(record)
    results = office.real.write([CrmChange(record, {"description": "y"}, now.modified)])
    assert results == {record: Written()}
    assert office.read(record).values["description"] == "y"


def test_values_are_written_as_the_types_of_their_fields_want_them(
    office: TrytonOffice, tryton: Tryton
) -> None:
    record = tryton.lead("Ida Ivy")
    values = {
        "reference": 85, "comment": None, "amount": 12.5, "end_date": "2026-03-02T09:00:00Z",
        "conversion_probability": 0.25, "employee": str(tryton.ben),
    }  # fmt: skip
    assert office.real.write([CrmChange(record, values)]) == {record: Written()}
    names = ("reference", "comment", "amount", "end_date", "conversion_probability", "employee")
    there = tryton.values(record, *names)
    assert [there[name] for name in names] == ["85", None, 12.5, "2026-03-02", 0.25, tryton.ben]


def test_what_tryton_refuses_it_refuses_in_its_own_words(
    office: TrytonOffice, tryton: Tryton
) -> None:
    record = tryton.lead("Una Urn")
    gone = "sale.opportunity:999999"
    results = office.real.write(
        [
            CrmChange(record, {"employee": 999}),
            CrmChange(gone, {"reference": "x"}),
            CrmChange("party.party:1", {"name": "x"}),
            CrmChange(record, {"no_such_field": 1}),
        ]
    )
    assert isinstance(results, dict)
    assert results[gone] == NotYet()
    assert results["party.party:1"] == Refused("crm.unknown_record", "")
    assert isinstance(results[record], Refused)
    assert results[record].reason in ("crm.rejected", "crm.failed")
    assert office.real.read([gone, "party.party:1"]) == {
        gone: NotYet(),
        "party.party:1": Refused("crm.unknown_record", ""),
    }


def test_a_wrong_password_and_a_wrong_database_are_told_apart(tryton: Tryton) -> None:
    wrong = make_crm("tryton", tryton.config(token="not-the-password"))
    records = wrong.read(["sale.opportunity:1"])
    assert isinstance(records, Refused)
    assert records.reason == "crm.unauthorized"
    nowhere = make_crm("tryton", tryton.config(database="nowhere"))
    assert isinstance(nowhere.read(["sale.opportunity:1"]), Unreachable)


def test_since_goes_through_all_pages(
    office: TrytonOffice, tryton: Tryton, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.vendors.tryton.api._PAGE", 2)
    start = office.read(tryton.lead("First")).modified
    assert start is not None
    records = [tryton.lead(f"Number {number}") for number in range(5)]
    found: list[str] = []
    after = ""
    while True:
        page = office.real.since(start, after)
        assert isinstance(page, Page)
        assert len(page.found) <= 2
        found += [one.record for one in page.found]
        after = page.after
        if not after:
            break
    assert found[1:] == records
