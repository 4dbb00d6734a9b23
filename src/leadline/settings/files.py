"""Reading settings from TOML and `.env` files, each value with its line for error messages."""

import io
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

SettingPath = tuple[str, ...]
"""The path of a setting: ("delay",) or ("sources", "close", "secret")."""

CARRIED_LISTS = "lists"
"""The table of a stack's settings in which earlier versions carried lists that stood in files
(`settings.conditions.carried_lists`)."""

_TOKEN = re.compile(r"""\"{3}|'{3}|"(?:\\.|[^"\\])*"|'[^']*'|#|[\[\]{}]""")
"""What opens or closes something on a line of TOML, or hides what does: texts and comments."""
_ENDS = {
    '"""': re.compile(r'(?:\\.|[^\\])*?"{3}"{0,2}'),
    "'''": re.compile(r".*?'{3}'{0,2}"),
}
"""The rest of a text of several lines, up to its end, by the quotes around it."""
_BRACKETS = {"[": 1, "{": 1, "]": -1, "}": -1}


def read_toml(
    path: Path, shown: str, problems: list[str], *, required: bool
) -> list[tuple[SettingPath, Any, str]]:
    """Every value of a TOML file, with its path and its origin ("leadline.toml line 7").

    An empty table counts as a value, {}. *shown* is the file's name in messages. A file that
    can't be read, or is *required* and missing, is added to *problems*.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if required:
            problems.append(f"{shown}: there is no such file")
        return []
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{shown}: {_why_unreadable(error)}")
        return []
    return parse_toml(text, shown, problems)


def parse_toml(text: str, shown: str, problems: list[str]) -> list[tuple[SettingPath, Any, str]]:
    """Every value of a TOML text, in the form that `read_toml` returns."""
    try:
        tree = tomllib.loads(text)
    except RecursionError:
        problems.append(f"{shown}: the tables or lists are nested too deeply")
        return []
    except ValueError as error:  # TOMLDecodeError, and int() of too many digits
        problems.append(_syntax_problem(shown, text, str(error)))
        return []
    lines = _lines(text)
    return [(path, value, f"{shown} line {lines[path]}") for path, value in _flattened(tree)]


def read_dotenv(path: Path, problems: list[str]) -> dict[str, tuple[str | None, str]]:
    """Every variable of a `.env` file, with its origin (".env line 3"); the value is None if the
    line has no "=".

    Values are not interpolated, because a secret may contain `$`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f".env: {_why_unreadable(error)}")
        return {}
    from dotenv.parser import parse_stream  # 10 ms, which AWS functions, without a .env, save

    found: dict[str, tuple[str | None, str]] = {}
    for binding in parse_stream(io.StringIO(text)):
        written = binding.original.string
        blank = written[: len(written) - len(written.lstrip())]
        line = binding.original.line + blank.count("\n")
        if binding.error:
            problems.append(f".env line {line}: this is not NAME=value")
        elif binding.key:
            found[binding.key] = (binding.value, f".env line {line}")
    return found


def _flattened(
    tree: Mapping[str, Any], above: SettingPath = ()
) -> Iterable[tuple[SettingPath, Any]]:
    for name, value in tree.items():
        path = (*above, name)
        if isinstance(value, dict) and value:
            yield from _flattened(value, path)
        else:
            yield path, value


def _lines(text: str) -> dict[SettingPath, int]:
    """The line on which each setting begins, which tomllib does not report; *text* is valid TOML.

    The text is split into statements: runs of lines at whose end no bracket and no text is open.
    """
    found: dict[SettingPath, int] = {}
    table: SettingPath = ()
    for begins, statement in _statements(text):
        tree = tomllib.loads(statement)
        is_header = statement.lstrip().startswith("[")
        for path, _ in _flattened(tree):
            whole = path if is_header else (*table, *path)
            found.setdefault(whole, begins)
            table = whole if is_header else table
    return found


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The statements of a valid TOML text, each with the number of its first line."""
    lines: list[str] = []
    closing, depth = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        lines.append(line)
        closing, depth = _after(line, closing, depth)
        if not closing and depth == 0:
            yield number - len(lines) + 1, "\n".join(lines) + "\n"
            lines = []


def _after(line: str, closing: str, depth: int) -> tuple[str, int]:
    """What is open at the end of a line: the quotes that close a text of several lines ("": none
    is open), and how many brackets, by what was open before it."""
    place = 0
    while place < len(line):
        if closing:
            end = _ENDS[closing].match(line, place)
            if end is None:
                return closing, depth
            place, closing = end.end(), ""
        token = _TOKEN.search(line, place)
        if token is None or token[0].startswith("#"):
            break
        place = token.end()
        if token[0] in _ENDS:
            closing = token[0]
        elif token[0] in _BRACKETS:
            depth += _BRACKETS[token[0]]
    return closing, depth


def _syntax_problem(shown: str, text: str, message: str) -> str:
    """The problem in our form. tomllib's messages end with "(at line 3, column 7)" or "(at end of
    document)"; they may quote a key or a single character, but never a value."""
    match = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", message)
    if match is None:
        return f"{shown}: {message}"
    line = match[2] or len(text.rstrip().split("\n"))
    return f"{shown} line {line}: {match[1]}"


def _why_unreadable(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"this is not UTF-8 (byte {error.start})"
    return f"it can't be read ({error.strerror})"
