"""Which of our own modules a function needs: those that its handler imports, and what they import.

Imports within functions count, because they are made there to be late and not to be optional.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path

from leadline import FORMER_MODULES, FORMER_NAMES
from leadline.model.task import Step

_FOUND_BY_NAME = {"leadline.vendors.registry": "leadline.vendors"}
"""Which package's modules a module finds by their names, imported by no line of code."""
_DOES_STEPS = "leadline.steps"
"""The module that imports the functions of steps by the names that their rows give."""

# What `leadline.wiring` imports only for an embedded installation.
_EMBEDDED = ("leadline.stores.memory*", "leadline.stores.sqlite*")


def own_modules(entries: Iterable[str], without: tuple[str, ...] = ()) -> Mapping[str, bytes]:
    """The sources of these modules and of all that they need of our package, by path, but for
    modules whose names fit one of the patterns *without*.

    Our package is read from wherever it is installed.
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
        todo += imported_modules(content)
        todo.append(name.rpartition(".")[0])  # importing a module runs its packages too
        if name in _FOUND_BY_NAME:
            vendors = _FOUND_BY_NAME[name]
            todo += (f"{vendors}.{e.parent.name}.{e.stem}" for e in path.parent.glob("[!_]*/*.py"))
        if name == _DOES_STEPS:
            todo += (step.row.function.partition(":")[0] for step in Step)
    return found


def imported_modules(source: bytes) -> Iterator[str]:
    """Every module that a source may import; `from a import b` gives both `a` and `a.b`."""
    for node in _run(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """Every node but those that only type checkers see."""
    yield node
    for child in ast.iter_child_nodes(node):
        is_for_checkers = isinstance(child, ast.If) and (
            isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING"
        )
        if not is_for_checkers:
            yield from _run(child)


def _path(root: Path, name: str) -> Path | None:
    """The file of a module of ours; None when it is no module, or not ours."""
    if name.partition(".")[0] != "leadline":
        return None
    place = root.joinpath(*name.split("."))
    candidates = (place.with_suffix(".py"), place / "__init__.py")
    return next((path for path in candidates if path.is_file()), None)
