"""`ports.dashboard.saved_views.SavedViews` in the file of accounts."""

from collections.abc import Sequence
from typing import Any

import msgspec

from leadline.model.staff.saved_views import MOST_VIEWS, SavedView
from leadline.stores.accounts.file import AccountsFile
from leadline.stores.sqlite.queries import Queries

_sql = Queries(__name__)


class SqliteViews:
    """See `ports.dashboard.saved_views.SavedViews`; raises what `AccountsFile` raises."""

    def __init__(self, file: AccountsFile) -> None:
        self._file = file

    def seen_by(self, account: str) -> Sequence[SavedView]:
        """See `SavedViews.seen_by`."""
        return [_view(row) for row in self._file.rows(_sql.views, account)]

    def save(self, view: SavedView) -> SavedView | None:
        """See `SavedViews.save`."""
        row = (view.name, view.account, int(view.shared), view.query, MOST_VIEWS)
        found = self._file.change(_sql.save_view, *row)
        return msgspec.structs.replace(view, id=found[0][0]) if found else None

    def change(self, view: SavedView) -> bool:
        """See `SavedViews.change`."""
        with self._file.writing() as connection:
            row = (view.id, view.name, int(view.shared))
            found = connection.execute(_sql.change_view, row).fetchall()
            connection.execute(_sql.forget_unseen_defaults)
            return bool(found)

    def delete(self, view_id: int) -> bool:
        """See `SavedViews.delete`."""
        with self._file.writing() as connection:
            connection.execute(_sql.forget_default, (view_id,))
            return bool(connection.execute(_sql.delete_view, (view_id,)).fetchall())

    def default_of(self, account: str) -> SavedView | None:
        """See `SavedViews.default_of`."""
        found = self._file.rows(_sql.default_view, account)
        return _view(found[0]) if found else None

    def make_default(self, account: str, view_id: int | None) -> bool:
        """See `SavedViews.make_default`."""
        if view_id is None:
            self._file.change(_sql.no_default, account)
            return True
        return bool(self._file.change(_sql.make_default, account, view_id))


def _view(row: tuple[Any, ...]) -> SavedView:
    view_id, name, account, shared, query = row
    return SavedView(name, account, query, bool(shared), view_id)
