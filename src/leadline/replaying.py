"""Doing again: from the capture, the refinement or the alert, for any set of leads."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from leadline.errors import LeadlineError
from leadline.lead import Delivery, Fate, Kind, Step, Task
from leadline.ports import Archived, Store
from leadline.sources import Source


class Start(StrEnum):
    """Where a replay starts."""

    CAPTURE = "capture"
    REFINE = "refine"
    NOTIFY = "notify"


class Plan(msgspec.Struct, frozen=True):
    """What a replay will do: tasks to put, events to make leads of, and what it leaves alone."""

    tasks: tuple[Task, ...] = ()
    readmit: tuple[str, ...] = ()
    skipped: Mapping[str, str] = {}

    @property
    def leads(self) -> int:
        """How many leads it touches."""
        return len({t.lead_id for t in self.tasks} | set(self.readmit))


def plan(
    store: Store,
    sources: Mapping[str, Source],
    channels: Iterable[str],
    lead_ids: Sequence[str],
    start: Start,
) -> Plan:
    """Decide what a replay of these leads means; nothing is changed yet.

    From `capture`, events that were filtered are read again by their source. From `refine`, leads
    are refined anew, and alerted only where they never were. From `notify`, refined leads are told
    to every channel again.
    """
    kept = store.archived(lead_ids)
    skipped = {i: "there is no such lead" for i in lead_ids if i not in kept}
    tasks: list[Task] = []
    readmit: list[str] = []
    refined = store.refined(lead_ids) if start is Start.NOTIFY else {}
    for lead_id, event in kept.items():
        if start is Start.CAPTURE and event.fate is Fate.FILTERED:
            if _is_new_now(event, sources):
                readmit.append(lead_id)
            else:
                skipped[lead_id] = "its source still says that it is no new lead"
        elif event.fate is not Fate.CAPTURED:
            skipped[lead_id] = f"it is no lead ({event.fate})"
        elif start is not Start.NOTIFY:
            tasks.append(Task(Step.REFINE, lead_id))
        elif lead_id in refined:
            tasks += [Task(Step.NOTIFY, lead_id, channel, again=True) for channel in channels]
        else:
            skipped[lead_id] = "it is not refined yet"
    return Plan(tuple(tasks), tuple(readmit), skipped)


def carry_out(store: Store, todo: Plan, now: datetime) -> int:
    """Do what the plan says; returns how many leads will be done again."""
    if todo.tasks:
        store.put(todo.tasks, now, note="replayed")
    made = store.readmit(todo.readmit, now) if todo.readmit else []
    return len({t.lead_id for t in todo.tasks}) + len(made)


def _is_new_now(event: Archived, sources: Mapping[str, Source]) -> bool:
    source = sources.get(event.source)
    if source is None:
        return False
    body = event.raw if event.body is None else event.body
    delivery = Delivery(event.source, body, event.captured_at, {"content-type": event.media_type})
    try:
        found = source.events(delivery)
    except LeadlineError:
        return False
    if len(found) == 1:
        return found[0].kind is Kind.CREATED
    return any(e.kind is Kind.CREATED and e.raw == event.raw for e in found)
