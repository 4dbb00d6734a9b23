"""Workers send on leads that wait for teams of earlier settings, also where no rule is left."""

import threading
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from leadline.entrypoints.embedded import worker
from leadline.entrypoints.embedded.worker import work
from leadline.kit import Kit
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.staff.assigning import KnownTeams, Queued, Rewrite
from leadline.model.task import Done, Step
from leadline.ports.store_parts.assigning import TEAMS
from leadline.settings.top.general import Settings
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured, lease_task, refined, settle


def test_a_worker_without_rules_looks_after_leads_that_wait_for_teams_of_before(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data=tmp_path / "data")
    with closing(SqliteStore(settings.data, clock=clock)) as store:
        assert not worker._gave_leads_out(settings)
        lead = captured(clock)
        store.accept([lead])
        clock.advance(minutes=10)
        queued = Handling(queued=Queued("gone", 0.0, clock.now))
        assert settle(store, lease_task(store, Step.REFINE), Done(refined(lead, clock)))
        assert store.handle(lead.id, UNHANDLED, queued)
        body = msgspec.json.encode(KnownTeams(("gone",)))
        assert store.keep({TEAMS: Rewrite(store.kept([TEAMS])[TEAMS], body)})
    assert worker._gave_leads_out(settings)
    stop, looks = threading.Event(), worker._look_after_teams

    def until_sent_on(kit: Kit) -> float:
        if not kit.store.queue_of("gone"):
            stop.set()
        looks(kit)
        return 0.05

    monkeypatch.setattr(worker, "_look_after_teams", until_sent_on)
    work(settings, [Step.ASSIGN], stop)
    with closing(SqliteStore(settings.data)) as store:
        assert store.handling([lead.id])[lead.id].queued is None
