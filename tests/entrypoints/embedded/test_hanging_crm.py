"""A worker with a CRM that takes questions and never answers."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from leadline.entrypoints.embedded.worker import work
from leadline.model.task import Step
from leadline.settings.loading import load
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.hanging import Hanging
from tests.worlds.leads import HandClock, captured

MANY = 4000


def test_leads_of_others_are_refined_while_thousands_wait_for_a_crm_that_hangs(
    tmp_path: Path,
) -> None:
    hanging = Hanging(1)
    (tmp_path / "leadline.toml").write_text(
        f'[crm.hubspot]\ntoken = "t"\nurl = "{hanging.url}"\ntimeout = "20s"\n'
    )
    settings = load({"data": tmp_path}, environ={}, folder=tmp_path).settings
    clock = HandClock(datetime.now(UTC) - timedelta(hours=1))
    store = SqliteStore(tmp_path)
    theirs = [
        msgspec.structs.replace(
            captured(clock, f"p{i}", record=f"contact:{i}", delay=timedelta()), source="hubspot"
        )
        for i in range(MANY)
    ]
    store.accept(theirs)
    stop = threading.Event()
    worker = threading.Thread(target=work, args=(settings, [Step.REFINE], stop))
    worker.start()
    try:
        assert hanging.enough.wait(60), "the CRM was asked"
        others = [captured(clock, f"other{i}", delay=timedelta()) for i in range(20)]
        store.accept(others)
        while len(store.refined([lead.id for lead in others])) < len(others):
            assert not stop.wait(0.02)
        assert hanging.events == [("opened", 0)], "the first question is still to be answered"
    finally:
        stop.set()
        hanging.close()
        worker.join()
        store.close()
