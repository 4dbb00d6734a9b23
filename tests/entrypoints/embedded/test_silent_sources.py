"""Sources that went silent are told, once a silence, and so is the end of it."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from leadline import wiring
from leadline.entrypoints.cli.doctor.silence import check_silence
from leadline.entrypoints.embedded.watching.trouble_watch import StorageSigns, TroubleWatch
from leadline.kit import Kit
from leadline.model.lead import CapturedLead, Kind
from leadline.ports.channel import Channel
from leadline.settings.connected.sources import SourceConfig
from leadline.settings.top.general import Settings
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured
from tests.worlds.sales_office import PlainWriter, RecordingMessenger

WEEKS = 8


class Office:
    """An installation whose sources send from 9 to 17 on weekdays, and a look every minute."""

    def __init__(self, folder: Path, clock: HandClock, settings: Settings | None = None) -> None:
        self.clock = clock
        self.settings = settings or Settings(data=folder, alerts_trouble="ops")
        self.store = SqliteStore(folder, clock=clock)
        self.ops = RecordingMessenger()
        self.number = 0
        self.kit: Kit = msgspec.structs.replace(
            wiring.kit_of(
                self.settings,
                self.store,
                {"ops": Channel(name="ops", writer=PlainWriter(), messenger=self.ops)},
                clock,
            ),
            troubles=self.store,
            arrivals=self.store,
        )
        self.start()

    def start(self) -> None:
        """Start the process that watches."""
        self.watch = TroubleWatch(self.settings, StorageSigns(lambda: 0.0), tells=True)

    def sent(
        self, source: str, *moments: datetime, kind: Kind = Kind.CREATED, why: str = ""
    ) -> None:
        """Leads of a source came at these moments."""
        leads: list[CapturedLead] = []
        for at in moments:
            self.number += 1
            lead = captured(HandClock(at), f"n{self.number}", kind=kind, why=why)
            leads.append(msgspec.structs.replace(lead, source=source))
        self.store.accept(leads)

    def history(self, source: str, per_day: int, minute: int = 0) -> None:
        """Leads came evenly on the weekdays of the last weeks, until now."""
        first = self.clock.now.replace(hour=9, minute=minute) - timedelta(weeks=WEEKS)
        days = [first + timedelta(days=n) for n in range(WEEKS * 7)]
        gap = timedelta(hours=8) / per_day
        self.sent(source, *(d + gap * n for d in days if d.weekday() < 5 for n in range(per_day)))

    def look(self, minutes: float = 1) -> list[str]:
        """What operators are told by a look after this time."""
        self.clock.advance(minutes=minutes)
        before = len(self.ops.hanging)
        self.watch.once(self.kit)
        sent = list(self.ops.hanging.values())[before:]
        return [words for message in sent for words in message["troubles"]]

    def looks(self, hours: float) -> list[str]:
        """What operators are told in this time, with a look every ten minutes."""
        return [words for _ in range(int(hours * 6)) for words in self.look(10)]


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime.fromisoformat("2026-03-02T08:50+00:00"))  # a Monday


@pytest.fixture
def office(tmp_path: Path, clock: HandClock) -> Iterator[Office]:
    one = Office(tmp_path / "data", clock)
    with closing(one.store):
        yield one


def test_a_silence_and_its_end_are_told_once(office: Office) -> None:
    office.history("form", 8)
    told = office.looks(30)
    assert told == [
        "The source form has sent no lead since 2026-02-27 16:00 UTC; it usually sends 8 on a "
        "business day."
    ]
    assert office.looks(30) == []
    office.sent("form", office.clock.now)
    assert office.looks(1) == told, "that it is over"
    assert list(office.store.troubles()) == []
    office.sent("form", office.clock.now)
    assert office.looks(1) == []


def test_a_silence_is_told_within_eight_leads_worth_of_business_time(office: Office) -> None:
    office.history("form", 8)
    assert office.looks(5) == []
    assert len(office.looks(4)) == 1


def test_nights_and_weekends_are_no_silence(office: Office) -> None:
    office.history("form", 8)
    office.clock.now += timedelta(days=4)
    office.look()
    for hour in range(9, 17):
        office.sent("form", office.clock.now.replace(hour=hour, minute=0))
    office.clock.now = office.clock.now.replace(hour=16, minute=30)
    assert office.looks(64) == []


def test_a_source_that_is_not_to_be_watched_or_has_too_few_leads_is_not_told(
    tmp_path: Path, clock: HandClock
) -> None:
    settings = Settings(
        data=tmp_path,
        alerts_trouble="ops",
        sources={"form": SourceConfig(watch_silence=False)},
    )
    one = Office(tmp_path, clock, settings)
    with closing(one.store):
        one.history("form", 8)
        one.sent("typeform", *(clock.now - timedelta(hours=n) for n in range(29)))
        assert one.looks(50) == []
        notes = {name: words for _, name, words in check_silence(settings, clock)}
    assert notes == {
        "silence of form": "not told: watch_silence is no",
        "silence of typeform": "not watched: 29 leads in the 8 weeks before its last, and 30 are "
        "needed",
    }


def test_sources_that_stop_together_are_one_message_and_count_anew_when_leads_come(
    office: Office,
) -> None:
    office.history("form", 8)
    office.history("typeform", 8, minute=10)
    office.history("generic", 4, minute=20)
    (told,) = office.looks(30)
    assert told.startswith("The source form has sent no lead since")
    (known,) = office.store.troubles()
    assert "No other source has sent a lead since" in known.trouble.remedy
    assert "If today is a holiday, name it in `holidays` of [hours]." in known.trouble.remedy
    assert office.looks(24) == []
    office.sent("form", office.clock.now)
    assert office.looks(1) == [told], "the others have the time to send again"
    office.sent("typeform", office.clock.now)
    assert office.looks(4) == []


def test_a_source_that_stays_silent_after_the_others_is_told_later(office: Office) -> None:
    office.history("form", 8)
    office.history("typeform", 8, minute=10)
    assert len(office.looks(30)) == 1
    told: list[str] = []
    for _ in range(30):
        office.sent("form", office.clock.now)
        told += office.looks(1)
    assert any(words.startswith("The source typeform has sent no lead since") for words in told)


def test_a_source_that_goes_silent_alone_is_told_with_its_own_remedy(office: Office) -> None:
    office.history("form", 8)
    office.history("typeform", 8, minute=10)
    office.look()
    told: list[str] = []
    for _ in range(9):
        office.sent("typeform", office.clock.now)
        told += office.looks(1)
    assert [words[:16] for words in told] == ["The source form "]
    (known,) = office.store.troubles()
    assert 'watch_silence = "no" in [sources.form]' in known.trouble.remedy


def test_time_in_which_the_server_was_down_is_no_silence(office: Office) -> None:
    office.history("form", 8)
    assert office.looks(2) == []
    office.clock.advance(hours=48)
    office.start()
    assert office.looks(5) == []
    assert len(office.looks(24)) == 1


def test_a_restart_forgets_neither_the_history_nor_what_was_told(office: Office) -> None:
    office.history("form", 8)
    assert len(office.looks(30)) == 1
    office.start()
    assert office.looks(10) == []
    office.start()
    office.sent("form", office.clock.now)
    assert len(office.looks(1)) == 1


def test_what_only_a_search_of_the_crm_found_does_not_end_a_silence(office: Office) -> None:
    office.history("form", 8)
    assert len(office.looks(30)) == 1
    office.sent("form", office.clock.now, why="reconciled")
    office.sent("form", office.clock.now, kind=Kind.UNREADABLE, why="no JSON")
    assert [words for words in office.looks(2) if "source form" in words] == []


def test_a_source_that_is_switched_off_while_it_is_silent_is_over(office: Office) -> None:
    office.history("form", 8)
    assert len(office.looks(30)) == 1
    off = {"form": SourceConfig(watch_silence=False)}
    office.settings = msgspec.structs.replace(office.settings, sources=off)
    office.start()
    assert len(office.looks(1)) == 1
    assert list(office.store.troubles()) == []


def test_doctor_says_for_each_source_after_how_much_silence_it_would_be_told(
    office: Office,
) -> None:
    office.history("form", 8)
    (found,) = check_silence(office.settings, office.clock)
    assert found == (
        "ok",
        "silence of form",
        "would be told after 2 days 22 h of silence, at 2026-03-02 14:54 UTC (8 leads on a "
        "business day; the last lead came 2026-02-27 16:00 UTC)",
    )
    office.looks(30)
    (found,) = check_silence(office.settings, office.clock)
    assert found[0] == "WRONG"
    assert "it has sent no lead since 2026-02-27 16:00 UTC" in found[2]


def test_only_eight_weeks_of_counts_are_kept(office: Office) -> None:
    office.sent("form", *(office.clock.now - timedelta(days=n) for n in range(200)))
    office.look()
    rows = office.store.db.rows("SELECT count(*), sum(leads) FROM arrival")
    assert rows == [(56, 56)]
    (one,) = office.store.arrivals()
    assert one.last_at == office.clock.now - timedelta(minutes=1)


def test_a_look_without_new_leads_writes_nothing(office: Office) -> None:
    office.history("form", 8)
    office.looks(1)
    before = office.store.db.connection.total_changes()
    assert office.look(2) == []
    assert office.store.db.connection.total_changes() == before
