"""Places in a list of leads: where its next page begins, and how far it was read."""

from collections.abc import Iterator, Sequence

from leadline.operations.lists.listing import Listed


class CountedRows(Iterator[Listed]):
    """Rows, and how many of them have been read."""

    def __init__(self, rows: Iterator[Listed]) -> None:
        self._rows = rows
        self.number = 0

    def __next__(self) -> Listed:
        one = next(self._rows)
        self.number += 1
        return one


def leads_from(leads: Iterator[Listed], after: str) -> Iterator[Listed]:
    """The leads that follow the one with this id; all of them for ""."""
    if after:
        for one in leads:
            if one.row.lead_id == after:
                break
    return leads


def place_after(leads: Sequence[Listed], after: str) -> int:
    """Where leads go on after the lead with this id; 0 if it is not among them, or for ""."""
    return next((at + 1 for at, one in enumerate(leads) if one.row.lead_id == after), 0)


def next_place(leads: Sequence[Listed], after: str) -> int:
    """Where leads, newest first, go on after the lead with this id, which may not be among them."""
    place = place_after(leads, after)
    if place or not after:
        return place
    return next((at for at, one in enumerate(leads) if one.row.lead_id < after), len(leads))
