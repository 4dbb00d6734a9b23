"""A running worker alerts of a hot lead while all others wait."""

import json
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from leadline import wiring
from leadline.entrypoints.embedded.supervisor import BEFORE_ALERTS
from leadline.entrypoints.embedded.worker import work
from leadline.journey.receiving.capture import read
from leadline.model.lead import Delivery
from leadline.model.task import Step
from leadline.ports.store import Store
from leadline.settings.top.general import Settings
from leadline.settings.top.score import HotThreshold, PointsConfig
from leadline.standins.slack_inbox import SlackInbox

LONGEST_S = 30


def test_a_worker_alerts_of_a_hot_lead_while_all_others_wait(tmp_path: Path) -> None:
    with SlackInbox() as slack:
        settings = Settings(
            data=tmp_path,
            slack_webhook_url=slack.webhook_url,
            score_first_look=True,
            score_hot=HotThreshold(least=50),
            score_points={"demo": PointsConfig(when=("message contains demo",), points=60)},
        )
        with closing(wiring.store(settings)) as store:
            hot, usual = (
                post(store, settings, message) for message in ("a demo, please", "opening hours?")
            )
            stop = threading.Event()
            steps = [*BEFORE_ALERTS, Step.NOTIFY]
            worker = threading.Thread(target=work, args=(settings, steps, stop))
            worker.start()
            try:
                end = time.monotonic() + LONGEST_S
                while not store.alerts([hot]) and time.monotonic() < end:
                    time.sleep(0.02)
            finally:
                stop.set()
                worker.join()
            assert store.alerts([hot])
            assert not store.documents([usual])
            assert store.next_due(Step.FIRST_LOOK) is None


def post(store: Store, settings: Settings, message: str) -> str:
    """A lead that the server captures."""
    body = json.dumps({"name": "Ada Vance", "email": "ada@example.com", "message": message})
    delivery = Delivery(
        "generic", body.encode(), datetime.now(UTC), {"content-type": "application/json"}
    )
    leads = read(delivery, wiring.webhook_kit(settings))
    store.accept(leads)
    return leads[0].id
