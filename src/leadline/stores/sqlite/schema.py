"""The schema of the data file, and the migration of older files."""

from importlib.resources import files

import apsw

from leadline.model.errors import ConfigurationError


def _migrations() -> list[str]:
    folder = files("leadline.stores.sqlite") / "migrations"
    return [f.read_text() for f in sorted(folder.iterdir(), key=lambda f: f.name)]


def schema_version(connection: apsw.Connection) -> int:
    """The number of migrations that were applied to the file."""
    return int(connection.pragma("user_version"))


def is_current(connection: apsw.Connection) -> bool:
    """Whether the file has the schema of this version."""
    return schema_version(connection) == len(_migrations())


def migrate(connection: apsw.Connection) -> None:
    """Migrate the file to the newest schema, each step in its own transaction.

    Raises ConfigurationError if a newer version of Leadline wrote the file.
    """
    steps = _migrations()
    version = schema_version(connection)
    if version > len(steps):
        raise ConfigurationError(
            f"the data file has schema {version}, but this version knows only {len(steps)}; "
            "run the newer version that wrote it"
        )
    for number, step in enumerate(steps[version:], version + 1):
        with connection:
            connection.execute(step)
            connection.execute(f"PRAGMA user_version = {number}")
