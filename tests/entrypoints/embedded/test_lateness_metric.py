"""How late the longest late lead is, as Prometheus reads it."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from leadline.entrypoints.embedded.watching.metrics import render
from leadline.model.task import Retry, Step, Task
from leadline.ports.store import Settlement
from leadline.settings.top.general import Settings
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import LEASE, HandClock, captured


def oldest_untold(folder: Path) -> float:
    with closing(SqliteLedger(folder)) as ledger:
        text = render(ledger, CollectorRegistry(), Settings()).decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    (sample,) = families["leadline_oldest_untold_seconds"].samples
    return sample.value


def test_retries_do_not_reset_the_figure(tmp_path: Path) -> None:
    clock = HandClock(datetime.now(UTC) - timedelta(hours=3))
    with closing(SqliteStore(tmp_path, clock=clock)) as store:
        lead = captured(clock, delay=timedelta(hours=1))
        store.accept([lead])
        clock.advance(hours=1)
        while clock.now < datetime.now(UTC) - timedelta(minutes=30):
            (lease,) = store.lease(Step.REFINE, 1, LEASE)
            store.settle([Settlement(lease, Retry(timedelta(minutes=20), why="KeyError"))])
            clock.advance(minutes=20)
        assert 7_200 <= oldest_untold(tmp_path) < 7_200 + 3_600
        store.put([Task(Step.REFINE, lead.id)], clock.now + timedelta(days=1))
        assert oldest_untold(tmp_path) == 0
