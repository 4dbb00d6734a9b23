"""The schema of the data file, and the migration of older files."""

import logging
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

import apsw

from leadline.model.errors import ConfigurationError
from leadline.model.facts.likeness import RULES
from leadline.stores.sqlite.queries import Queries

log = logging.getLogger(__name__)

_sql = Queries(__name__)


@cache
def _migrations() -> dict[int, str]:
    """The migrations by the numbers that their names begin with, in order."""
    folder = files("leadline.stores.sqlite") / "migrations"
    found = {int(f.name.partition("_")[0]): f.read_text() for f in folder.iterdir()}
    return dict(sorted(found.items()))


def newest_schema() -> int:
    """The number of the newest migration."""
    return max(_migrations())


def schema_version(connection: apsw.Connection) -> int:
    """The number of the last migration that was applied to the file."""
    return int(connection.pragma("user_version"))


def is_current(connection: apsw.Connection) -> bool:
    """Whether the file has the schema of this version."""
    return schema_version(connection) == newest_schema()


def refuse_newer(connection: apsw.Connection) -> None:
    """Raise ConfigurationError if a newer version of Leadline wrote the file."""
    version = schema_version(connection)
    if version > newest_schema():
        raise ConfigurationError(
            f"the data file has schema {version}, but this version knows only {newest_schema()}; "
            "run the newer version that wrote it"
        )


def refuse_other_schemas(connection: apsw.Connection, path: Path) -> None:
    """Raise ConfigurationError if another version of Leadline wrote the file."""
    refuse_newer(connection)
    if not is_current(connection):
        raise ConfigurationError(
            f"{path} was written by an older version of Leadline; "
            "start `leadline serve` or `leadline worker` once to migrate it"
        )


def migrate(connection: apsw.Connection, keep: Callable[[], Path | None] = lambda: None) -> None:
    """Migrate the file to the newest schema, in one transaction: who is killed meanwhile leaves it
    as the earlier version wrote it. *keep* is called before a file with data is changed, and
    returns its copy.

    Raises ConfigurationError if a newer version of Leadline wrote the file.
    """
    refuse_newer(connection)
    version = schema_version(connection)
    if version == newest_schema():
        return
    kept = keep() if version else None
    with connection:
        for number, step in _migrations().items():
            if number > version:
                connection.execute(step)
        connection.execute(f"PRAGMA user_version = {newest_schema()}")
        if version == 0:  # no lead of a new file is under keys of earlier rules
            connection.execute(_sql.of_a_new_file, (RULES,))
    if kept:
        words = f"from schema {version} to {newest_schema()}; {kept.name} is as it was before"
        log.info("data.migrated", extra={"data": str(kept.parent), "reason": words})
