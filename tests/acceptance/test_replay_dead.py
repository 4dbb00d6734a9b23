"""Dead letters of the steps after refinement, seen and tried again from the command line."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from leadline.model.task import Alert, Done, Drop, Step, Task
from leadline.stores.sqlite.store import SqliteStore
from tests.acceptance.installation import Installation
from tests.worlds.leads import HandClock, lease_task, refined_in, settle


def test_what_died_after_the_alert_is_tried_again_and_nothing_else(tmp_path: Path) -> None:
    clock = HandClock(datetime.now(UTC) - timedelta(minutes=5))
    installation = Installation(tmp_path)
    store = SqliteStore(installation.data, clock=clock)
    ada, bob = (refined_in(store, clock, name) for name in ("ada", "bob"))
    for lead in (ada, bob):
        store.put([Task(Step.NOTIFY, lead.id, "slack")], clock.now)
        alert = Alert(lead.id, "slack", clock.now, "new_lead/1", ref="C012/1717.0001")
        assert settle(store, lease_task(store, Step.NOTIFY, "slack"), Done(alert=alert))
    for step, channel in ((Step.WRITE_BACK, "close"), (Step.LOOK_UP, "")):
        store.put([Task(step, ada.id, channel)], clock.now)
        assert settle(store, lease_task(store, step, channel), Drop(f"{step}.gave_up", "busy"))
    clock.advance(minutes=6)
    groups = json.loads(installation.command("dead", "--json").stdout)
    assert {(g["step"], g["reason"]) for g in groups} == {
        ("write_back", "write_back.gave_up"), ("look_up", "look_up.gave_up"),
    }  # fmt: skip
    account = json.loads(installation.command("verify", "--json").stdout)
    assert (account["alerted"], account["alert_dead"], account["balanced"]) == (2, 0, True)
    some = ("replay", "--from", "dead", "--reason", "look_up.gave_up", "--json", "--yes")
    assert json.loads(installation.command(*some).stdout)["lead_ids"] == [ada.id]
    assert (store.count_due(Step.LOOK_UP), store.count_due(Step.WRITE_BACK, "close")) == (1, 0)
    rest = ("replay", "--from", "dead", "--since", "1h", "--json", "--yes")
    would = json.loads(installation.command(*rest, "--dry-run").stdout)
    assert (would["would_replay"], would["skipped"]) == (1, {})
    assert json.loads(installation.command(*rest).stdout)["replayed"] == 1
    assert store.count_due(Step.WRITE_BACK, "close") == 1
    assert store.next_due(Step.REFINE) is None
    assert store.next_due(Step.NOTIFY, "slack") is None
    assert json.loads(installation.command("dead", "--json").stdout) == []
    assert json.loads(installation.command(*rest).stdout)["replayed"] == 0
    shown = installation.command("show", ada.id).stdout
    assert "C012/1717.0001" in shown
    store.close()
