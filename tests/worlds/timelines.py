"""What timelines say of a lead, whatever store has them."""

from typing import Any


def lines_of(store: Any, lead_id: str) -> list[str]:
    """What timelines say of a lead."""
    if hasattr(store, "notes"):
        return [words for i, words in store.notes if i == lead_id]
    if hasattr(store, "db"):
        with store.db.reading() as db:
            return [f"{what} {detail}" for what, detail in
                    db.execute("SELECT what, detail FROM history")]  # fmt: skip
    return [f"{line.what} {line.detail}" for line in store._lead(lead_id).timeline]
