"""What was asked of destinations and CRMs for a lead, and what they answered: the last attempts of
its tasks, as they are kept beside it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from leadline.model.task import Done, Drop, Outcome, Step

MOST_SENT, MOST_ANSWER = 8 << 10, 2 << 10
"""So many bytes of a request and of an answer are kept."""
MOST_EXCHANGES = 4
"""So many requests of one attempt are kept: the last ones."""
KEPT = 5
"""So many attempts of a task are kept, unless settings say otherwise."""
_MOST_BYTES = 128 << 10
HIDDEN = "•••"
_encoder = msgspec.json.Encoder()


class Exchange(msgspec.Struct, frozen=True):
    """One request and its answer.

    `method` is that of HTTP, `SMTP` or `APPRISE`. `to` is scheme, host and path, without what may
    be a secret. `sent` is the body of the request and `answer` that of the answer, both without
    secrets; `cut` is whether one of them was longer. `code` is the status of the answer, None if
    there was none: then `failure` says why. `shared` is the number of leads that it was about, if
    there were several: then both texts are left out, because they are about other people, too.
    """

    method: str
    to: str
    sent: str = ""
    answer: str = ""
    code: int | None = None
    failure: str = ""
    cut: bool = False
    shared: int = 0

    @property
    def is_refused(self) -> bool:
        """Whether it has no answer, or one that says no."""
        return self.code is None or not 200 <= self.code < 300


class FieldWrite(msgspec.Struct, frozen=True):
    """A field of the CRM: what it had before, and what was written (both as `bounded` cuts them).
    `was_read` is false if the CRM does not give the field when its record is read."""

    name: str
    before: Any = None
    after: Any = None
    was_read: bool = True


class Tried(msgspec.Struct, frozen=True):
    """What an attempt asked for a lead, and which fields of the CRM it was to change."""

    exchanges: tuple[Exchange, ...] = ()
    fields: tuple[FieldWrite, ...] = ()


class AttemptRecord(msgspec.Struct, frozen=True):
    """One attempt at a task: its number, when it was settled, and how (`done`, `retry`, `dead`)."""

    step: Step
    channel: str
    number: int
    at: datetime
    result: str
    exchanges: tuple[Exchange, ...] = ()
    fields: tuple[FieldWrite, ...] = ()


class KeptAttempt(msgspec.Struct, frozen=True):
    """An attempt to keep, among the last `most` of its task."""

    record: AttemptRecord
    most: int


def bounded(value: Any) -> Any:
    """A value of a CRM as it is kept: one that is longer than an answer may be is cut, as text."""
    text = value if isinstance(value, str) else _encoder.encode(value).decode()
    kept = text.encode(errors="replace")
    if len(kept) <= MOST_ANSWER:
        return value
    return f"{kept[:MOST_ANSWER].decode(errors='ignore')}…"


def result_of(outcome: Outcome) -> str:
    """How an attempt ended, by its outcome."""
    if isinstance(outcome, Done):
        return "done"
    return "dead" if isinstance(outcome, Drop) else "retry"


def kept_attempts(
    before: Sequence[AttemptRecord], new: Sequence[AttemptRecord], most: int
) -> tuple[AttemptRecord, ...]:
    """The attempts to keep, oldest first: of each task the last success and the last failures, at
    most *most* together, and no more than fit beside a lead. Of earlier successes the fields of the
    CRM are kept that they were the first to write, without what was sent and answered: what a
    field had before the first write is nowhere else."""
    first = _first_writes((*before, *new))
    found: list[AttemptRecord] = []
    succeeded: set[tuple[Step, str]] = set()
    number: dict[tuple[Step, str], int] = {}
    for at, one in reversed(list(enumerate((*before, *new)))):
        task = one.step, one.channel
        if one.result == "done" and task in succeeded:
            if fields := first.get(at):
                found.append(msgspec.structs.replace(one, exchanges=(), fields=fields))
            continue
        if number.get(task, 0) >= most:
            continue
        number[task] = number.get(task, 0) + 1
        if one.result == "done":
            succeeded.add(task)
        found.append(one)
    return tuple(reversed(_fitting(found)))


def _first_writes(attempts: Sequence[AttemptRecord]) -> dict[int, tuple[FieldWrite, ...]]:
    """By the place of a success, the fields that none before it of the same task has written."""
    written: dict[tuple[Step, str], set[str]] = {}
    found = {}
    for at, one in enumerate(attempts):
        if one.result == "done" and one.fields:
            names = written.setdefault((one.step, one.channel), set())
            found[at] = tuple(field for field in one.fields if field.name not in names)
            names.update(field.name for field in one.fields)
    return found


def _fitting(newest_first: Sequence[AttemptRecord]) -> Sequence[AttemptRecord]:
    size = 0
    for at, one in enumerate(newest_first):
        size += len(_encoder.encode(one))
        if at and size > _MOST_BYTES:
            return newest_first[:at]
    return newest_first


_decoder = msgspec.json.Decoder(tuple[AttemptRecord, ...])


def packed_attempts(attempts: Sequence[AttemptRecord]) -> bytes:
    """The attempts as they are stored."""
    import zlib  # capturing on AWS loads this module, and needs neither

    return zlib.compress(_encoder.encode(attempts))


def unpacked_attempts(stored: bytes) -> tuple[AttemptRecord, ...]:
    """The attempts that were stored. Raises ValueError if they are damaged."""
    import zlib

    try:
        return _decoder.decode(zlib.decompress(stored))
    except (zlib.error, msgspec.MsgspecError) as error:
        raise ValueError("damaged attempts") from error


def without_words(attempts: Iterable[AttemptRecord]) -> tuple[AttemptRecord, ...]:
    """Attempts for those who may not know whom a lead is about: methods, hosts, codes and names of
    fields, without what was sent, answered and written, and without a server's own words."""
    return tuple(
        msgspec.structs.replace(
            one,
            exchanges=tuple(map(_hidden, one.exchanges)),
            fields=tuple(
                FieldWrite(f.name, _hidden_value(f.before), _hidden_value(f.after), f.was_read)
                for f in one.fields
            ),
        )
        for one in attempts
    )


def _hidden(one: Exchange) -> Exchange:
    """The path names the record, which may be the words of a sender."""
    scheme, _, rest = one.to.partition("://")
    to = f"{scheme}://{rest.partition('/')[0]}/…" if rest else one.to
    sent, answer = one.sent and HIDDEN, one.answer and HIDDEN
    code = one.failure.partition(" ")[0]
    return msgspec.structs.replace(one, to=to, sent=sent, answer=answer, failure=code)


def _hidden_value(value: Any) -> str | None:
    """A mark for any value, also for zero and false; nothing stays nothing."""
    return None if value is None or value == "" else HIDDEN


def shared_among(exchanges: Sequence[Exchange], leads: int) -> tuple[Exchange, ...]:
    """Requests that were about several leads, as they are kept beside each: without their texts."""
    if leads < 2:
        return tuple(exchanges)
    return tuple(msgspec.structs.replace(e, sent="", answer="", shared=leads) for e in exchanges)


def about_records(
    exchanges: Sequence[Exchange], records: Sequence[str]
) -> Mapping[str, tuple[Exchange, ...]]:
    """By record, the requests about it: those that name it alone, and without their texts those
    that name several or none, which may be about any."""
    found: dict[str, list[Exchange]] = {record: [] for record in records}
    for one in exchanges:
        named = [record for record in found if record in one.to or record in one.sent]
        alone = (len(named) == 1 and not one.cut) or len(found) == 1
        for record in (named if alone else None) or found:
            found[record] += [one] if alone else shared_among([one], len(found))
    return {record: tuple(some[-MOST_EXCHANGES:]) for record, some in found.items()}
