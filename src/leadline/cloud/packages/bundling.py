"""Writes the bytecode of a package's modules into one file, for `entrypoints.aws.bundle`."""

from collections.abc import Mapping

PATH = "leadline/entrypoints/aws/bundle.bin"
BUNDLED = ("leadline/", "phonenumbers/", "rapidfuzz/")
"""What has many small modules."""
FIRST = frozenset(
    (
        "leadline/__init__.py", "leadline/entrypoints/__init__.py",
        "leadline/entrypoints/aws/__init__.py", "leadline/entrypoints/aws/bundle.py",
    )
)  # fmt: skip
"""Those that are loaded before the bundle is found."""
_HEAD = 16
"""The bytes before the bytecode of a .pyc file: magic number, flags and hash (PEP 552)."""
_MAGIC = 4
_LENGTH = 4


def bundled(bytecode: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same bytecode, given and returned by path, with that of many modules in one file."""
    inside = {
        path: source
        for path in sorted(bytecode)
        if (source := _source(path)).startswith(BUNDLED) and source not in FIRST
    }
    if not inside:
        return dict(bytecode)
    index = "".join(
        f"{_module(source)} {len(bytecode[path]) - _HEAD} {source}\n"
        for path, source in inside.items()
    ).encode()
    magic = bytecode[next(iter(inside))][:_MAGIC]
    parts = [magic, len(index).to_bytes(_LENGTH, "little"), index]
    parts += (bytecode[path][_HEAD:] for path in inside)
    rest = {path: content for path, content in bytecode.items() if path not in inside}
    return {**rest, PATH: b"".join(parts)}


def _source(path: str) -> str:
    """The source of "leadline/model/__pycache__/lead.cpython-311.pyc"."""
    folder, _, name = path.rpartition("/")
    return f"{folder.removesuffix('__pycache__')}{name.partition('.')[0]}.py"


def _module(source: str) -> str:
    return source.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
