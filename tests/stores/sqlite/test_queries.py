"""The queries of the embedded store: each is used, says what it does, and fits the schema."""

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import apsw
import apsw.ext
import pytest

from leadline.ports.reading.ledger import LeadFilter
from leadline.stores import sqlite
from leadline.stores.sqlite.encryption.keyring import begin_sealing
from leadline.stores.sqlite.encryption.views import SealingConnection, open_sealed
from leadline.stores.sqlite.index.writing import make_schema
from leadline.stores.sqlite.queries import Queries, Query, read_queries
from leadline.stores.sqlite.reading.selection import about, teach_to_search
from leadline.stores.sqlite.schema import migrate
from tests.worlds.encrypted import new_key

FOLDER = Path(sqlite.__file__).parent
FILES = sorted(p for p in FOLDER.rglob("*.sql") if p.parent.name != "migrations")


def _named(path: Path) -> dict[str, Query]:
    return read_queries(path.read_text(encoding="utf-8"))


def _module(path: Path) -> str:
    return ".".join(["leadline.stores.sqlite", *path.relative_to(FOLDER).with_suffix("").parts])


INDEX_FILES = [p for p in FILES if p.parent.name == "index" and p.stem != "reading"]
"""Those whose queries are put to the index."""


def _queries(paths: list[Path]) -> list[Any]:
    return [
        pytest.param(query, id=f"{path.relative_to(FOLDER).with_suffix('')}.{name}")
        for path in paths
        for name, query in _named(path).items()
    ]


QUERIES = _queries(FILES)


@pytest.fixture(scope="module", params=["plain", "encrypted"])
def file(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> apsw.Connection:
    """An empty data file with the newest schema, and what modules create for themselves."""
    connection = SealingConnection(":memory:")
    migrate(connection)
    folder = tmp_path_factory.mktemp("encrypted")
    if request.param == "encrypted":
        begin_sealing(connection, folder / "data", new_key(folder / "key"), now=0)
    open_sealed(connection, folder / "data")
    teach_to_search(connection)
    for path in FILES:
        for name, query in _named(path).items():
            if name.startswith("create_"):
                connection.execute(query.text)
    return connection


@pytest.fixture(scope="module")
def index() -> apsw.Connection:
    """An empty index."""
    connection = apsw.Connection(":memory:")
    make_schema(connection)
    return connection


def _filled(text: str) -> str:
    """A query as it may be executed, with room for one row and one key."""
    columns = re.search(r"\(([^()]*)\)\s*(?:AS \()?VALUES \(\)", text)
    if columns:
        marks = ",".join("?" * (columns[1].count(",") + 1))
        text = text.replace("VALUES ()", f"VALUES ({marks})")
    return text.replace("IN ()", "IN (?)")


def _as_a_whole(query: Query) -> str:
    """A query that can be prepared; a condition or an expression in the place where it is used."""
    selection = _named(FOLDER / "reading" / "selection.sql")
    text = query.text
    if query.about.startswith(("Condition:", "Expression:")):
        text = _named(FOLDER / "reading" / "ledger.sql")["ids"].text.format(selection=text)
    return _filled(text.format(status=selection["status"].text, selection="1"))


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_says_in_a_sentence_what_it_does(query: Query) -> None:
    assert re.fullmatch(r"[A-Z].*\.", query.about)


@pytest.mark.parametrize("query", _queries(INDEX_FILES))
@pytest.mark.parametrize("column", ["captured_at", "owner_key"])
def test_every_query_of_the_index_fits_its_schema(
    query: Query, column: str, index: apsw.Connection
) -> None:
    text, names = (
        query.text,
        {"access": "", "selection": "1", "columns": "", "groups": "", "value": "''", "check": "1"},
    )
    if query.about.startswith("Condition:"):
        text = _named(FOLDER / "index" / "planning.sql")["number"].text.format(
            access="", selection=f"({text})"
        )
    text = text.format(column=column, direction="DESC", **names)
    assert apsw.ext.query_info(index, _filled(text)).query_remaining is None


@pytest.mark.parametrize("query", _queries([p for p in FILES if p not in INDEX_FILES]))
def test_every_query_fits_the_schema(query: Query, file: apsw.Connection) -> None:
    if query.text.startswith("CREATE TEMP TABLE owned"):
        return  # it was executed, and may be only once
    if query.about.startswith("Template:"):
        return  # its module fills in tables and columns
    assert apsw.ext.query_info(file, _as_a_whole(query)).query_remaining is None


@pytest.mark.parametrize("path", FILES, ids=[str(p.relative_to(FOLDER)) for p in FILES])
def test_a_module_uses_all_of_its_queries_and_no_others(path: Path) -> None:
    tree = ast.parse(path.with_suffix(".py").read_text(encoding="utf-8"))
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "_sql"
    }
    assert used == set(_named(path))
    assert isinstance(import_module(_module(path))._sql, Queries)


def test_no_module_of_the_store_holds_a_query_of_its_own() -> None:
    found = [
        f"{path.relative_to(FOLDER)}:{node.lineno}"
        for path in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|WITH)\s", node.value)
    ]
    assert found == []


def test_a_filter_with_everything_fits_the_schema(file: apsw.Connection) -> None:
    everything = LeadFilter(
        ids=("01890000-0000-7000-8000-000000000000", "01890000-0000-7000-8000-000000000001"),
        source="generic",
        search="01890000",
        reason="slack.gone",
        dead=True,
        unowned=True,
    )
    query, values = about(_named(FOLDER / "reading" / "listing.sql")["each"].text, everything)
    assert file.execute(query, (*values, 1 << 62, 10)).fetchall() == []


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="two queries are named one"):
        read_queries("-- name: one\n-- A.\nSELECT 1;\n-- name: one\n-- B.\nSELECT 2;\n")


def test_a_name_that_no_query_has_is_told() -> None:
    with pytest.raises(AttributeError, match="no query is named misspelt"):
        _ = Queries("leadline.stores.sqlite.work.queue").misspelt


def test_the_command_line_starts_without_the_store() -> None:
    code = "import sys, leadline.entrypoints.cli; print('apsw' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
