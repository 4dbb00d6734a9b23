"""The protocol of saved views of the list of leads."""

from collections.abc import Sequence
from typing import Protocol

from leadline.model.staff.saved_views import SavedView


class SavedViews(Protocol):
    """Keeps saved views. Methods that change something return when it is on the disk; all raise
    StorageFull or StorageFailed."""

    def seen_by(self, account: str) -> Sequence[SavedView]:
        """The views of an account and the shared ones, by name."""

    def save(self, view: SavedView) -> SavedView | None:
        """Keep a new view; returns it with its id, or None if the account has one of that name, or
        has `MOST_VIEWS`."""

    def change(self, view: SavedView) -> bool:
        """Give the view of that id this name, and share it or not; False if there is none, or its
        account has another one of that name. Who does not see it any more opens LEADS without."""

    def delete(self, view_id: int) -> bool:
        """Delete a view; False if there is none."""

    def default_of(self, account: str) -> SavedView | None:
        """The view with which an account opens LEADS; None for none."""

    def make_default(self, account: str, view_id: int | None) -> bool:
        """Open LEADS with a view from now on, or with none; False if the account sees no such
        view."""
