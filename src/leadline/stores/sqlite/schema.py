"""The schema of the data file, and how an older file comes to it."""

from importlib.resources import files

import apsw

from leadline.model.errors import ConfigurationError


def _migrations() -> list[str]:
    folder = files("leadline.stores.sqlite") / "migrations"
    return [f.read_text() for f in sorted(folder.iterdir(), key=lambda f: f.name)]


def schema_version(connection: apsw.Connection) -> int:
    """How many migrations the file has seen."""
    return int(connection.pragma("user_version"))


def is_current(connection: apsw.Connection) -> bool:
    """Whether the file has the schema that this Leadline reads and writes."""
    return schema_version(connection) == len(_migrations())


def migrate(connection: apsw.Connection) -> None:
    """Bring the file to the newest schema, each step in a transaction of its own.

    Raises ConfigurationError when the file comes from a newer Leadline.
    """
    steps = _migrations()
    version = schema_version(connection)
    if version > len(steps):
        raise ConfigurationError(
            f"the data file has schema {version}, this Leadline knows {len(steps)}; "
            "run the newer version that wrote it"
        )
    for number, step in enumerate(steps[version:], version + 1):
        with connection:
            connection.execute(step)
            connection.execute(f"PRAGMA user_version = {number}")
