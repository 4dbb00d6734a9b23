"""The log events of the code, read from its syntax: name, level and fields of every line.

A line is `log.LEVEL("subject.event", extra={...})`. A name that is a variable takes the values that
its function writes out; a part of a name takes those of `PARTS`.
"""

import ast
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, get_args

from leadline.journey.responding import claiming, response_clock
from leadline.model.lead import Fate
from leadline.model.task import Outcome, Step

LEVELS = ("debug", "info", "warning", "error", "exception", "critical")
EVENT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
"""As in `leadline.entrypoints.logs`, which does not write any other name."""
OUTCOMES = (*(kind.__name__.lower() for kind in get_args(Outcome)), "given_back")

PARTS: Mapping[str, Iterable[str]] = {
    "kit.py:step": Step,
    "kit.py:what": OUTCOMES,
    "entrypoints/refusals.py:fate": [fate for fate in Fate if fate is not Fate.REFUSED],
    "journey/responding/claiming.py:note": get_args(claiming.LeadNote),
    "journey/responding/response_clock.py:note": response_clock._NOTES.values(),
    "stores/aws/sweep/overdue.py:step": Step,
}
"""The values of a variable in a name, by the file below `leadline` and the variable."""


class LogLine(NamedTuple):
    """One line of the code that logs. `fields` has a `?` behind a name that is not always there."""

    event: str
    level: str
    fields: tuple[str, ...]
    where: str


class Unresolved(Exception):
    """A line whose event or fields can't be read from the code."""


def log_lines(package: Path, parts: Mapping[str, Iterable[str]] = PARTS) -> list[LogLine]:
    """Every line below *package* that logs; raises Unresolved, which names the line."""
    return [
        line
        for path in sorted(package.rglob("*.py"))
        for line in _lines_of(path, path.relative_to(package).as_posix(), parts)
    ]


def _lines_of(path: Path, name: str, parts: Mapping[str, Iterable[str]]) -> Iterator[LogLine]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function, call in _calls(tree):
        where = f"{name}:{call.lineno}"
        assert isinstance(call.func, ast.Attribute)
        level = call.func.attr
        fields = _fields(call, function, where)
        if level == "exception" or any(k.arg == "exc_info" for k in call.keywords):
            level = {"exception": "error"}.get(level, level)
            fields = (*fields, "exception")
        for event in _events(call, function, name, where, parts):
            yield LogLine(event, level, fields, where)


def _calls(tree: ast.AST, function: ast.AST | None = None) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Calls of a logger's method, each with the function that it stands in."""
    for node in ast.iter_child_nodes(tree):
        inner = node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            logger = ast.unparse(node.func.value)
            if node.func.attr in LEVELS and (logger == "log" or "getLogger" in logger):
                yield inner or tree, node
        yield from _calls(node, inner)


def _events(
    call: ast.Call, function: ast.AST, name: str, where: str, parts: Mapping[str, Iterable[str]]
) -> list[str]:
    event = call.args[0]
    is_name = isinstance(event, ast.Name) and f"{name}:{event.id}" not in parts
    if is_name and (names := _written_out(function)):
        return names
    pieces = [_values(piece, name, where, parts) for piece in _pieces(event)]
    return ["".join(chosen) for chosen in itertools.product(*pieces)]


def _written_out(function: ast.AST) -> list[str]:
    """The names of events that a function holds as texts, in a loop over them for instance."""
    texts = [n.value for n in ast.walk(function) if isinstance(n, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and EVENT.fullmatch(text)]


def _pieces(event: ast.expr) -> list[ast.expr]:
    """The parts that a name is put together of."""
    match event:
        case ast.JoinedStr(values=values):
            return [v.value if isinstance(v, ast.FormattedValue) else v for v in values]
        case ast.BinOp(left=left, right=right):
            return [*_pieces(left), *_pieces(right)]
    return [event]


def _values(
    piece: ast.expr, name: str, where: str, parts: Mapping[str, Iterable[str]]
) -> tuple[str, ...]:
    if isinstance(piece, ast.Constant):
        return (str(piece.value),)
    key = f"{name}:{ast.unparse(piece).rpartition('.')[2]}"
    if key not in parts:
        raise Unresolved(f"{where}: say in PARTS of tools/log_events.py what {key!r} may be")
    return tuple(parts[key])


def _fields(call: ast.Call, function: ast.AST, where: str) -> tuple[str, ...]:
    given = next((k.value for k in call.keywords if k.arg == "extra"), None)
    return () if given is None else tuple(_keys(given, function, where))


def _keys(given: ast.expr, function: ast.AST, where: str) -> Iterator[str]:
    """The names in a dictionary, also in one that a variable of the same function holds."""
    if isinstance(given, ast.Dict):
        for key, value in zip(given.keys, given.values, strict=True):
            if key is None:
                yield from _keys(value, function, where)
            else:
                assert isinstance(key, ast.Constant), where
                yield str(key.value)
        return
    if not isinstance(given, ast.Name):
        raise Unresolved(f"{where}: write the fields as a dictionary: {ast.unparse(given)}")
    made = [n for n in ast.walk(function) if isinstance(n, ast.Assign)]
    whole = [n.value for n in made if ast.unparse(n.targets[0]) == given.id]
    if len(whole) != 1:
        raise Unresolved(f"{where}: {given.id} is not assigned once in this function")
    yield from _keys(whole[0], function, where)
    for node in made:
        target = node.targets[0]
        if isinstance(target, ast.Subscript) and ast.unparse(target.value) == given.id:
            yield f"{ast.literal_eval(target.slice)}?"
