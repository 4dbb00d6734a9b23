"""The values of an archive of leads, and the protocol of what writes it."""

from datetime import datetime
from typing import NamedTuple, Protocol

from leadline.model.errors import LeadlineError
from leadline.model.handling import Handling


class ArchiveError(LeadlineError):
    """The archive can't be read or written. Documents read or written before the error stay."""

    title = "The archive can't be used"


class Outgoing(NamedTuple):
    """A lead to be archived. `raw` and `refined` are JSON documents; `refined` is None while the
    lead waits. `handling` is None if nobody has handled the lead. A document that `is_lost` or
    damaged is also None. `corrections` are the raw JSON texts of what people corrected."""

    lead_id: str
    captured_at: datetime
    raw: bytes | None
    refined: bytes | None
    is_lost: bool = False
    handling: Handling | None = None
    source: str = ""
    corrections: tuple[bytes, ...] = ()


class DocumentWriter(Protocol):
    """Writes documents to an archive. Methods raise ArchiveError."""

    def write(self, key: str, document: bytes, at: datetime) -> None:
        """Write one document under its key; *at* is its time of modification."""

    def close(self) -> None:
        """Finish the archive."""
