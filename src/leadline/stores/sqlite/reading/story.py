"""The story of one lead: everything that the file has about it."""

from typing import Any

import apsw
import msgspec

from leadline.model.monitoring.attempts import AttemptRecord
from leadline.model.task import Alert, Step, event_name
from leadline.ports.reading.ledger import Happening, LeadStory, RelatedEvent, TaskRow
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.checksums import is_whole
from leadline.stores.sqlite.privacy.retention import holds_of
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.reading.rows import lead_row
from leadline.stores.sqlite.values import moment, text_of
from leadline.stores.sqlite.work.attempts import attempts_beside
from leadline.stores.sqlite.work.handling import handling_decoder

_sql = Queries(__name__)
_REPEATS_SHOWN = 100


def story_of(db: apsw.Connection, row: tuple[Any, ...]) -> LeadStory:
    """The story of the lead in a row of the query `find`; must be called inside a transaction."""
    number, key, captured_at, _, _, why, head, _, handled, head_sum, handled_sum = row
    ((raw, media_type, record, raw_sum, body, body_sum),) = bulk.query(db, _sql.words, number)
    related, hurt = _related(db, number)
    damaged = [
        what
        for what, content, kept in (
            ("raw", raw, raw_sum),
            ("body", body, body_sum),
            ("refined", head, head_sum),
            ("handling", handled, handled_sum),
        )
        if not is_whole(content, kept)
    ]
    if (attempts := _attempts(db, number)) is None:
        damaged.append("attempts")
    captured = Happening(moment(captured_at), "captured", why)
    return LeadStory(
        row=lead_row(row),
        raw=msgspec.Raw(raw or b"null") if "raw" not in damaged else _told_as_text(raw),
        media_type=media_type or "",
        record=record,
        timeline=tuple(sorted((captured, *_happenings(db, number)), key=lambda h: h.at)),
        tasks=_tasks(db, number),
        alerts=_alerts(db, number, text_of(key)),
        related=related,
        refined=msgspec.Raw(head) if head and "refined" not in damaged else None,
        repeated_by=tuple(
            text_of(key) for (key,) in bulk.query(db, _sql.repeats, number, _REPEATS_SHOWN)
        ),
        handling=(
            handling_decoder.decode(handled) if handled and "handling" not in damaged else None
        ),
        damaged=(*damaged, *hurt),
        attempts=attempts or (),
        hold=holds_of(db, [text_of(key)]).get(text_of(key)),
    )


def _attempts(db: apsw.Connection, number: int) -> tuple[AttemptRecord, ...] | None:
    """The attempts beside the lead; None if they are damaged."""
    try:
        return attempts_beside(db, number)
    except ValueError:
        return None


def _told_as_text(raw: bytes | None) -> msgspec.Raw:
    """JSON for display; damaged data, which may not be JSON any more, as a text."""
    return msgspec.Raw(msgspec.json.encode((raw or b"").decode(errors="replace")))


def _happenings(db: apsw.Connection, number: int) -> list[Happening]:
    """What happened to the lead after its capture, from all tables."""
    return [
        *(Happening(moment(at), what, detail)
          for at, what, detail in bulk.query(db, _sql.history, number)),
        *(Happening(moment(at), f"event.{fate}", why)
          for at, fate, why in bulk.query(db, _sql.joined, number)),
        *(Happening(moment(at), status, "")
          for at, status in bulk.query(db, _sql.refinement, number)),
        *(Happening(moment(at), event_name(step), f"{channel}, {template}")
          for channel, at, template, _, _, step in bulk.query(db, _sql.alerts, number)),
    ]  # fmt: skip


def _tasks(db: apsw.Connection, number: int) -> tuple[TaskRow, ...]:
    return tuple(
        TaskRow(
            Step(step),
            channel,
            moment(due_at),
            attempts,
            failures,
            bool(leased),
            error,
            moment(dead_at) if dead_at is not None else None,
            reason,
        )
        for step, channel, due_at, attempts, failures, leased, error, dead_at, reason in bulk.query(
            db, _sql.tasks, number
        )
    )


def _alerts(db: apsw.Connection, number: int, lead_id: str) -> tuple[Alert, ...]:
    return tuple(
        Alert(lead_id, channel, moment(at), template, bool(digest), ref, Step(step))
        for channel, at, template, digest, ref, step in bulk.query(db, _sql.alerts, number)
    )


def _related(db: apsw.Connection, number: int) -> tuple[tuple[RelatedEvent, ...], tuple[str, ...]]:
    """The events of a lead, and the ids of those that are damaged."""
    events, hurt = [], []
    for key, at, kind, fate, why, raw, kept in bulk.query(db, _sql.related, number):
        whole = is_whole(raw, kept)
        words = msgspec.Raw(raw) if whole else _told_as_text(raw)
        events.append(RelatedEvent(text_of(key), moment(at), kind, fate, why, words))
        if not whole:
            hurt.append(text_of(key))
    return tuple(events), tuple(hurt)
