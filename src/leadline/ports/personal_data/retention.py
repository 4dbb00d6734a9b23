"""The protocol of retention: deletes what is older than the settings allow, unless it is held."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import msgspec

from leadline.model.personal_data.retiring import DataKind

if TYPE_CHECKING:
    from leadline.model.personal_data.privacy import DataHold
    from leadline.ports.store import Among

MOST = 100
"""The largest number of leads that are deleted in one step, so that no capture waits for long."""


class Aged(msgspec.Struct, frozen=True):
    """A lead (or other event) of which something is old enough to be deleted."""

    lead_id: str
    source: str
    captured_at: datetime


class AgedPage(msgspec.Struct, frozen=True):
    """What one look found, in the order of ids. `seen` is the id up to which leads were looked at,
    to go on from; "" if there are no more."""

    leads: tuple[Aged, ...]
    seen: str = ""


class Retention(Protocol):
    """Finds and deletes what is too old, and keeps legal holds."""

    def too_old(
        self, kind: DataKind, before: datetime, among: "Among", after: str = "", limit: int = MOST
    ) -> AgedPage:
        """Leads and other events *among* these sources, with ids after *after*, of which something
        of this kind is left that may be deleted: captured *before* that time, or for DEAD, with a
        dead letter since before it. Left out is what has a task that waits or is leased, and what
        is held; and but for DEAD, what has a dead letter. An event that belongs to a lead is left
        out as long as that lead is. One look is bounded, so that a page may be empty and not the
        last."""

    def retire(self, kind: DataKind, before: datetime, lead_ids: Sequence[str]) -> Sequence[str]:
        """Delete what is kept of this kind of those of these leads that `too_old` would give now,
        so that its bytes are gone; returns their ids. May be repeated.

        RAW replaces the sender's data (`model.personal_data.retiring.RETIRED_WORDS`), also in the
        refined document. REFINED deletes the person from the refined document and the handling, and
        all by which leads of the person would be linked. TIMELINE deletes the lines of the timeline
        and the references of messages, except lines that only count
        (`model.personal_data.retiring.outlasts`). DEAD deletes dead letters; a lead that was never
        refined loses what the sender sent, too, and becomes a filtered event
        (`model.personal_data.retiring.RETIRED`). The timeline says what was deleted.
        """

    def hold_data(self, hold: "DataHold") -> bool:
        """Keep a legal hold, over an earlier one; False if there is no such lead."""

    def release_data(self, lead_id: str) -> bool:
        """End a legal hold; False if there is none."""

    def held(self, lead_ids: Collection[str]) -> "Mapping[str, DataHold]":
        """The legal holds of those of these leads that have one."""

    def all_held(self) -> "Sequence[DataHold]":
        """All legal holds, oldest first."""
