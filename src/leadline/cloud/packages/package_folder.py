"""A folder with what a deployment consists of, without a stack: zips, template, and a list of both.

Other tools that deploy (Terraform, the Serverless Framework, a pipeline of one's own) take it from
there.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leadline import __version__
from leadline.cloud.packages.packaging import Package, capture_package, work_package
from leadline.cloud.packages.wheels import Target
from leadline.infra import vpc_endpoints
from leadline.model.errors import ConfigurationError

CONTENTS = "package.json"
"""The list of what the folder holds. It is written last, so that a folder with it is whole."""
TEMPLATE = "template.yaml"
CODE_PARAMETERS: Mapping[str, str] = {"capture": "CaptureCode", "work": "WorkCode"}
"""The template's parameter for the key of each package."""
ENDPOINTS = "vpc-endpoints.yaml"
"""The template of the endpoints that a VPC without the internet needs, for a stack of its own."""


def packages_for(
    target: Target, carried: Mapping[str, bytes], *, checks_tokens: bool
) -> tuple[Package, Package]:
    """The packages of Capture and of all other functions, with the *carried* files of the settings;
    *checks_tokens* is whether a source demands access tokens. Raises CloudError if a dependency is
    not available for the target."""
    return (
        capture_package(target, checks_tokens=checks_tokens),
        work_package(target, carried),
    )


def write_folder(
    folder: Path, runtime: str, architecture: str, packages: tuple[Package, ...], template: str
) -> Mapping[str, Any]:
    """Write zips, template and list into a folder, and return the list.

    The same code, dependencies, Python and zlib give the same bytes. Files of an earlier run are
    replaced, each at once. In the list, `key` is under which a zip is to be uploaded: it is another
    one for other code. Raises ConfigurationError if the folder holds something else, or can't
    be written.
    """
    contents = {f"{package.name}.zip": package.zipped() for package in packages}
    contents[TEMPLATE] = template.encode()
    contents[ENDPOINTS] = vpc_endpoints().encode()
    told = _list(runtime, architecture, packages, contents)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_other_files(folder, {*contents, CONTENTS})
        (folder / CONTENTS).unlink(missing_ok=True)
        for name, content in contents.items():
            _replace(folder / name, content)
        _replace(folder / CONTENTS, (json.dumps(told, indent=2) + "\n").encode())
    except OSError as error:
        raise ConfigurationError(
            f"{folder} can't be written: {error.strerror}; choose another --out"
        ) from None
    return told


def _list(
    runtime: str,
    architecture: str,
    packages: tuple[Package, ...],
    contents: Mapping[str, bytes],
) -> dict[str, Any]:
    keys = {f"{package.name}.zip": package.key for package in packages}
    files = {
        name: {
            **({"key": keys[name]} if name in keys else {}),
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        for name, content in sorted(contents.items())
    }
    parameters = {CODE_PARAMETERS[package.name]: package.key for package in packages}
    return {
        "leadline": __version__,
        "runtime": runtime,
        "architecture": architecture,
        "compiled": all(package.compiler is not None for package in packages),
        "parameters": {"Runtime": runtime, "Architecture": architecture, **parameters},
        "files": files,
    }


def _refuse_other_files(folder: Path, ours: set[str]) -> None:
    if others := sorted(path.name for path in folder.iterdir() if path.name not in ours):
        raise ConfigurationError(
            f"{folder} holds other files ({', '.join(others[:3])}); choose an empty folder as --out"
        )


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
