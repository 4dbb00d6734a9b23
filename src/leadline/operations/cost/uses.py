"""The requests and units that one lead, one alert and one later task use on AWS, by function and
meter, for items under 1 KB, if no other lead is under its keys. A test counts them at the store.

A write in a transaction counts twice. An index entry counts once if it is replaced, and twice if
its key changes (DynamoDB Developer Guide, "Using Global Secondary Indexes").
"""

from collections.abc import Iterable, Iterator, Mapping

Uses = Mapping[str, tuple[tuple[str, str, float], ...]]
"""For each function: the meter, the purpose, and the quantity."""

QUEUES, SCHEDULES, EXECUTIONS = "queues", "schedules", "executions"
"""The clocks of a stack (parameter `Clock`)."""
_TO_REFINE, _TO_DELIVER = "send to the refine queue", "send to the delivery queue"
_LATER = "send to the delivery queue, for later"

PER_LEAD: Uses = {
    "Capture": (
        ("api_request", "the delivery", 1),
        ("s3_put", "the raw document", 1),
        ("sqs_request", _TO_REFINE, 1),
        ("table_write", "event key", 1),
        ("table_write", "CRM record, and then the lead", 2),
        ("table_write", "index entries of the lead", 2),
        ("table_read", "lead of the record", 1),
    ),
    "Refine": (
        ("s3_get", "the raw document", 1),
        ("s3_put", "the refined document", 1),
        ("table_write", "lease, which moves no index entry", 1),
        ("table_write", "what it is compared by, and six candidate keys for duplicates", 7),
        ("table_write", "lead, in a transaction with its tasks", 2),
        ("table_write", "its index entries", 3),
        ("table_read", "lead", 1),
        ("table_read", "its candidate keys and the phone's key of earlier versions, halves", 3.5),
    ),
}
PER_ALERT: Uses = {
    "Refine, for the alert": (
        ("sqs_request", _TO_DELIVER, 1),
        ("table_write", "task, in the lead's transaction", 2),
        ("table_write", "its index entry", 1),
    ),
    "Deliver": (
        ("s3_get", "the refined document", 1),
        ("table_write", "the channel's next moment", 1),
        ("table_write", "lease, which moves no index entry", 1),
        ("table_write", "lead, and then its task", 2),
        ("table_write", "their index entries", 3),
        ("table_read", "task", 1),
        ("table_read", "what else is due, in four shards", 2),
        ("table_read", "lead", 1),
        ("table_read", "the channel's failures, half", 0.5),
        ("table_read", "the lead's handling: before, after, once the alert is stored", 3),
        ("table_read", "lead, before its attempts are written", 1),
        ("table_write", "its attempts: what was sent and answered, packed", 1),
    ),
}
PER_TASK: Uses = {
    "Putting later tasks": (
        ("sqs_request", _LATER, 1),
        ("table_write", "task, in the lead's transaction", 2),
        ("table_write", "its index entry", 1),
        ("table_read", "task", 1),
    ),
    "Deliver, for later tasks": (
        ("s3_get", "the raw document and the refined one", 2),
        ("table_write", "lease, which moves no index entry", 1),
        ("table_write", "lead and task in one transaction", 4),
        ("table_write", "their index entries", 1),
        ("table_read", "task", 1),
        ("table_read", "what else is due, in four shards", 2),
        ("table_read", "lead", 1),
    ),
}
"""Those of a look-up; other tasks use about as much."""
PER_TURN: Uses = {
    "Refine, for a team's turn": (
        ("table_read", "absences, the team's roster, the company's two accounts", 4),
        ("table_write", "the roster, in the lead's transaction", 2),
        ("table_write", "the company's two accounts, in the transaction", 4),
        ("table_write", "the lead's handling, in the transaction", 2),
        ("table_write", "the open leads of its person by three names, in the transaction", 6),
    ),
}
"""Those of a lead that a team gives to one of up to eight people, whose roster is under 1 KB."""


_SCHEDULED = {_TO_REFINE: "wake Refine", _LATER: "wake Deliver"}


TRANSITIONS_A_LEAD, TRANSITIONS_A_DELIVERY, TRANSITIONS_A_WAKE_UP = 3, 1, 2
"""The states that Step Functions enters for a lead, for each of its deliveries in the same
execution, and for a later wake-up; a test counts them in the template's definitions."""
_EXECUTED = {
    _TO_REFINE: ("states: wait, refine, map", TRANSITIONS_A_LEAD),
    _TO_DELIVER: ("state: deliver", TRANSITIONS_A_DELIVERY),
    _LATER: ("states: wait, deliver", TRANSITIONS_A_WAKE_UP),
}


def woken_by(clock: str, uses: Uses) -> Uses:
    """The uses with this clock. With schedules, one for each message of a queue, and none for an
    alert, for which Lambda is called at once; with executions, the states that they enter."""
    if clock == QUEUES:
        return uses
    change = _scheduled if clock == SCHEDULES else _executed
    return {function: tuple(change(parts)) for function, parts in uses.items()}


def _scheduled(parts: Iterable[tuple[str, str, float]]) -> Iterator[tuple[str, str, float]]:
    for meter, what, units in parts:
        if meter != "sqs_request":
            yield meter, what, units
        elif what in _SCHEDULED:
            yield "schedule", _SCHEDULED[what], units


def _executed(parts: Iterable[tuple[str, str, float]]) -> Iterator[tuple[str, str, float]]:
    for meter, what, units in parts:
        if meter != "sqs_request":
            yield meter, what, units
        else:
            states, count = _EXECUTED[what]
            yield "state_transition", states, units * count
