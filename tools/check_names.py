"""Fail when two modules define the same public function or class: one idea, one place.

python tools/check_names.py [FOLDER]    # src/leadline by default, and the classes of tests
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import UnionType

FOLDER = Path(__file__).parent.parent / "src" / "leadline"
TESTS = Path(__file__).parent.parent / "tests"

ALLOWED = {
    "main": "each module that is run as a program has its own",
    "handler": "each function of AWS Lambda has its own",
}
"""Names that several modules may define, each with the reason."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Kinds = type[ast.ClassDef] | UnionType


def public_names(path: Path, kinds: Kinds = Definition) -> Iterator[tuple[str, int]]:
    """The public functions and classes at the top of a module, each with its line.

    Commands are left out: they are named as users type them, nobody imports them.
    """
    for node in ast.parse(path.read_bytes(), filename=str(path)).body:
        if isinstance(node, kinds) and not node.name.startswith("_") and not _command(node):
            yield node.name, node.lineno


def _command(node: Definition) -> bool:
    """Whether it is decorated as a typer command: `@app.command(…)`."""
    called = [d.func for d in node.decorator_list if isinstance(d, ast.Call)]
    return any(isinstance(f, ast.Attribute) and f.attr == "command" for f in called)


def defined_twice(folder: Path = FOLDER, kinds: Kinds = Definition) -> dict[str, list[str]]:
    """The names that more than one module defines, each with its places.

    *kinds* are the definitions that count: in tests only classes, as each module of tests has
    helpers of its own under plain names.
    """
    places: dict[str, list[str]] = defaultdict(list)
    modules: dict[str, set[Path]] = defaultdict(set)
    for path in sorted(folder.rglob("*.py")):
        for name, line in public_names(path, kinds):
            places[name].append(f"{path.relative_to(folder)}:{line}")
            modules[name].add(path)
    return {
        name: found
        for name, found in sorted(places.items())
        if len(modules[name]) > 1 and name not in ALLOWED
    }


def main(arguments: list[str]) -> int:
    if arguments:
        twice = defined_twice(Path(arguments[0]))
    else:
        twice = defined_twice() | defined_twice(TESTS, ast.ClassDef)
    for name, places in twice.items():
        print(f"{name} is defined in {', '.join(places)}: give one of them another name")
    return 1 if twice else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
