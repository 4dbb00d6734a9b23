"""The zips that functions run from: the same code always gives the same key."""

import hashlib
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass

from leadline import __version__
from leadline.cloud.bytecode import compiled, compiler_for
from leadline.cloud.modules import imported_modules, own_modules
from leadline.cloud.plug_ins import entry_points_of, plugged_in
from leadline.cloud.wheels import Files, Target, files_of

CAPTURE_NEEDS = ("msgspec", "python-multipart", "tzdata")
"""What Capture imports besides our own code; a test holds its imports against this. What time it is
elsewhere not every runtime knows."""

WORK_NEEDS = (*CAPTURE_NEEDS, "email-validator", "idna", "phonenumbers")
"""What Refine, Deliver and Sweep import besides our own code."""

# Nobody asks a CRM at the door.
_NOT_AT_THE_DOOR = ("leadline.vendors._api*", "leadline.vendors.*.api")

CAPTURE_HANDLERS = ("leadline.entrypoints.aws.capture",)
WORK_HANDLERS = tuple(f"leadline.entrypoints.aws.{name}" for name in ("refine", "deliver", "sweep"))

RUNTIME_CLIENT = {"awslambdaric": "4.2.2", "simplejson": "4.3.0", "snapshot-restore-py": "1.0.0"}
"""AWS's runtime client with what it needs, for a `provided.…` runtime."""

# Most of phonenumbers is the places, carriers and time zones of numbers, which refining never
# asks for and the package itself loads only when somebody imports these modules.
_LEFT_OUT = (
    "phonenumbers/carrier",
    "phonenumbers/geocoder",
    "phonenumbers/geodata/",
    "phonenumbers/prefix",
    "phonenumbers/timezone",
    "phonenumbers/tzdata/",
)
_NO_CODE = (".pyi", ".typed", ".c", ".h", ".pyx", ".pxd")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say

BOOTSTRAP = b"""#!/bin/sh
# Runs the handler with AWS's runtime client, which lies beside this file.
cd "$LAMBDA_TASK_ROOT" || exit 1
python="${LEADLINE_PYTHON:-python3}"
unset LEADLINE_PYTHON
exec "$python" -m awslambdaric "$_HANDLER"
"""
"""What a `provided.…` runtime starts (Lambda docs, "Building a custom runtime")."""


@dataclass(frozen=True, slots=True)
class Package:
    """What goes in a zip, by path; `compiler` is the interpreter that adds the bytecode, if any.

    `digest` is that of the files and of the version that compiles them, so it does not depend on
    who compressed them.
    """

    name: str
    files: Files
    compiler: str | None
    digest: str

    @property
    def key(self) -> str:
        """Its key in the code bucket; it tells the version for people and the digest for us."""
        return f"{__version__}/{self.name}-{self.digest[:20]}.zip"

    def zipped(self) -> bytes:
        """The zip; sorted, without times of its own, so its bytes tell nothing but the files."""
        files = dict(self.files)
        if self.compiler is not None:
            files |= compiled(files, self.compiler)
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for path in sorted(files):
                entry = zipfile.ZipInfo(path, _EPOCH)
                entry.create_system = 3  # Unix, whose modes these are
                entry.external_attr = (0o100755 if path == "bootstrap" else 0o100644) << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, files[path])
        return sink.getvalue()


def capture_package(target: Target) -> Package:
    """The zip of Capture; raises CloudError when a dependency can't be had for the target."""
    return _package("capture", CAPTURE_HANDLERS, CAPTURE_NEEDS, target, _NOT_AT_THE_DOOR)


def work_package(target: Target) -> Package:
    """The zip of Refine, Deliver and Sweep; raises CloudError like `capture_package`."""
    return _package("work", WORK_HANDLERS, WORK_NEEDS, target)


def _package(
    name: str,
    handlers: Iterable[str],
    needs: Iterable[str],
    target: Target,
    without: tuple[str, ...] = (),
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
    files |= own_modules(entries, without)
    if target.own_runtime:
        files["bootstrap"] = BOOTSTRAP
    compiler = compiler_for(target.python)
    version = target.python if compiler else "source"
    return Package(name, files, compiler, _digest(files, version))


def _is_run(path: str) -> bool:
    """Whether a function could load it."""
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
