"""Loads the modules of a function from one file, for a package has hundreds: to look for each, and
to open and read it, was an eighth of the CPU time of Refine's cold start.

`leadline.cloud.packages.bundling` writes the file. The sources lie beside it as usual, so that
tracebacks and data files are found; without the file, or with that of another Python, the sources
are loaded.
"""

import marshal
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import MAGIC_NUMBER
from types import CodeType, ModuleType

import msgspec

_LENGTH = 4
"""The bytes of the length of the index, which stands behind the magic number of the bytecode."""


class BundledCode(msgspec.Struct, frozen=True):
    """Where the bytecode of a module lies in the file, in bytes, and its source in the package."""

    offset: int
    size: int
    source: str


def index_of(text: str, offset: int) -> dict[str, BundledCode]:
    """The places of modules, from lines of a name, a size and a source; the first lies at
    *offset*."""
    found: dict[str, BundledCode] = {}
    for line in text.splitlines():
        name, size, source = line.split()
        found[name] = BundledCode(offset, int(size), source)
        offset += int(size)
    return found


class BundledModules:
    """Finds the modules that the open file *number* has the bytecode of."""

    def __init__(self, number: int, root: str, index: Mapping[str, BundledCode]) -> None:
        self._number = number
        self._root = root
        self._index = index

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As Python's own for the source of a bundled module; None for others."""
        if (place := self._index.get(name)) is None:
            return None
        source = f"{self._root}/{place.source}"
        spec = ModuleSpec(name, _Loader(self._number, place, name, source), origin=source)
        spec.has_location = True
        if source.endswith("/__init__.py"):
            spec.submodule_search_locations = [source.rpartition("/")[0]]
        return spec


class _Loader(SourceFileLoader):
    """Loads a module from its bytecode in the file; all else is that of its source."""

    def __init__(self, number: int, place: BundledCode, name: str, source: str) -> None:
        super().__init__(name, source)
        self._number = number
        self._place = place

    def get_code(self, fullname: str) -> CodeType | None:  # noqa: ARG002 - Python's signature
        data = os.pread(self._number, self._place.size, self._place.offset)
        code: CodeType = marshal.loads(data)  # noqa: S302 - our own, as that of any .pyc file
        return code


def load_from(path: str, root: str) -> bool:
    """Load modules from the bundle at *path* from now on, whose sources lie in the folder *root*;
    returns whether there is a bundle for this Python."""
    try:
        number = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    head = os.pread(number, len(MAGIC_NUMBER) + _LENGTH, 0)
    if head[: len(MAGIC_NUMBER)] != MAGIC_NUMBER:
        os.close(number)
        return False
    length = int.from_bytes(head[len(MAGIC_NUMBER) :], "little")
    text = os.pread(number, length, len(head)).decode()
    index = index_of(text, len(head) + length)
    sys.meta_path.insert(0, BundledModules(number, root, index))
    return True
