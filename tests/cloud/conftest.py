"""The packages of the functions for this machine, which all tests here may share."""

import fcntl
import platform
import sys
from pathlib import Path

import pytest

from leadline.cloud.packages.packaging import Package, capture_package, work_package
from leadline.cloud.packages.wheels import Target

LOCAL = Target(
    f"{sys.version_info.major}.{sys.version_info.minor}",
    {"aarch64": "arm64"}.get(platform.machine(), platform.machine()),
)
"""What is installed here fits it, so nothing is fetched from anywhere."""


@pytest.fixture(scope="session")
def packages() -> dict[str, Package]:
    return {package.name: package for package in (capture_package(LOCAL), work_package(LOCAL))}


@pytest.fixture(scope="session")
def zips(
    packages: dict[str, Package], tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> dict[str, bytes]:
    """Each with its bytecode, which takes seconds, so that the processes of a run share them."""
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":  # a folder of each process stands in that of the run
        folder = folder.parent
    return {name: _zipped_once(package, folder) for name, package in packages.items()}


def _zipped_once(package: Package, folder: Path) -> bytes:
    kept = folder / package.key.replace("/", "-")
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(package.zipped())
        return kept.read_bytes()
