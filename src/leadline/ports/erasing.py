"""The protocol for erasing personal data from a store."""

from typing import Protocol


class Erasing(Protocol):
    """Erases personal data."""

    def erase(self, lead_id: str) -> tuple[str, ...]:
        """Erase the person from a lead and from the other events of its record.

        Erases raw JSON, bodies, the refined document (`model.erasing`), all by which leads of the
        person would be linked, and the differences noted on timelines. What happened, and when, is
        kept; the lead leaves the queue of its team. From the body of a delivery that tells of other
        records, only these events are cut (`model.cutting`), or it is erased. May be repeated.
        Returns descriptions of copies left.
        """
