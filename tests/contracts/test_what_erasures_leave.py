"""What an erasure leaves of a lead's events, on every store."""

from datetime import timedelta

import msgspec
import pytest

from leadline.journey.personal_data.erasing_people import erase_again
from leadline.journey.personal_data.finding_people import find_people
from leadline.model.lead import DELETED, ERASED, Kind
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.personal_data.privacy import Tombstone
from leadline.ports.store import Store
from leadline.privacy.places import place_of
from leadline.privacy.places.place import PlaceKind
from tests.contracts.test_erasing_people import EMAIL, KEY, LEAD, ErasingOffice
from tests.worlds.leads import HandClock, captured

BO = b'{"name":"Bo Lind","email":"bo@example.com"}'
DELETION = b'{"action":"delete","previous":{"name":"Ada Vance","email":"ada@example.com"}}'


@pytest.fixture
def office(store: Store, clock: HandClock) -> ErasingOffice:
    return ErasingOffice(store, clock)


def raw_of(office: ErasingOffice, lead_id: str) -> bytes:
    return office.store.archived([lead_id])[lead_id].raw


@pytest.mark.parametrize("record", ["r:1", "r:9"])
def test_a_deletion_that_repeats_what_the_crm_knew_of_the_person_is_erased(
    office: ErasingOffice, record: str
) -> None:
    """Whether its record has a lead or not."""
    lead_id = office.take(LEAD, record="r:1")
    office.work()
    end = office.take(DELETION, kind=Kind.IGNORED, why=DELETED, record=record)
    office.erase(EMAIL)
    assert raw_of(office, lead_id) == raw_of(office, end) == ERASED_WORDS
    assert office.left() == set()
    assert not find_people(office.store, [EMAIL])


def test_a_deletion_of_which_the_body_is_kept_is_cut_out_of_it(office: ErasingOffice) -> None:
    office.clock.advance(seconds=1)
    end = captured(office.clock, key="end", raw=DELETION, kind=Kind.IGNORED, why=DELETED)
    office.accept(msgspec.structs.replace(end, body=b"[" + DELETION + b"]"))
    office.erase(EMAIL)
    assert office.left() == set()


def test_the_request_of_a_privacy_deletion_stays(office: ErasingOffice) -> None:
    office.take(LEAD, record="r:1")
    office.work()
    asked = b'{"record":"r:1"}'
    end = office.take(asked, kind=Kind.IGNORED, why=ERASED, record="r:1")
    office.erase(EMAIL)
    assert raw_of(office, end) == asked


def test_a_second_erasure_finds_nothing_in_the_id_of_a_record_which_stays(
    office: ErasingOffice,
) -> None:
    """A form may call its record by the address of the person."""
    lead_id = office.take(LEAD, record="ada@example.com")
    office.work()
    office.erase(EMAIL)
    office.work()
    place = place_of(PlaceKind.TABLE, "lead")
    assert place is not None
    assert "record" in place.left
    assert raw_of(office, lead_id) == ERASED_WORDS
    assert office.erase(EMAIL).tombstone is None


def together(office: ErasingOffice) -> tuple[str, str]:
    """Bo and the person come in one delivery, whose body is with Bo's event; both ids."""
    office.clock.advance(seconds=1)
    bo = captured(office.clock, key="bo", raw=BO, delay=timedelta())
    ada = captured(office.clock, key="ada", raw=LEAD, delay=timedelta())
    bo = msgspec.structs.replace(bo, body=b"[" + BO + b"," + LEAD + b"]")
    office.store.accept([bo, msgspec.structs.replace(ada, body_with=bo.id)])
    office.ids += [bo.id, ada.id]
    office.work()
    return bo.id, ada.id


@pytest.mark.parametrize("again", [False, True], ids=["erased", "erased again"])
def test_who_came_in_one_delivery_with_the_person_stays(
    office: ErasingOffice, *, again: bool
) -> None:
    bo, ada = together(office)
    if again:
        office.clock.advance(seconds=1)
        office.erasures.bury(Tombstone(KEY.hashes_of([EMAIL]), KEY.id, office.clock.now))
        assert erase_again(office.kit, office.erasures.tombstones()) == 1
    else:
        assert [one.lead_id for one in office.erase(EMAIL).leads] == [ada]
    assert office.left() == set()
    assert raw_of(office, bo) == BO
    assert office.store.refined([bo])[bo].contact.email == "bo@example.com"
    assert not find_people(office.store, [EMAIL])
