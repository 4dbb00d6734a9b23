"""Finds the modules of Leadline that a function needs: those its handler imports, recursively.

Imports inside functions count, because these are late, not optional. Data that a module reads
comes along.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from leadline import FORMER_MODULES, FORMER_NAMES
from leadline.model.task import Step

_FOUND_BY_NAME = {"leadline.vendors.registry": "leadline.vendors"}
"""The packages whose modules a module imports by name, without an import statement."""
_DOES_STEPS = "leadline.steps"
"""The module that imports the functions of steps by the names in their rows."""

_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""The fields of a statement that hold statements (Python's `ast`, "Abstract grammar")."""
_JSON_NAME = re.compile(rb"""["'](\w+\.json)["']""")

# What `leadline.wiring` imports only for an embedded installation.
_EMBEDDED = ("leadline.stores.memory*", "leadline.stores.sqlite*")


def own_modules(entries: Iterable[str], without: tuple[str, ...] = ()) -> Mapping[str, bytes]:
    """The sources of these modules and of all modules of Leadline that they need, by path. Modules
    whose names match one of the patterns *without* are left out.

    Leadline is read from where it is installed.
    """
    root = Path(str(files("leadline"))).parent
    found: dict[str, bytes] = {}
    seen: set[str] = set()
    todo = list(entries)
    left_out = (*_EMBEDDED, *without)
    while todo:
        name = todo.pop()
        if name in FORMER_MODULES | FORMER_NAMES:
            todo.append("leadline.plugin_api")
        path = _path(root, name)
        if name in seen or path is None or any(fnmatchcase(name, p) for p in left_out):
            continue
        seen.add(name)
        content = path.read_bytes()
        found[path.relative_to(root).as_posix()] = content
        for data in _data_files(path, content):
            found[data.relative_to(root).as_posix()] = data.read_bytes()
        todo += imported_modules(content)
        todo.append(name.rpartition(".")[0])  # importing a module runs its packages too
        if name in _FOUND_BY_NAME:
            vendors = _FOUND_BY_NAME[name]
            todo += (f"{vendors}.{e.parent.name}.{e.stem}" for e in path.parent.glob("[!_]*/*.py"))
        if name == _DOES_STEPS:
            todo += (step.row.function.partition(":")[0] for step in Step)
    return found


def _data_files(path: Path, source: bytes) -> Iterator[Path]:
    """The JSON files beside a module that it reads: those whose names stand in its source."""
    for name in _named(source).data_files:
        data = path.with_name(name)
        if data != path and data.is_file():
            yield data


def imported_modules(source: bytes) -> Sequence[str]:
    """Every module that a source may import; `from a import b` gives both `a` and `a.b`."""
    return _named(source).modules


class _Named(msgspec.Struct, frozen=True):
    """What a source names: modules that it may import, and what may be JSON files beside it."""

    modules: Sequence[str]
    data_files: Sequence[str]


@cache
def _named(source: bytes) -> _Named:
    """Packages share most of their modules, so that each is parsed once for all of them."""
    modules: list[str] = []
    for node in _statements(ast.parse(source)):
        if isinstance(node, ast.Import):
            modules += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.append(node.module)
            modules += (f"{node.module}.{alias.name}" for alias in node.names)
    return _Named(modules, [name.decode() for name in _JSON_NAME.findall(source)])


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """All statements except those that only type checkers see. Expressions, which are most of a
    source, import nothing and are passed by."""
    todo = [tree]
    while todo:
        node = todo.pop()
        yield node
        for field in _BLOCKS:
            inner = getattr(node, field, ())
            if isinstance(inner, list):  # of a lambda and of a conditional they are expressions
                todo += (child for child in inner if not _is_for_checkers(child))


def _is_for_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and (
        isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    )


def _path(root: Path, name: str) -> Path | None:
    """The file of a module of Leadline; None for other names."""
    if name.partition(".")[0] != "leadline":
        return None
    place = root.joinpath(*name.split("."))
    candidates = (place.with_suffix(".py"), place / "__init__.py")
    return next((path for path in candidates if path.is_file()), None)
