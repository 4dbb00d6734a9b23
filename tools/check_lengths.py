"""Fail where a file or a function is too long to be read at once.

python tools/check_lengths.py [FOLDER ...]    # src, bench, tools and examples by default

A file of more than 300 lines says why in a comment that begins with "# Long because"; a function
has at most 40 lines, with its head and docstring. Tests are left out, being lists of cases.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = tuple(ROOT / name for name in ("src", "bench", "tools", "examples"))
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
REASON = "# Long because "


def too_long(path: Path) -> Iterator[tuple[str, str]]:
    """What is too long in a file: the file ("") or a function by its name, and what is wrong."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    if len(lines) > LONGEST_FILE and not any(line.startswith(REASON) for line in lines):
        yield "", f"{len(lines)} lines; part it, or say why in a line `{REASON}…`"
    for node in ast.walk(ast.parse(text, filename=str(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield node.name, f"{length} lines; part it"


def main(arguments: list[str]) -> int:
    failed = False
    for folder in [Path(a) for a in arguments] or FOLDERS:
        for path in sorted(folder.rglob("*.py")):
            place = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)
            for name, problem in too_long(path):
                what = f"{place}: {name}" if name else place
                print(f"{what} has {problem}")
                failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
