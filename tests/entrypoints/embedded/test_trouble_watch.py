"""What the watch of an embedded installation finds, also while the disk fails."""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from leadline import wiring
from leadline.entrypoints.embedded.watching.trouble_watch import StorageSigns, TroubleWatch
from leadline.installations.data_file import Whereabouts
from leadline.kit import Kit
from leadline.model.errors import StorageFailed
from leadline.model.facts.scored_leads import UNSCORED
from leadline.model.task import Done, Drop, Step, Task
from leadline.ports.channel import Channel
from leadline.ports.store import Settlement
from leadline.settings.top.general import Settings
from leadline.settings.top.score import PointsConfig
from leadline.stores.damage import note_damage
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured, lease_task, refined, settle
from tests.worlds.sales_office import PlainWriter, RecordingMessenger


class Watched:
    """An installation with the channels `slack` and `ops`, of which the latter tells troubles."""

    def __init__(self, folder: Path, clock: HandClock) -> None:
        self.clock, self.folder = clock, folder
        self.store = SqliteStore(folder, clock=clock)
        self.ops = RecordingMessenger()
        self.room = True
        names = ("slack", "ops")
        self.kit: Kit = msgspec.structs.replace(
            wiring.kit_of(
                Settings(data=folder, alerts_trouble="ops"),
                self.store,
                {n: Channel(name=n, writer=PlainWriter(), messenger=self.ops) for n in names},
                clock,
            ),
            troubles=self.store,
        )
        self.signs = StorageSigns(lambda: clock.now.timestamp())
        self.watch = self.other_watch()

    def other_watch(self, *, tells: bool = True) -> TroubleWatch:
        """The watch of another process."""
        settings = Settings(data=self.folder, alerts_trouble="ops")
        return TroubleWatch(settings, self.signs, tells=tells)

    def look(self, seconds: float = 60) -> list[str]:
        """What operators are told by a look after this time."""
        self.clock.advance(seconds=seconds)
        before = len(self.ops.hanging)
        self.watch.once(self.kit)
        sent = list(self.ops.hanging.values())[before:]
        return [words for message in sent for words in message["troubles"]]

    def die(self, count: int) -> list[str]:
        """Make dead letters with the reason `slack.no_team`."""
        leads = [captured(self.clock, f"d{self.clock.now}{n}", delay=timedelta())
                 for n in range(count)]  # fmt: skip
        self.store.accept(leads)
        leases = self.store.lease(Step.REFINE, count, timedelta(minutes=1))
        self.store.settle([Settlement(c, Drop("slack.no_team", "said Slack")) for c in leases])
        return [lead.id for lead in leads]


@pytest.fixture
def watched(tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    one = Watched(tmp_path / "data", clock)
    monkeypatch.setattr(Whereabouts, "has_room", lambda _self: one.room)
    with closing(one.store):
        yield one


def test_nothing_is_told_while_nothing_is_wrong(watched: Watched) -> None:
    assert [watched.look() for _ in range(3)] == [[], [], []]


def test_dead_letters_are_told_once_a_reason_and_their_end_when_none_is_left(
    watched: Watched,
) -> None:
    ids = watched.die(2)
    words = "2 dead letters of the step refine: slack.no_team."
    assert watched.look() == [words]
    ids += watched.die(1)
    assert watched.look() == []
    watched.store.put([Task(Step.REFINE, lead_id) for lead_id in ids], watched.clock())
    assert watched.look() == [words.replace("2", "3")]
    assert list(watched.store.troubles()) == []


def test_a_full_disk_and_its_end_are_told(watched: Watched) -> None:
    watched.room = False
    assert "disk of the data folder is full" in watched.look()[0]
    assert watched.look() == []
    watched.room = True
    assert len(watched.look()) == 1
    assert watched.look() == []


def test_a_channel_is_told_once_it_has_failed_for_as_long_as_its_fallback_waits(
    watched: Watched,
) -> None:
    watched.store.record_attempt("slack", succeeded=False)
    assert watched.look(299) == []
    (told,) = watched.look(1)
    assert told.startswith("The channel slack has failed since 2026-03-02 09:00 UTC; its alerts")
    assert watched.look() == []
    watched.store.record_attempt("slack", succeeded=True)
    assert watched.look() == [told]
    assert list(watched.store.troubles()) == []


def test_damaged_documents_are_told_once_a_lead_by_whichever_process_finds_them(
    watched: Watched,
) -> None:
    reporter = watched.other_watch(tells=False)
    for lead_id in ("one", "one", "two"):
        note_damage(f"{lead_id} of {watched.folder}")
    reporter.once(watched.kit)
    assert watched.look() == [
        "Stored documents of leads were altered by the disk and are not used."
    ]
    note_damage(f"one of {watched.folder}")
    assert watched.look() == []


def test_a_store_that_goes_on_failing_is_told_without_it_and_once(watched: Watched) -> None:
    assert watched.look() == []
    lock = watched.folder / "writers.lock"
    os.utime(lock, (0, 0))
    kept = watched.folder.with_name("kept")
    watched.folder.rename(kept)
    assert watched.look(60) == []
    assert watched.look(5) == []
    (told,) = watched.look(5)
    assert "the data folder was deleted or replaced" in told
    assert watched.look(5) == []
    kept.rename(watched.folder)
    assert watched.look(20) == []  # a minute after the message at the earliest
    assert watched.look(40) == [told]  # that it is over
    assert watched.look() == []


def test_no_more_than_one_process_tells_of_a_failing_store_within_a_minute(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise StorageFailed("the disk reports an error")

    monkeypatch.setattr(watched.store, "troubles", fails)
    os.utime(watched.folder / "writers.lock", (0, 0))
    others = [watched.watch, watched.other_watch(), watched.other_watch()]
    for _ in range(3):
        watched.clock.advance(seconds=6)
        for watch in others:
            watch.once(watched.kit)
    assert len(watched.ops.hanging) == 1


def test_another_process_does_not_end_what_it_has_not_met(watched: Watched) -> None:
    settings = Settings(data=watched.folder, alerts_trouble="ops")
    other = TroubleWatch(settings, StorageSigns(lambda: 0.0), tells=True)
    other.once(watched.kit)
    for _ in range(4):
        watched.signs.note(StorageFailed("the disk reports an error"))
        watched.look(5)
        other.once(watched.kit)
    (known,) = watched.store.troubles()
    assert not known.is_over
    assert len(watched.ops.hanging) == 1


def test_what_the_loops_of_the_process_meet_again_and_again_is_told(watched: Watched) -> None:
    told: list[str] = []
    for _ in range(4):
        watched.signs.note(StorageFailed("the data file is damaged; restore a backup"))
        told += watched.look(5)
    (words,) = told
    assert "the data file is damaged" in words
    assert watched.look() == [words]  # that it is over


def test_operators_are_told_when_leads_go_on_without_a_score_and_when_that_ends(
    watched: Watched,
) -> None:
    points = {"x": PointsConfig(when=("name is not empty",), points=5)}
    settings = Settings(data=watched.folder, alerts_trouble="ops", score_points=points)
    watched.watch = TroubleWatch(settings, watched.signs, tells=True)
    lead = captured(watched.clock, "ada", delay=timedelta())
    watched.store.accept([lead])
    for problems, told in (((UNSCORED,), 1), ((UNSCORED,), 0), ((), 1), ((), 0)):
        watched.store.put([Task(Step.REFINE, lead.id)], watched.clock())
        made = msgspec.structs.replace(refined(lead, watched.clock), problems=problems)
        assert settle(watched.store, lease_task(watched.store, Step.REFINE), Done(refined=made))
        assert len(words := watched.look()) == told
        assert not problems or words in ([], [_UNSCORED])


_UNSCORED = "What scores leads fails: leads go on without a score."
