"""Workers delete what is older than its term."""

import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leadline.entrypoints.embedded import worker
from leadline.model.personal_data.retiring import RETIRED_WORDS
from leadline.model.task import Step
from leadline.operations.personal_data import retention
from leadline.settings.top.general import Settings
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock
from tests.worlds.older_schema import older_file


def test_a_folder_of_an_earlier_version_obeys_while_workers_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data=tmp_path / "data", retention_raw=timedelta(days=90))
    leads = older_file(settings.data, HandClock(datetime.now(UTC) - timedelta(days=100)))
    stop, step = threading.Event(), retention.retain_in_turn

    def until_done(*args: object) -> timedelta:
        wait = step(*args)  # type: ignore[arg-type]
        if wait > timedelta(hours=1):
            stop.set()
        return wait

    monkeypatch.setattr(worker, "retain_in_turn", until_done)
    worker.work(settings, [Step.REFINE], stop)
    with closing(SqliteStore(settings.data)) as store:
        assert [one.raw for one in store.archived(leads).values()] == [RETIRED_WORDS]
