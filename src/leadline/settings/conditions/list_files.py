"""Lists of values in CSV files beside the settings."""

import base64
import csv
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from leadline.settings.conditions.parsing import ListFile
from leadline.settings.conditions.text import fold_text

MOST_LINES = 100_000
"""The most lines of a file."""

_MOST_BYTES = 32 << 20
_SEPARATORS = ",;\t"
_MOST_SHOWN = 60


class WrongList(ValueError):
    """A file that cannot be used; the text says why."""


def read_list(folder: Path, file: ListFile) -> frozenset[str]:
    """The values of one column of a CSV file in *folder* or beneath, folded for comparing. Without
    a column it is the first one, and the first line counts as a value, too. Raises WrongList."""
    text = _text_of(_path_of(folder, file.path), file.path)
    lines = text.splitlines(keepends=True)
    if len(lines) > MOST_LINES:
        raise WrongList(f"{file.path} has {len(lines)} lines; {MOST_LINES} are the most")
    try:
        rows = csv.reader(lines, delimiter=_separator(lines), strict=True)
        values = frozenset(one for value in _column(rows, file) if (one := fold_text(value)))
    except csv.Error as error:
        raise WrongList(f"{file.path} is not CSV: {error}") from None
    if not values:
        raise WrongList(f"{file.path} has no values")
    return values


def list_in_text(packed: str, name: str) -> frozenset[str]:
    """The values of a list that the text of settings has in it, compressed, as versions wrote it
    that knew no other way to carry lists to AWS. Raises WrongList."""
    try:
        whole = zlib.decompressobj().decompress(base64.b64decode(packed), _MOST_BYTES)
        return frozenset(whole.decode().split("\n"))
    except (ValueError, TypeError, zlib.error):
        raise WrongList(f"{name} is damaged; deploy the settings again") from None


def _path_of(folder: Path, written: str) -> Path:
    """The file, which must be beside the settings or in a folder there, and no link out of it."""
    path, root = Path(written), folder.resolve()
    if path.is_absolute() or ".." in path.parts or "\0" in written:
        raise WrongList(f"{written} is not beside the settings; write its path from their folder")
    try:
        whole = (root / path).resolve()
    except (OSError, RuntimeError) as error:
        raise WrongList(f"{written} can't be read ({error})") from None
    if not whole.is_relative_to(root):
        raise WrongList(f"{written} leads out of the folder of the settings")
    return whole


def _text_of(path: Path, shown: str) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise WrongList(f"{shown} is larger than {_MOST_BYTES >> 20} MiB")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise WrongList(f"there is no file {shown} beside the settings") from None
    except UnicodeDecodeError as error:
        raise WrongList(f"{shown} is not UTF-8 (byte {error.start})") from None
    except OSError as error:
        raise WrongList(f"{shown} can't be read ({error.strerror})") from None


def _separator(lines: Iterable[str]) -> str:
    """What stands between columns: the first of comma, semicolon and tab in the first line that has
    one of them outside of quotation marks."""
    for line in lines:
        bare = "".join(line.split('"')[::2])
        if found := [one for one in bare if one in _SEPARATORS]:
            return found[0]
    return ","


def _column(rows: Iterator[list[str]], file: ListFile) -> Iterator[str]:
    number = 0
    if file.column:
        head = [fold_text(name) for name in next(rows, [])]
        if fold_text(file.column) not in head:
            there = ", ".join(head)[:_MOST_SHOWN]
            raise WrongList(f"{file.path} has no column {file.column!r}; its first line is {there}")
        number = head.index(fold_text(file.column))
    for row in rows:
        if len(row) > number:
            yield row[number]
