"""One lead's wait changed by hand, and how fast leads were answered, by the command line."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from leadline.model.handling import UNHANDLED, Handling
from leadline.model.staff.people import Person
from leadline.model.task import Alert, Done, Step, Task
from leadline.stores.sqlite.store import SqliteStore
from tests.acceptance.installation import Installation
from tests.worlds.leads import HandClock, captured, lease_task, refined, settle

MINUTE = timedelta(minutes=1)


class MadeInstallation:
    """An installation with a waiting lead and one that was told and touched."""

    def __init__(self, installation: Installation, clock: HandClock) -> None:
        self.installation = installation
        store = SqliteStore(installation.data, clock=clock)
        clock.advance(minutes=-30)
        touched = captured(clock, "touched", delay=10 * MINUTE)
        store.accept([touched])
        clock.advance(minutes=10, seconds=1)
        then = (Task(Step.NOTIFY, touched.id, "slack"),)
        settle(
            store, lease_task(store, Step.REFINE), Done(refined=refined(touched, clock), then=then)
        )
        clock.advance(seconds=2)
        alert = Alert(touched.id, "slack", clock.now, "new_lead/1")
        settle(store, lease_task(store, Step.NOTIFY, "slack"), Done(alert=alert))
        handled = Handling(
            claimed_by=Person(name="Ann Archer"), claimed_at=clock.now + timedelta(seconds=90)
        )
        assert store.handle(touched.id, UNHANDLED, handled)
        clock.advance(minutes=19)
        waiting = captured(clock, "waiting", delay=10 * MINUTE)
        store.accept([waiting])
        store.close()
        self.touched, self.waiting = touched.id, waiting.id

    def json(self, *words: str) -> Any:
        done = self.installation.command(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def text(self, *words: str) -> str:
        done = self.installation.command(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refused(self, *words: str) -> str:
        done = self.installation.command(*words)
        assert done.returncode != 0, done.stdout
        return done.stderr

    def due(self) -> datetime:
        (task,) = self.json("show", self.waiting)["tasks"]
        return datetime.fromisoformat(task["due_at"])


@pytest.fixture
def made(tmp_path: Path) -> Iterator[MadeInstallation]:
    with Installation(tmp_path, LEADLINE_DELAY="10m") as installation:
        yield MadeInstallation(installation, HandClock(datetime.now(UTC)))


def test_a_wait_is_shortened_and_prolonged(made: MadeInstallation) -> None:
    before = made.due()
    told = made.json("wait", made.waiting, "2h", "--yes")
    assert timedelta(hours=1, minutes=55) < made.due() - datetime.now(UTC) < timedelta(hours=2)
    assert datetime.fromisoformat(told["due_at"]) == made.due() > before
    assert "is due" in made.text("wait", made.waiting[:20], "now", "--yes")
    assert made.due() <= datetime.now(UTC)
    timeline = [line["what"] for line in made.json("show", made.waiting)["timeline"]]
    assert timeline[1:] == ["wait.moved cli", "wait.ended cli"]


def test_a_held_lead_is_shown_as_held_until_it_is_released(made: MadeInstallation) -> None:
    due = made.due()
    assert made.json("hold", made.waiting, "--yes") == {
        "lead_id": made.waiting, "held": True, "due_at": None,
    }  # fmt: skip
    assert " held " in made.text("leads")
    assert " waiting " not in made.text("leads")
    assert {row["lead_id"]: row["why"] for row in made.json("leads")} == {
        made.touched: "", made.waiting: "held",
    }  # fmt: skip
    assert f"Lead {made.waiting}  held" in made.text("show", made.waiting)
    released = made.json("release", made.waiting, "--yes")
    assert abs(datetime.fromisoformat(released["due_at"]) - due) < timedelta(seconds=1)
    assert " waiting " in made.text("leads")
    assert "is not on hold" in made.refused("release", made.waiting)


def test_only_leads_that_wait_are_moved_and_others_say_why(made: MadeInstallation) -> None:
    for words in (["wait", made.touched, "1h"], ["hold", made.touched], ["release", made.touched]):
        assert "already" in made.refused(*words)
    assert "no lead has the id" in made.refused("hold", "0193ffff")
    assert "is not a duration" in made.refused("wait", made.waiting, "soon")


def test_speed_tells_our_own_delay_from_that_of_people(made: MadeInstallation) -> None:
    told = made.json("speed", "--since", "1d")
    assert (told["leads"], told["told"], told["touched"]) == (1, 1, 1)
    parts = {part: told[part]["p50"] for part in ("wait", "own", "human", "whole")}
    assert parts == {"wait": 600.0, "own": 3.0, "human": 90.0, "whole": 693.0}
    assert (told["in_time"], told["share_in_time"]) == (0, None)
    text = made.text("speed")
    assert "our own delay" in text
    assert "10 min 00 s" in text


def test_speed_counts_who_kept_their_target(made: MadeInstallation) -> None:
    config = made.installation.data.parent / "leadline.toml"
    people = '[people."Ann Archer"]\nzone = "Europe/Berlin"\n'
    config.write_text(f'[targets.all]\nfirst_response = "15m"\n{people}', "utf-8")
    told = made.json("speed", "--config", str(config))
    assert (told["in_time"], told["late"], told["share_in_time"]) == (1, 0, 1.0)
    assert "answered within target: 1 of 1 (100%)" in made.text("speed", "--config", str(config))
    assert list(told["by_owner"]) == ["Ann Archer"]


def test_speed_of_another_source_or_owner_has_no_leads(made: MadeInstallation) -> None:
    assert made.text("speed", "--source", "close").strip() == "no leads"
    assert made.text("speed", "--owner", "ben@example.com").strip() == "no leads"
    assert made.json("speed", "--owner", "ann archer")["leads"] == 1
