"""Compiles modules to bytecode for the packages, because compiling takes most of an import's time.

A function can't store what it compiles, because its code is read-only, so without bytecode every
cold start compiles everything again.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from leadline.cloud.session import CloudError

_PLACE = "/var/task"  # where Lambda unpacks code; tracebacks show it


@cache
def compiler_for(python: str) -> str | None:
    """The path of an interpreter of version *python* ("3.13") on this machine; None without one."""
    if python == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    found = shutil.which(f"python{python}")
    if found is None:
        return None
    ask = [found, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    done = subprocess.run(  # noqa: S603 - what a user's PATH calls python, and no shell
        ask, capture_output=True, text=True, check=False
    )
    return found if done.stdout.strip() == python else None


def compiled(files: Mapping[str, bytes], compiler: str) -> dict[str, bytes]:
    """The bytecode of every module, by path in `__pycache__`.

    Python uses it without checking the source (PEP 552, unchecked hashes); other versions of Python
    ignore it. The same files always give the same bytes.
    Raises CloudError if the interpreter fails.
    """
    with tempfile.TemporaryDirectory(prefix="leadline-") as name:
        folder = Path(name)
        for path, content in files.items():
            if path.endswith(".py"):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content)
        command = [compiler, "-s", "-S", "-m", "compileall", "-q"]
        command += ["--invalidation-mode", "unchecked-hash", "-s", name, "-p", _PLACE, name]
        done = subprocess.run(  # noqa: S603 - an interpreter that `compiler_for` found, and no shell
            command, capture_output=True, text=True, check=False, cwd="/",
            env={"PYTHONHASHSEED": "0"},
        )  # fmt: skip
        found = sorted(folder.rglob("*.pyc"))
        if not found:
            raise CloudError(f"{compiler} can't compile the code: {done.stderr.strip()[-200:]}")
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
