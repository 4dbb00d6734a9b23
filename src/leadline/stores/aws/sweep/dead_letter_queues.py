"""The messages in the dead-letter queues, compared with the tasks in the ledger.

Each dead letter of the ledger has a message there. AWS also moves wake-ups there that failed too
often, whatever the state of their tasks.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from leadline.model.batches import batched
from leadline.model.formats import from_iso
from leadline.model.task import Step, Task
from leadline.net.aws.calls import AwsFailed, Caller
from leadline.ports.installation import DeadLetterState, Stranded, Tidied
from leadline.stores.aws.clocks.wakeups import StackClock, Wakeup, task_of
from leadline.stores.aws.items import task_holder_of
from leadline.stores.aws.keys import lead_key, task_key
from leadline.stores.aws.table import Table

_AT_ONCE = 10
"""The maximum number of messages per request (SQS API Reference)."""
_MOST = 10_000
_HIDDEN_S = 300
_WAIT_S = 1
"""Seconds of long polling: with it SQS asks all of its servers, without it only some (SQS Developer
Guide, "Short and long polling")."""
_PARALLEL = 8
_SHOWN = 5


class _ReceivedMessage(NamedTuple):
    """A received message; `step` identifies its queue."""

    step: Step
    handle: str
    task: Task | None
    state: DeadLetterState
    wakeup: Wakeup | None = None


class DeadLetterQueues:
    """The dead-letter queues of a stack, with its table."""

    def __init__(self, caller: Caller, table: Table, clock: StackClock) -> None:
        self._caller = caller
        self._table = table
        self._clock = clock
        self._urls = {step: url for url, step in clock.dead_urls().items()}

    def stranded(self) -> list[Stranded]:
        """The messages without a dead letter in the ledger; all stay in their queues.

        At most ten thousand messages per queue are read. Raises AwsFailed.
        """
        found = self._look()
        self._release(found)
        odd = sorted(
            (one for one in found if one.state is not DeadLetterState.DEAD),
            key=lambda one: (one.step, one.state),
        )
        told: list[Stranded] = []
        for (step, state), some in groupby(odd, key=lambda one: (one.step, one.state)):
            letters = list(some)
            ids = dict.fromkeys(one.task.lead_id for one in letters if one.task)
            told.append(Stranded(step, state, len(letters), tuple(ids)[:_SHOWN]))
        return told

    def tidy(self, replayed: Sequence[Task], now: datetime, *, dry_run: bool = False) -> Tidied:
        """Remove messages whose tasks are done or not dead. Tasks that are not dead get a wake-up,
        except the *replayed* ones, for which one was just sent.

        One message of each dead task, messages of unknown leads and unreadable ones stay. Raises
        AwsFailed.
        """
        found = self._look()
        again = {_place(task) for task in replayed}
        off = [one for one in found if one.state in (DeadLetterState.ALIVE, DeadLetterState.DONE)]
        off += _surplus(found)
        wakeups = {
            _place(one.task): one.wakeup
            for one in off
            if one.wakeup and one.task and _place(one.task) not in again
        }
        gone = {one.handle for one in off}
        left = [one for one in found if one.handle not in gone]
        if dry_run:
            self._release(found)
        else:
            self._clock.send(list(wakeups.values()), now)
            self._each("DeleteMessageBatch", off)
            self._release(left)
        unreadable = sum(one.state is DeadLetterState.UNREADABLE for one in left)
        return Tidied(len(off), len(wakeups), len(left), unreadable)

    def _look(self) -> list[_ReceivedMessage]:
        """Receive all messages of both queues, each with the state of its task."""
        with ThreadPoolExecutor(len(self._urls)) as pool:
            received = list(pool.map(self._receive, self._urls))
        return [one for step, some in zip(self._urls, received, strict=True)
                for one in self._judged(step, some)]  # fmt: skip

    def _receive(self, step: Step) -> list[tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        while len(found) < _MOST:
            request = {
                "QueueUrl": self._urls[step],
                "MaxNumberOfMessages": _AT_ONCE,
                "VisibilityTimeout": _HIDDEN_S,
                "WaitTimeSeconds": _WAIT_S,
            }
            messages = self._call("ReceiveMessage", request).get("Messages") or []
            if not messages:
                break
            found |= {m["MessageId"]: (m["Body"], m["ReceiptHandle"]) for m in messages}
        return list(found.values())

    def _judged(self, step: Step, received: Sequence[tuple[str, str]]) -> list[_ReceivedMessage]:
        tasks = [task_of(body) for body, _ in received]
        readable = [task for task in tasks if task is not None]
        items = self._table.get_all(
            [key for task in readable for key in (task_key(task), lead_key(task.lead_id))]
        )
        found: list[_ReceivedMessage] = []
        for task, (_, handle) in zip(tasks, received, strict=True):
            if task is None:
                found.append(_ReceivedMessage(step, handle, None, DeadLetterState.UNREADABLE))
                continue
            lead, item = items.get(lead_key(task.lead_id)), items.get(task_key(task))
            state = task_holder_of(item).task if item else None
            if lead is None:
                found.append(_ReceivedMessage(step, handle, task, DeadLetterState.UNKNOWN))
            elif state is None:
                found.append(_ReceivedMessage(step, handle, task, DeadLetterState.DONE))
            elif state.dead_at:
                found.append(_ReceivedMessage(step, handle, task, DeadLetterState.DEAD))
            else:
                wakeup = Wakeup(task, from_iso(state.due_at), from_iso(lead["captured_at"]))
                found.append(_ReceivedMessage(step, handle, task, DeadLetterState.ALIVE, wakeup))
        return found

    def _release(self, messages: Sequence[_ReceivedMessage]) -> None:
        """Make the messages visible again."""
        self._each("ChangeMessageVisibilityBatch", messages, VisibilityTimeout=0)

    def _each(self, operation: str, messages: Sequence[_ReceivedMessage], **more: object) -> None:
        """Apply a batch operation to all messages, ten per request."""
        requests: list[dict[str, object]] = []
        for step, url in self._urls.items():
            handles = [one.handle for one in messages if one.step is step]
            for some in batched(handles, _AT_ONCE):
                entries = [
                    {"Id": str(i), "ReceiptHandle": handle, **more} for i, handle in enumerate(some)
                ]
                requests.append({"QueueUrl": url, "Entries": entries})
        with ThreadPoolExecutor(_PARALLEL) as pool:
            answers = list(pool.map(lambda request: self._call(operation, request), requests))
        failed = [one for answer in answers for one in answer.get("Failed") or ()]
        if failed:
            raise AwsFailed(operation, str(failed[0].get("Code", "")))

    def _call(self, operation: str, request: dict[str, object]) -> dict[str, Any]:
        answer = self._caller.json("sqs", f"AmazonSQS.{operation}", request)
        response: dict[str, Any] = msgspec.json.decode(answer) if answer else {}
        return response


def _place(task: Task) -> tuple[Step, str, str]:
    return task.step, task.lead_id, task.channel


def _surplus(found: Sequence[_ReceivedMessage]) -> list[_ReceivedMessage]:
    """All but one of the messages of each dead task, if it has several."""
    first: dict[tuple[Step, str, str], str] = {}
    return [
        one
        for one in found
        if one.state is DeadLetterState.DEAD
        and one.task is not None
        and first.setdefault(_place(one.task), one.handle) != one.handle
    ]
