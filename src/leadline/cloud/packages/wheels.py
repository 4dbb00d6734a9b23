"""Gets the files of a dependency, in the version that is installed here, built for the target.

Installed files are copied if they fit the target, so most packaging needs no network. If they don't
(compiled for another processor or Python), a wheel is downloaded from the package index.
"""

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_string
from importlib import metadata
from pathlib import Path

from packaging.tags import compatible_tags, cpython_tags, parse_tag
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

from leadline.cloud.session import CloudError
from leadline.model.errors import ConfigurationError

Files = Mapping[str, bytes]
"""File contents by path relative to a folder of `sys.path`."""

_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
# The C library of Lambda's images: Amazon Linux 2 up to Python 3.11, 2023 since 3.12
# (Lambda docs, "Lambda runtimes").
_GLIBC_OF_AL2, _GLIBC_OF_AL2023 = 26, 34
_OLDEST_GLIBC = 17


@dataclass(frozen=True, slots=True)
class Target:
    """The platform of the functions.

    `python` is a version such as "3.13", `architecture` is as Lambda writes it. `own_runtime` is
    whether the zip must contain the runtime client, because Lambda's runtime is `provided.…`.
    """

    python: str
    architecture: str
    own_runtime: bool = False

    @property
    def machine(self) -> str:
        """The processor, as Linux names it."""
        return _MACHINES[self.architecture]

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platform tags of compatible wheels, newest first (PEP 600)."""
        old = not self.own_runtime and int(self.python.partition(".")[2]) < 12
        newest = _GLIBC_OF_AL2 if old else _GLIBC_OF_AL2023
        glibcs = [f"manylinux_2_{n}_{self.machine}" for n in range(newest, _OLDEST_GLIBC - 1, -1)]
        return (*glibcs, f"manylinux2014_{self.machine}")


def target_of(runtime: str, architecture: str) -> Target:
    """The target for the template's parameters Runtime and Architecture.

    With `provided.…`, the functions' bootstrap starts a Python of this machine's version.
    Raises ConfigurationError if this machine has another platform.
    """
    if architecture not in _MACHINES:
        raise ConfigurationError(f"Architecture must be arm64 or x86_64, not {architecture}")
    if not runtime.startswith("provided"):
        return Target(runtime.removeprefix("python"), architecture)
    here = platform.machine()
    if sys.platform != "linux" or here != _MACHINES[architecture]:
        raise ConfigurationError(
            f"with Runtime {runtime}, the code of this machine is packaged, so it must be Linux on "
            f"{architecture}, not {sys.platform} on {here}"
        )
    return Target(f"{sys.version_info.major}.{sys.version_info.minor}", architecture, True)


def files_of(name: str, version: str | None, target: Target) -> Files:
    """All files of a distribution for the target, without its metadata.

    If *version* is None, it is the version installed here, which is the tested one.
    Raises CloudError if that is not installed, or no wheel is available.
    """
    here = _distribution(name)
    fits = here is not None and version in (None, here.version) and _fits(here, target)
    if here is not None and fits and (files := _installed(here)):
        return files
    version = version or (here.version if here is not None else None)
    if version is None:
        raise CloudError(f"{name} is not installed here, so its version is unknown; install it")
    is_old = _MODERN.format(target.machine) not in target.platforms
    if name in _PURE_TOO and is_old and here is not None and version == here.version:
        return {p: c for p, c in _installed(here).items() if not p.endswith(".so")}
    return _unpacked(_wheel(name, version, target))


_PURE_TOO = frozenset({"rapidfuzz"})
"""Distributions without wheels for the older C library that also run, more slowly, without their
compiled modules."""
_MODERN = "manylinux_2_28_{}"


def _installed(here: metadata.Distribution) -> Files:
    """The files of a distribution that is installed here."""
    return {
        path.as_posix(): Path(str(here.locate_file(path))).read_bytes()
        for path in here.files or ()
        if _belongs(path.as_posix())
    }


def _distribution(name: str) -> metadata.Distribution | None:
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None


def is_editable(here: metadata.Distribution) -> bool:
    """Whether a distribution is an editable installation (PEP 610)."""
    told = here.read_text("direct_url.json")
    return told is not None and bool(json.loads(told).get("dir_info", {}).get("editable"))


def _fits(here: metadata.Distribution, target: Target) -> bool:
    """Whether the installed files fit the target (PEP 425)."""
    if is_editable(here):
        return False
    compiled_for = f"cp{target.python.replace('.', '')}"
    version = tuple(int(part) for part in target.python.split("."))
    known = {
        *cpython_tags(version, abis=[compiled_for], platforms=target.platforms),
        *compatible_tags(version, interpreter=compiled_for, platforms=target.platforms),
    }
    about = message_from_string(here.read_text("WHEEL") or "")
    told = (parse_tag(text) for text in about.get_all("Tag") or ())
    return any(not known.isdisjoint(tags) for tags in told)


def _belongs(path: str) -> bool:
    return (
        not path.startswith(("..", "/")) and ".dist-info/" not in path and "__pycache__" not in path
    )


def _wheel(name: str, version: str, target: Target) -> Path:
    """A wheel for the target, from the cache or the package index."""
    cache = _cache() / f"cp{target.python.replace('.', '')}-{target.machine}"
    cache.mkdir(parents=True, exist_ok=True)
    known = _named(cache, name, version)
    if known is not None:
        return known
    with tempfile.TemporaryDirectory(dir=cache, prefix="incoming-") as folder:
        command = [sys.executable, "-m", "pip", "download", f"{name}=={version}", "--quiet"]
        command += ["--no-deps", "--only-binary=:all:", "--dest", folder]
        command += ["--implementation", "cp", "--python-version", target.python]
        for one in target.platforms:
            command += ["--platform", one]
        done = subprocess.run(  # noqa: S603 - our own interpreter, and no shell
            command, capture_output=True, text=True, check=False
        )
        wheel = _named(Path(folder), name, version)
        if done.returncode or wheel is None:
            raise CloudError(_why_no_wheel(name, version, target, done.stderr))
        return wheel.replace(
            cache / wheel.name
        )  # atomic, so an interruption leaves no partial file


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "leadline" / "wheels"


def _named(folder: Path, name: str, version: str) -> Path | None:
    wanted = (canonicalize_name(name), Version(version))
    for path in sorted(folder.glob("*.whl")):
        if parse_wheel_filename(path.name)[:2] == wanted:
            return path
    return None


def _why_no_wheel(name: str, version: str, target: Target, said: str) -> str:
    if "No module named pip" in said:
        return "pip is needed for packaging and is not installed here: python -m ensurepip"
    lines = [line for line in said.strip().splitlines() if line.startswith("ERROR")]
    return (
        f"no wheel of {name} {version} for Python {target.python} on {target.architecture}"
        f" ({lines[-1].removeprefix('ERROR: ') if lines else 'pip did not say why'});"
        " install another version of it, or set Runtime or Architecture"
    )


def _unpacked(wheel: Path) -> Files:
    files: dict[str, bytes] = {}
    with zipfile.ZipFile(wheel) as archive:
        for info in archive.infolist():
            # NAME.data/purelib and platlib are installed beside the other files (PEP 427).
            path = re.sub(r"^[^/]+\.data/(purelib|platlib)/", "", info.filename)
            if not info.is_dir() and _belongs(path) and ".data/" not in path:
                files[path] = archive.read(info)
    return files
