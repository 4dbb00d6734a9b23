"""The packages of the functions for this machine, which all tests here may share."""

import platform
import sys

import pytest

from leadline.cloud.packaging import Package, capture_package, work_package
from leadline.cloud.wheels import Target

LOCAL = Target(
    f"{sys.version_info.major}.{sys.version_info.minor}",
    {"aarch64": "arm64"}.get(platform.machine(), platform.machine()),
)
"""What is installed here fits it, so nothing is fetched from anywhere."""


@pytest.fixture(scope="session")
def packages() -> dict[str, Package]:
    return {package.name: package for package in (capture_package(LOCAL), work_package(LOCAL))}


@pytest.fixture(scope="session")
def zips(packages: dict[str, Package]) -> dict[str, bytes]:
    """Each with its bytecode, which takes seconds."""
    return {name: package.zipped() for name, package in packages.items()}
