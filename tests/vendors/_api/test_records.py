"""What all CRMs share: times, what settings place, users kept for minutes, writing one by one."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.model.handling import Ending
from leadline.model.lead import LeadFields
from leadline.model.staff.people import Person
from leadline.ports.crm import Carried, CrmChange, CrmRecord, Found, NotYet, Page, Written
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.crm import CrmConfig
from leadline.vendors._api import records
from leadline.vendors._api.windows import page_of_windows

AT = datetime(2026, 3, 2, 9, 2, 40, tzinfo=UTC)
ADA = Person(id="7", name="Ada Vance", email="ada@example.org")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-02T09:02:40+00:00", AT),
        ("2026-03-02T10:02:40+01:00", AT),
        ("2026-03-02T09:02:40+0000", AT),
        ("2026-03-02T09:02:40.000000000Z", AT),
        ("2026-03-02 09:02:40", AT),
        (int(AT.timestamp()), AT),
        (int(AT.timestamp() * 1000), AT),
        (str(int(AT.timestamp() * 1000)), AT),
        ("yesterday", None),
        ("", None),
        (None, None),
        (False, None),
        (1e30, None),
        ({}, None),
    ],
)
def test_a_time_is_understood_as_crms_write_it(written: object, meant: datetime | None) -> None:
    assert records.moment_of(written) == meant


@given(st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)), st.integers(-720, 720))
@settings(max_examples=60)
def test_every_offset_is_carried_over_to_utc(at: datetime, minutes: int) -> None:
    aware = at.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert records.moment_of(aware.isoformat()) == aware


def laid_over(record: CrmRecord, config: CrmConfig, *words: object) -> CrmRecord:
    return records.settled(config, record, words, {"Junk": Ending.DISQUALIFIED})


def test_settings_place_owner_times_and_ending() -> None:
    values = {"rep": "9", "rep_name": "Bo Lind", "stage": "Signed", "called": AT.isoformat()}
    read = {"owner": "rep", "owner_name": "rep_name", "ending": "stage", "touched": "called"}
    record = CrmRecord(record="1", fields=LeadFields(), owner=ADA, values=values)
    crm_record = laid_over(record, CrmConfig(read=read, endings={"signed": "won"}), "Junk")
    assert crm_record.owner == Person(id="9", name="Bo Lind")
    assert (crm_record.ending, crm_record.touched_at) == (Ending.WON, AT)


def test_without_settings_a_record_stays_as_the_crm_told_it() -> None:
    record = CrmRecord(record="1", fields=LeadFields(), owner=ADA, modified=AT)
    assert laid_over(record, CrmConfig(), "New", None) == record
    assert laid_over(record, CrmConfig(), "New", "JUNK").ending is Ending.DISQUALIFIED


def test_the_settings_word_for_an_ending_wins_over_the_vendors() -> None:
    record = CrmRecord(record="1", fields=LeadFields())
    assert laid_over(record, CrmConfig(endings={"junk": "lost"}), "Junk").ending is Ending.LOST


def test_writing_ends_when_a_call_has_taken_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "WHOLE_PATIENCE", 0.0)
    changes = [CrmChange(str(n), {}) for n in range(3)]
    assert records.each_written(changes, lambda one: Written()) == {"0": Written()}


def written(*results: Carried) -> object:
    by_name = {str(n): result for n, result in enumerate(results)}
    changes = [CrmChange(name, {}) for name in by_name]
    return records.each_written(changes, lambda one: by_name[one.record])


def test_a_pause_ends_the_writing_and_is_told_of_where_it_was_asked_for() -> None:
    busy = Busy(timedelta(seconds=7))
    assert written(Written(), busy, Written()) == {"0": Written(), "1": busy}
    assert written(busy, Written()) == busy


def test_a_wrong_token_ends_the_writing() -> None:
    refused = Refused("crm.unauthorized", "")
    assert written(Written(), refused, Written()) == {"0": Written()}
    assert written(refused, Written()) == refused


def test_a_record_that_fails_alone_stops_no_other() -> None:
    results = (NotYet(), Refused("crm.http_400", "no"), Unreachable("x"))
    assert written(*results) == {str(n): result for n, result in enumerate(results)}


class CountedRoster:
    """Users, as often as they are asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = 0
        self.now = 1000.0
        self.users: Mapping[str, Person] | Busy | Unreachable | Refused = {"7": ADA}
        self.roster = records.Roster(self.fetch)
        monkeypatch.setattr(time, "monotonic", lambda: self.now)

    def fetch(self) -> Mapping[str, Person] | Busy | Unreachable | Refused:
        self.asked += 1
        return self.users


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> CountedRoster:
    return CountedRoster(monkeypatch)


def test_users_are_kept_for_some_minutes(office: CountedRoster) -> None:
    for _ in range(3):
        assert office.roster.known(Person(id="7")) == ADA
    assert office.asked == 1
    office.now += 601
    assert office.roster.known(Person(id="7")) == ADA
    assert office.asked == 2


def test_a_new_user_is_asked_for_within_a_minute(office: CountedRoster) -> None:
    assert office.roster.known(Person(id="9")) == Person(id="9")
    office.users = {"9": Person(id="9", name="Bo Lind")}
    assert office.roster.known(Person(id="9")) == Person(id="9")
    office.now += 61
    assert office.roster.known(Person(id="9")) == Person(id="9", name="Bo Lind")
    assert office.asked == 2


def test_trouble_with_the_users_is_told_and_not_kept(office: CountedRoster) -> None:
    office.users = Unreachable("crm.timeout")
    assert office.roster.known(Person(id="7")) == Unreachable("crm.timeout")
    assert office.roster.id_of(Person(email="ada@example.org")) == ""
    office.users = {"7": ADA}
    assert office.roster.known(Person(id="7")) == ADA
    assert office.roster.id_of(Person(email="ADA@example.org")) == "7"


def test_nobody_is_nobody(office: CountedRoster) -> None:
    assert office.roster.known(None) is None
    assert office.roster.id_of(Person(slack="U1")) == ""
    assert office.asked == 0


def at(days: float) -> Found:
    return Found(f"r{days}", AT + timedelta(days=days), b"{}")


def test_windows_are_put_in_order_and_empty_ones_passed_over() -> None:
    leads = [at(60), at(2), at(1), at(61), at(6.9)]
    request: list[timedelta] = []

    def read(start: datetime, end: datetime) -> list[Found]:
        request.append(end - start)
        return leads  # more than was asked for

    first = page_of_windows(AT, "", read)
    assert isinstance(first, Page)
    assert [one.record for one in first.found] == ["r1", "r2", "r6.9"]
    second = page_of_windows(AT, first.after, read)
    assert isinstance(second, Page)
    assert [one.record for one in second.found] == ["r60", "r61"]
    assert [one.days for one in request] == [7, 7, 14, 28, 56][: len(request)]


def test_a_window_that_reaches_into_the_future_is_the_last() -> None:
    now = datetime.now(UTC)
    page = page_of_windows(now - timedelta(days=1), "", lambda a, b: [])
    assert page == Page(())


def test_trouble_in_a_window_is_told() -> None:
    assert page_of_windows(AT, "", lambda a, b: Unreachable("x")) == Unreachable("x")
