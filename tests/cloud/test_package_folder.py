"""A folder with zips, template and their list: the same each time, whole, and nobody else's."""

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from leadline.cloud.packages.package_folder import CONTENTS, write_folder
from leadline.cloud.packages.packaging import Package, capture_package
from leadline.cloud.template_parameters import choices_of, parameter_names, refuse_other
from leadline.infra import template
from leadline.model.errors import ConfigurationError
from tests.cloud.conftest import LOCAL

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="what is installed here runs on no function"
)
RUNTIME = f"python{LOCAL.python}"


@pytest.fixture
def packages() -> dict[str, Package]:
    """Packages of one file, with its bytecode: folders are held to what they are given."""
    return {
        name: Package(name, {f"{name}.py": b"HERE = True\n"}, sys.executable, digest * 64)
        for name, digest in (("capture", "a"), ("work", "b"))
    }


def written(folder: Path, packages: dict[str, Package]) -> dict[str, bytes]:
    write_folder(folder, RUNTIME, LOCAL.architecture, tuple(packages.values()), template())
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_two_folders_hold_the_same_bytes(tmp_path: Path, packages: dict[str, Package]) -> None:
    assert written(tmp_path / "a", packages) == written(tmp_path / "b", packages)


def test_the_list_names_each_file_with_its_digest_and_the_parameters_of_the_template(
    tmp_path: Path, packages: dict[str, Package]
) -> None:
    files = written(tmp_path, packages)
    told = json.loads(files.pop(CONTENTS))
    assert {name: one["sha256"] for name, one in told["files"].items()} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }
    assert told["parameters"] == {
        "Runtime": RUNTIME,
        "Architecture": LOCAL.architecture,
        "CaptureCode": packages["capture"].key,
        "WorkCode": packages["work"].key,
    }
    assert told["files"]["work.zip"]["key"] == packages["work"].key
    assert files["template.yaml"].decode() == template()
    assert zipfile.is_zipfile(tmp_path / "capture.zip")


def test_a_second_run_replaces_what_the_first_wrote(
    tmp_path: Path, packages: dict[str, Package]
) -> None:
    written(tmp_path, packages)
    (tmp_path / "work.zip").write_bytes(b"cut short")
    assert zipfile.is_zipfile(tmp_path / "work.zip") is False
    assert written(tmp_path, packages)["work.zip"] == packages["work"].zipped()


def test_a_folder_with_other_files_is_refused_and_left_as_it_is(
    tmp_path: Path, packages: dict[str, Package]
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match=r"notes\.txt.*choose an empty folder"):
        written(tmp_path, packages)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, packages: dict[str, Package]
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=r"can't be written: .*choose another --out"):
        written(tmp_path / "file", packages)


def test_the_command_needs_no_account_and_packages_no_settings(tmp_path: Path) -> None:
    (tmp_path / "leadline.toml").write_text('[sources.generic]\nsecret = "example-secret-1"\n')
    words = ["package", "aws", "--out", "out", "--settings", "leadline.toml", "--json"]
    words += ["--runtime", RUNTIME, "--architecture", LOCAL.architecture]
    done = subprocess.run(
        [sys.executable, "-m", "leadline.entrypoints.cli", *words],
        cwd=tmp_path, capture_output=True, text=True, check=False, env={"HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["parameters"]["CaptureCode"] == capture_package(LOCAL).key
    for path in (tmp_path / "out").glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            assert not any(b"example-secret-1" in archive.read(one) for one in archive.namelist())


@pytest.mark.parametrize("name", ["Runtime", "Architecture"])
def test_only_values_that_the_template_allows_are_taken(name: str) -> None:
    for value in choices_of(name):
        refuse_other(name, value)
    with pytest.raises(ConfigurationError, match=f"{name} must be one of .*, not sparc"):
        refuse_other(name, "sparc")


def test_names_and_choices_are_those_that_a_reader_of_yaml_finds() -> None:
    parameters = yaml_parse(template())["Parameters"]
    assert list(parameter_names()) == list(parameters)
    for name in ("Runtime", "Architecture"):
        assert choices_of(name) == tuple(parameters[name]["AllowedValues"])
