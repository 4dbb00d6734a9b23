"""Replay: doing steps of any leads again, from capture, refinement or alert, or of dead letters."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

import msgspec

from leadline.kit import Kit, channels_for
from leadline.model.errors import LeadlineError
from leadline.model.handling import UNHANDLED
from leadline.model.keys import key_digest
from leadline.model.lead import CapturedLead, Delivery, Fate, Kind, Ownership, RefinedLead
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.personal_data.retiring import RETIRED_WORDS
from leadline.model.task import Step, Task
from leadline.ports.source import Source
from leadline.ports.store import Archived, Store
from leadline.team.matching.routing import with_owner

_SLICE = 500
"""The number of leads that are read or written at once. It limits the memory for raw documents, and
how long other writers have to wait."""
_NO_WORDS = b'{"read":"known_record"}'
UNREAD = "it could not be read"
"""Why a delivery that is not read again is skipped."""
_READ_ELSEWHERE = "known_record"
"""Why a dead letter is no lead once it is read: its record was known, and has the event now."""


Hearers = Callable[[Mapping[str, RefinedLead]], Mapping[str, Sequence[str]]]
"""A function from refined leads to the channels for each, both by lead id."""


class Start(StrEnum):
    """The step from which a replay starts; DEAD: the steps whose tasks became dead letters."""

    CAPTURE = "capture"
    REFINE = "refine"
    NOTIFY = "notify"
    DEAD = "dead"


class Plan(msgspec.Struct, frozen=True):
    """What a replay will do: the tasks to put, the ids of events to capture as leads (`readmit`),
    the unreadable deliveries to read again, and the reason for each lead id that it skips."""

    tasks: tuple[Task, ...] = ()
    readmit: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    skipped: Mapping[str, str] = {}

    @property
    def lead_ids(self) -> tuple[str, ...]:
        """The ids of the leads that it does again, each once."""
        return tuple(
            dict.fromkeys([*(t.lead_id for t in self.tasks), *self.readmit, *self.unreadable])
        )

    @property
    def leads(self) -> int:
        """The number of leads that it does again."""
        return len(self.lead_ids)


def routed(kit: Kit) -> Hearers:
    """The function that returns the channels chosen by the rules for each lead and its present
    owner."""

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
    """Decide what a replay of these leads will do; nothing is changed yet.

    From `capture`, filtered events are read again by their source, and so are dead letters that
    could not be read; carrying the plan out shows whether they can be read now. From `refine`,
    leads are refined again, and alerted only in channels that have not alerted yet. From `notify`,
    refined leads are alerted again in their *channels*. From `dead`, only the dead letters in
    *dead* (by lead id) are put back.
    """
    planned = _Planned()
    for some in _slices(list(dict.fromkeys(lead_ids))):
        events = store.archived(some)
        names = channels(store.refined(some)) if start is Start.NOTIFY else {}
        for lead_id in some:
            event = events.get(lead_id)
            if event is None:
                why_not = "there is no such lead, or its raw document is lost"
            elif event.fate is Fate.CAPTURED and event.kind is not Kind.UNREADABLE:
                again = _tasks(lead_id, start, names.get(lead_id), dead.get(lead_id))
                why_not = again if isinstance(again, str) else planned.add(again)
            else:
                why_not = planned.from_capture(event, start, sources)
            if why_not:
                planned.skipped[lead_id] = why_not
    tasks, readmit, unreadable = planned.tasks, planned.readmit, planned.unreadable
    return Plan(tuple(tasks), tuple(readmit), tuple(unreadable), planned.skipped)


class _Planned:
    """Builds a plan."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.readmit: list[str] = []
        self.unreadable: list[str] = []
        self.skipped: dict[str, str] = {}

    def add(self, tasks: Sequence[Task]) -> str:
        """Add these tasks to the plan."""
        self.tasks += tasks
        return ""

    def from_capture(self, event: Archived, start: Start, sources: Mapping[str, Source]) -> str:
        """Add an event that is no lead, to be read again; or return why that is not possible."""
        unread = event.kind is Kind.UNREADABLE
        if start is not Start.CAPTURE or (event.fate is not Fate.FILTERED and not unread):
            return UNREAD if unread else f"it is no lead ({event.fate})"
        if unread:
            self.unreadable.append(event.lead_id)
        elif why_not := _why_no_lead(event, sources):
            return why_not
        else:
            self.readmit.append(event.lead_id)
        return ""


def _tasks(
    lead_id: str, start: Start, names: Sequence[str] | None, dead: Sequence[Task] | None
) -> Sequence[Task] | str:
    """The tasks of a replay of one lead, or the reason why there are none. *names* are its
    channels (None: it is not refined); *dead* are its dead letters (None: it has none)."""
    match start:
        case Start.CAPTURE | Start.REFINE:
            return [Task(Step.REFINE, lead_id)]
        case Start.NOTIFY if names is None:
            return "it is not refined yet"
        case Start.NOTIFY if names:
            return [Task(Step.NOTIFY, lead_id, name, again=True) for name in names]
        case Start.NOTIFY:
            return "no channel is chosen for it"
        case Start.DEAD:
            return dead if dead is not None else "it has no dead letter"


def carry_out(
    store: Store,
    todo: Plan,
    now: datetime,
    watch: Callable[[Sequence[Sequence[str]]], Iterable[Sequence[str]]] = iter,
    read: Callable[[Archived], Sequence[CapturedLead]] | None = None,
) -> int:
    """Carry out the plan; returns the number of leads that will be done again.

    That is less than planned if a record has a lead by now, or a delivery still can't be read.
    An interrupted call may be repeated. *watch* is given the slices of work and yields them, as a
    progress bar does. *read* returns the leads of an unreadable delivery, and raises LeadlineError
    if it still can't be read.
    """
    by_lead: dict[str, list[Task]] = {}
    for task in todo.tasks:
        by_lead.setdefault(task.lead_id, []).append(task)
    events = frozenset(todo.readmit)
    unreadable = frozenset(todo.unreadable)
    done = 0
    for some in watch(list(_slices(todo.lead_ids))):
        tasks = [task for lead_id in some for task in by_lead.get(lead_id, ())]
        if tasks:
            store.put(tasks, now, note="replayed")
        done += len({t.lead_id for t in tasks})
        if readmit := [lead_id for lead_id in some if lead_id in events]:
            done += len(store.readmit(readmit, now))
        if read is not None and (lost := [lead_id for lead_id in some if lead_id in unreadable]):
            done += _read_again(store, lost, read, now)
    return done


def still_unreadable(
    store: Store, todo: Plan, read: Callable[[Archived], Sequence[CapturedLead]]
) -> frozenset[str]:
    """The ids of the deliveries in the plan that *read* can't read, as in `carry_out`."""
    found = set()
    for some in _slices(todo.unreadable):
        for lead_id, kept in store.archived(some).items():
            try:
                read(kept)
            except LeadlineError:
                found.add(lead_id)
    return frozenset(found)


def _read_again(
    store: Store,
    lead_ids: Sequence[str],
    read: Callable[[Archived], Sequence[CapturedLead]],
    now: datetime,
) -> int:
    """Read deliveries again; returns the number of leads. The first lead of each replaces its dead
    letter. The others are stored before it, so that they are redeliveries in a repeated call."""
    done = 0
    for lead_id, kept in store.archived(lead_ids).items():
        try:
            first, *others = read(kept)
        except LeadlineError:
            continue  # the dead letter stays
        accepted = store.accept(others) if others else []
        done += sum(receipt.fate is Fate.CAPTURED for receipt in accepted)
        done += store.read_again(lead_id, first) or _read_elsewhere(store, lead_id, first, now)
    return done


def _read_elsewhere(store: Store, lead_id: str, first: CapturedLead, now: datetime) -> bool:
    """Keep what the store puts in no dead letter's place, an event of a record that is known, as
    the event that it is; only then end the dead letter, so that a stop between loses nothing. It
    joins the record's lead, so that a privacy deletion erases its bytes, too."""
    (receipt,) = store.accept([first])
    known = store.of_records([first.record_key]) if first.record_key else {}
    ended = msgspec.structs.replace(
        first,
        kind=Kind.IGNORED,
        why=_READ_ELSEWHERE,
        raw=_NO_WORDS,
        event_key=key_digest("read_elsewhere", first.source, lead_id.encode()),
        record=None,
        record_key=None,
    )
    head = next(iter(known.values()), receipt.lead_id)
    done = store.read_again(lead_id, ended, head)
    found = store.waiting([head]).get(head)
    if found is not None and found.raw == ERASED_WORDS:
        store.put([Task(Step.LOOK_UP, head)], now)  # erases what was added since
    return done


def _slices(lead_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(lead_ids), _SLICE):
        yield lead_ids[start : start + _SLICE]


def _why_no_lead(event: Archived, sources: Mapping[str, Source]) -> str:
    """The reason why this event would still not make a new lead; "" if it would."""
    if event.raw == RETIRED_WORDS:
        return "what it said was deleted by retention"
    if event.raw == _NO_WORDS:
        return "what it said is with its record"
    source = sources.get(event.source)
    if source is None:
        return f"there is no source {event.source!r} any more"
    # Without a stored body, the event is itself the JSON of the body, or a part of it.
    body, media = event.raw, "application/json"
    if event.body is not None:
        body, media = event.body, event.media_type
    delivery = Delivery(event.source, body, event.captured_at, {"content-type": media})
    try:
        events = list(source.events(delivery))
    except LeadlineError:
        return "its source can't read it"
    if len(events) > 1:
        same = [one for one in events if one.raw == event.raw]
        # The body is stored with its first event; the source may have split it differently then.
        events = same or (events[:1] if event.body is not None else [])
    if any(one.kind is Kind.CREATED for one in events):
        return ""
    return "its source still says that it is no new lead"
