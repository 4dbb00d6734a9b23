"""Two deliverers and a destination that takes a message and never answers."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leadline.entrypoints.embedded.worker import work
from leadline.model.task import Done, Step, Task
from leadline.ports.store import Settlement
from leadline.settings.loading import load
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.hanging import Hanging
from tests.worlds.leads import HandClock, captured, refined


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    made = Hanging(2)
    yield made
    made.close()


def test_an_attempt_ends_before_another_may_begin(tmp_path: Path, hanging: Hanging) -> None:
    """Whatever the channel's own `timeout` says."""
    (tmp_path / "leadline.toml").write_text(
        f'lease = "2s"\n[channels.ours]\nkind = "teams"\nurl = "{hanging.url}"\ntimeout = "5m"\n'
    )
    settings = load({"data": tmp_path}, environ={}, folder=tmp_path).settings
    store = SqliteStore(tmp_path)
    clock = HandClock(datetime.now(UTC))
    lead = captured(clock, delay=timedelta())
    store.accept([lead])
    (lease,) = store.lease(Step.REFINE, 1, timedelta(minutes=1))
    done = Done(refined=refined(lead, clock), then=(Task(Step.NOTIFY, lead.id, "ours"),))
    assert store.settle([Settlement(lease, done)]) == [True]
    stop = threading.Event()
    deliverers = [
        threading.Thread(target=work, args=(settings, [Step.NOTIFY], stop)) for _ in range(2)
    ]
    for one in deliverers:
        one.start()
    try:
        assert hanging.enough.wait(120)
    finally:
        stop.set()
        for one in deliverers:
            one.join()
        store.close()
    assert hanging.events[:3] == [("opened", 0), ("closed", 0), ("opened", 1)]
