"""Everything that the data file holds of each event in the words of people."""

from collections.abc import Iterator
from typing import Any

import msgspec

from leadline.model.handling import UNHANDLED
from leadline.model.lead import RefinedLead
from leadline.ports.personal_data.erasing import HeldTexts
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.reading.rows import head_decoder
from leadline.stores.sqlite.values import moment, text_of
from leadline.stores.sqlite.work.handling import handling_decoder

_sql = Queries(__name__)
_BATCH = 200


class SqliteTexts:
    """The part of `ports.personal_data.erasing.Erasing` that finds, on SQLite."""

    db: Database

    def held_texts(self) -> Iterator[HeldTexts]:
        """See `ports.personal_data.erasing.Erasing.held_texts`."""
        last = 0
        while rows := self.db.rows(_sql.texts, last, _BATCH):
            last = rows[-1][0]
            yield from map(_texts, rows)


def _texts(row: tuple[Any, ...]) -> HeldTexts:
    _, key, head, source, at, raw, body, document, handling, details = row
    refined = _refined(document)
    return HeldTexts(
        lead_id=text_of(key),
        head=text_of(head if head is not None else key),
        source=source,
        captured_at=moment(at),
        raw=raw or b"",
        body=body or b"",
        refined=refined,
        document=document if document is not None and refined is None else b"",
        written=_written(handling),
        details=tuple(msgspec.json.decode(details)),
    )


def _refined(document: bytes | None) -> RefinedLead | None:
    try:
        return None if document is None else head_decoder.decode(document)
    except (ValueError, RecursionError):  # damaged
        return None


def _written(body: bytes | None) -> bytes:
    try:
        handling = UNHANDLED if body is None else handling_decoder.decode(body)
    except (ValueError, RecursionError):  # damaged: all of it is searched
        return body or b""
    return msgspec.json.encode(handling.written) if handling.written else b""
