"""The numbers of migrations: a file of an earlier version gets all that follow its own."""

from importlib.resources import files

import pytest


@pytest.mark.parametrize("package", ["leadline.stores.sqlite", "leadline.stores.accounts"])
def test_migrations_are_numbered_without_gaps_and_doubles(package: str) -> None:
    names = sorted(one.name for one in (files(package) / "migrations").iterdir())
    assert [int(name.partition("_")[0]) for name in names] == list(range(1, len(names) + 1))
