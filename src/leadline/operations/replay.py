"""Doing again: from the capture, the refinement, the alert or where they died, for any leads."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

import msgspec

from leadline.kit import Kit, channels_for
from leadline.model.errors import LeadlineError
from leadline.model.handling import UNHANDLED
from leadline.model.lead import Delivery, Fate, Kind, Ownership, RefinedLead
from leadline.model.task import Step, Task
from leadline.ports.source import Source
from leadline.ports.store import Archived, Store
from leadline.team.routing import with_owner

_SLICE = 500
"""How many leads are read or written at once: their raw words need not all fit into memory, and
whoever else writes waits for one slice, not for a million leads."""


Hearers = Callable[[Mapping[str, RefinedLead]], Mapping[str, Sequence[str]]]
"""Says for refined leads, by id, which channels are to hear of each."""


class Start(StrEnum):
    """Where a replay starts."""

    CAPTURE = "capture"
    REFINE = "refine"
    NOTIFY = "notify"
    DEAD = "dead"


class Plan(msgspec.Struct, frozen=True):
    """What a replay will do: tasks to put, events to make leads of, and what it leaves alone."""

    tasks: tuple[Task, ...] = ()
    readmit: tuple[str, ...] = ()
    skipped: Mapping[str, str] = {}

    @property
    def lead_ids(self) -> tuple[str, ...]:
        """The leads that it touches, each once."""
        return tuple(dict.fromkeys([*(t.lead_id for t in self.tasks), *self.readmit]))

    @property
    def leads(self) -> int:
        """How many leads it touches."""
        return len(self.lead_ids)


def routed(kit: Kit) -> Hearers:
    """The channels that the rules choose for a lead as it is now, by its id."""

    def choose(leads: Mapping[str, RefinedLead]) -> Mapping[str, Sequence[str]]:
        handled = kit.store.handling(list(leads))
        chosen: dict[str, Sequence[str]] = {}
        for lead_id, refined in leads.items():
            lead = refined
            if (owner := handled.get(lead_id, UNHANDLED).owner) is not None:
                lead = with_owner(lead, owner, Ownership.ASSIGNED)
            chosen[lead_id] = channels_for(kit, lead)
        return chosen

    return choose


def plan(
    store: Store,
    sources: Mapping[str, Source],
    channels: Hearers,
    lead_ids: Sequence[str],
    start: Start,
    dead: Mapping[str, Sequence[Task]] = MappingProxyType({}),
) -> Plan:
    """Decide what a replay of these leads means; nothing is changed yet.

    From `capture`, events that were filtered are read again by their source. From `refine`, leads
    are refined anew, and alerted only where they never were. From `notify`, the *channels* that are
    to hear of a refined lead are told of it again. From `dead`, their dead letters of every step
    (*dead*, by lead) are put back, and nothing else is done again.
    """
    tasks: list[Task] = []
    readmit: list[str] = []
    skipped: dict[str, str] = {}
    for some in _slices(list(dict.fromkeys(lead_ids))):
        kept = store.archived(some)
        names = channels(store.refined(some)) if start is Start.NOTIFY else {}
        for lead_id in some:
            event = kept.get(lead_id)
            if event is None:
                skipped[lead_id] = "there is no such lead, or its raw words are lost"
            elif start is Start.CAPTURE and event.fate is Fate.FILTERED:
                if why_not := _why_no_lead(event, sources):
                    skipped[lead_id] = why_not
                else:
                    readmit.append(lead_id)
            elif event.fate is not Fate.CAPTURED:
                skipped[lead_id] = f"it is no lead ({event.fate})"
            else:
                again = _tasks(lead_id, start, names.get(lead_id), dead.get(lead_id))
                if isinstance(again, str):
                    skipped[lead_id] = again
                else:
                    tasks += again
    return Plan(tuple(tasks), tuple(readmit), skipped)


def _tasks(
    lead_id: str, start: Start, names: Sequence[str] | None, dead: Sequence[Task] | None
) -> Sequence[Task] | str:
    """The tasks by which a lead is done again, or why there are none. *names* are the channels that
    are to hear of it, None where it is not refined; *dead* its dead letters, None for none."""
    match start:
        case Start.CAPTURE | Start.REFINE:
            return [Task(Step.REFINE, lead_id)]
        case Start.NOTIFY if names is None:
            return "it is not refined yet"
        case Start.NOTIFY if names:
            return [Task(Step.NOTIFY, lead_id, name, again=True) for name in names]
        case Start.NOTIFY:
            return "no channel is to hear of it"
        case Start.DEAD:
            return dead if dead is not None else "it has no dead letter"


def carry_out(
    store: Store,
    todo: Plan,
    now: datetime,
    watch: Callable[[Sequence[Sequence[str]]], Iterable[Sequence[str]]] = iter,
) -> int:
    """Do what the plan says; returns how many leads will be done again.

    Fewer than planned when an event's record has got a lead meanwhile. Stopped half-way, it may
    be begun again. *watch* passes on the slices of work, as a progress bar does.
    """
    by_lead: dict[str, list[Task]] = {}
    for task in todo.tasks:
        by_lead.setdefault(task.lead_id, []).append(task)
    events = frozenset(todo.readmit)
    done = 0
    for some in watch(list(_slices(todo.lead_ids))):
        tasks = [task for lead_id in some for task in by_lead.get(lead_id, ())]
        if tasks:
            store.put(tasks, now, note="replayed")
        done += len({t.lead_id for t in tasks})
        if readmit := [lead_id for lead_id in some if lead_id in events]:
            done += len(store.readmit(readmit, now))
    return done


def _slices(lead_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(lead_ids), _SLICE):
        yield lead_ids[start : start + _SLICE]


def _why_no_lead(event: Archived, sources: Mapping[str, Source]) -> str:
    """Why this event would be no new lead today either; "" when it would be one."""
    source = sources.get(event.source)
    if source is None:
        return f"there is no source {event.source!r} any more"
    # Without a body of its own, an event is the JSON that was the body, or was cut out of it.
    body, media = event.raw, "application/json"
    if event.body is not None:
        body, media = event.body, event.media_type
    delivery = Delivery(event.source, body, event.captured_at, {"content-type": media})
    try:
        found = list(source.events(delivery))
    except LeadlineError:
        return "its source can't read it"
    if len(found) > 1:
        same = [one for one in found if one.raw == event.raw]
        # The body is kept with the first of its events, which may have been cut otherwise then.
        found = same or (found[:1] if event.body is not None else [])
    if any(one.kind is Kind.CREATED for one in found):
        return ""
    return "its source still says that it is no new lead"
