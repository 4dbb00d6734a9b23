"""Alerts that are stored while somebody changes their lead's handling."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from leadline.model.task import Later, Step, Task
from leadline.ports.store import Alerts, Queue


class _Store(Alerts, Queue, Protocol): ...


def update_later_alerts(
    store: _Store, lead_id: str, then: Collection[Later], now: datetime
) -> None:
    """Have channels update their alerts about a lead whose handling was just stored with the tasks
    *then*, except those that have a task there: their alerts were found before.

    An alert that was stored in between shows the handling before. Its sender looks for that, too
    (`alerts.sending`): each side stores its own first and then reads the other's, so at least one
    of them sees both.
    """
    has_task = {one.task.channel for one in then if one.task.step in (Step.UPDATE, Step.REMIND)}
    alerts = store.alerts([lead_id]).get(lead_id, ())
    later = {alert.channel for alert in alerts if alert.step is Step.NOTIFY} - has_task
    if later:
        store.put([Task(Step.UPDATE, lead_id, name) for name in sorted(later)], now)
