"""What goes into an archive of leads, and where it is written."""

from datetime import datetime
from typing import NamedTuple, Protocol

from leadline.model.errors import LeadlineError
from leadline.model.handling import Handling


class ArchiveError(LeadlineError):
    """The archive can't be read or written; what was done before that stays done."""

    title = "The archive is of no use"


class Outgoing(NamedTuple):
    """A lead on its way into an archive; `refined` is None while it waits, and where the document
    that it should have `is_lost`. `handling` is what people made of it, if anything."""

    lead_id: str
    captured_at: datetime
    raw: bytes
    refined: bytes | None
    is_lost: bool = False
    handling: Handling | None = None


class DocumentWriter(Protocol):
    """Where documents go."""

    def write(self, key: str, document: bytes, at: datetime) -> None:
        """Keep one document under its key."""

    def close(self) -> None:
        """Finish."""
