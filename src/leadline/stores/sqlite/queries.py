"""The SQL of a module, from the `.sql` file beside it.

A query begins with a line `-- name: NAME` and comments that say what it does; the rest, up to the
next name, is the statement. Code fills in three parts of it: `IN ()` and `VALUES ()` (`bulk`), and
the conditions of a selection, `{selection}` (`reading.selection`).
"""

import re
from importlib.resources import files
from typing import NamedTuple

_HEADING = re.compile(r"^-- name: (\w+)\n((?:--.*\n)*)", re.MULTILINE)


class Query(NamedTuple):
    """A statement, and the comments above it."""

    text: str
    about: str


def read_queries(text: str) -> dict[str, Query]:
    """The queries in the text of a file, by name; raises ValueError if two have the same name."""
    parts = _HEADING.split(text)
    found: dict[str, Query] = {}
    for name, comments, statement in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        if name in found:
            raise ValueError(f"two queries are named {name}")
        about = " ".join(line.removeprefix("--").strip() for line in comments.splitlines())
        found[name] = Query(statement.strip().removesuffix(";"), about)
    return found


class Queries:
    """The statements of one module as attributes: `Queries(__name__).due_tasks`."""

    def __init__(self, module: str) -> None:
        package, _, name = module.rpartition(".")
        text = (files(package) / f"{name}.sql").read_text(encoding="utf-8")
        self.__dict__.update({name: query.text for name, query in read_queries(text).items()})

    def __getattr__(self, name: str) -> str:
        raise AttributeError(f"no query is named {name}")
