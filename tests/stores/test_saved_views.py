"""Saved views in the file of accounts: whose they are, who sees them, and what goes with whom."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from leadline.model.staff.accounts import UserAccount, UserRole
from leadline.model.staff.saved_views import MOST_VIEWS, SavedView
from leadline.stores.accounts.accounts import SqliteAccounts
from tests.worlds.leads import HandClock


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[SqliteAccounts]:
    made = SqliteAccounts(tmp_path)
    yield made
    made.close()


def saved(accounts: SqliteAccounts, name: str, account: str, *, shared: bool = False) -> SavedView:
    kept = accounts.views.save(SavedView(name, account, "status=waiting", shared))
    assert kept is not None
    return kept


def names(accounts: SqliteAccounts, account: str) -> list[str]:
    return [one.name for one in accounts.views.seen_by(account)]


def test_an_account_sees_its_own_views_and_the_shared_ones_by_name(
    accounts: SqliteAccounts,
) -> None:
    saved(accounts, "mine", "ada")
    saved(accounts, "all of us", "bob", shared=True)
    saved(accounts, "his", "bob")
    assert names(accounts, "ada") == ["all of us", "mine"]
    (shared, _) = accounts.views.seen_by("ada")
    assert (shared.account, shared.query, shared.shared) == ("bob", "status=waiting", True)


def test_an_account_has_one_view_of_a_name_and_not_too_many(accounts: SqliteAccounts) -> None:
    first = saved(accounts, "mine", "ada")
    assert accounts.views.save(first) is None
    second = saved(accounts, "other", "ada")
    assert not accounts.views.change(msgspec.structs.replace(second, name="mine"))
    assert accounts.views.change(msgspec.structs.replace(second, name="third"))
    assert names(accounts, "ada") == ["mine", "third"]
    saved(accounts, "mine", "bob")
    for number in range(MOST_VIEWS - 2):
        saved(accounts, f"view {number}", "ada")
    assert accounts.views.save(SavedView("one more", "ada", "")) is None


def test_a_default_is_a_view_that_its_account_sees(accounts: SqliteAccounts) -> None:
    shared, his = saved(accounts, "us", "bob", shared=True), saved(accounts, "his", "bob")
    assert not accounts.views.make_default("ada", his.id)
    assert accounts.views.default_of("ada") is None
    assert accounts.views.make_default("ada", shared.id)
    assert accounts.views.default_of("ada") == shared
    assert accounts.views.make_default("bob", shared.id)
    assert accounts.views.change(msgspec.structs.replace(shared, shared=False))
    assert accounts.views.default_of("ada") is None
    assert accounts.views.make_default("bob", None)
    assert accounts.views.default_of("bob") is None


def test_a_view_that_is_deleted_is_nobodys_default(accounts: SqliteAccounts) -> None:
    mine = saved(accounts, "mine", "ada")
    accounts.views.make_default("ada", mine.id)
    assert accounts.views.delete(mine.id)
    assert not accounts.views.delete(mine.id)
    assert accounts.views.default_of("ada") is None
    assert not accounts.views.change(mine)


def test_private_views_go_with_their_account_and_shared_ones_stay(
    accounts: SqliteAccounts, clock: HandClock
) -> None:
    accounts.add(UserAccount("bob", UserRole.OPERATOR, clock.now))
    his, shared = saved(accounts, "his", "bob"), saved(accounts, "us", "bob", shared=True)
    accounts.views.make_default("bob", his.id)
    accounts.views.make_default("ada", shared.id)
    accounts.remove("bob")
    (left,) = accounts.views.seen_by("ada")
    assert (left.name, left.account) == ("us", "")
    assert accounts.views.default_of("ada") == left
    assert names(accounts, "bob") == ["us"]
    assert accounts.views.default_of("bob") is None
