"""The protocol of retention: deletes what is older than the settings allow, unless it is held."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from leadline.model.privacy import DataHold


class Kept(StrEnum):
    """What is kept of leads for a time of its own: what the sender sent (RAW), the refined
    document (REFINED), dead letters (DEAD), and the timeline with the messages' references
    (TIMELINE). The audit log has its own time."""

    RAW = "raw"
    REFINED = "refined"
    DEAD = "dead"
    TIMELINE = "timeline"


class Retention(Protocol):
    """Finds and deletes what is too old, and keeps legal holds."""

    def too_old(self, kind: Kept, before: datetime, source: str, limit: int) -> Sequence[str]:
        """The ids of leads of a source, captured *before* that time, of which something of this
        kind is left that may be deleted, oldest first. Leads that wait, are leased, or are held are
        left out."""

    def delete(self, kind: Kept, lead_ids: Sequence[str]) -> int:
        """Delete what is kept of this kind of these leads, so that its bytes are gone; returns of
        how many leads something was deleted. May be repeated."""

    def hold_data(self, hold: DataHold) -> bool:
        """Keep a legal hold; False if there is no such lead."""

    def release_data(self, lead_id: str) -> bool:
        """End a legal hold; False if there is none."""

    def held(self, lead_ids: Collection[str]) -> Mapping[str, DataHold]:
        """The legal holds of those of these leads that have one."""
