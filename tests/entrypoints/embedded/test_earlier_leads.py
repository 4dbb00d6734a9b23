"""Workers put the leads that an earlier version refined under their candidate keys."""

import threading
from contextlib import closing
from pathlib import Path

import pytest

from leadline.entrypoints.embedded.worker import work
from leadline.installations.data_folder import lacks_likenesses
from leadline.model.task import Step
from leadline.settings.top.general import Settings
from leadline.stores.sqlite.persons.backfill import Backfill
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock
from tests.worlds.older_schema import older_file


def test_leads_of_an_earlier_version_come_under_their_keys_while_workers_run(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data=tmp_path / "data")
    leads = older_file(settings.data, clock, ("ada", "bob"))
    SqliteStore(settings.data).close()
    assert lacks_likenesses(settings)
    stop, once = threading.Event(), Backfill.once

    def until_done(self: Backfill) -> float:
        pause = once(self)
        if pause:
            stop.set()
        return pause

    monkeypatch.setattr(Backfill, "once", until_done)
    work(settings, [Step.REFINE], stop)
    assert not lacks_likenesses(settings)
    with closing(SqliteStore(settings.data)) as store:
        assert [len(one) for one in store.clusters(leads).values()] == [1, 1]
