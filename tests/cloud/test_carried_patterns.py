"""Patterns of conditions, from a settings file to the functions of a stack."""

import platform
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from importlib import metadata
from pathlib import Path

import pytest

from leadline.cloud.code_bucket import ensure_code_bucket, upload
from leadline.cloud.packages import packaging, wheels
from leadline.cloud.packages.carried import carried_before, carried_files, refuse_lost
from leadline.cloud.packages.packaging import Package, capture_package, work_package
from leadline.cloud.packages.wheels import Target
from leadline.cloud.remote_settings import read_settings
from leadline.cloud.session import Cloud, CloudError, connect
from leadline.installations import settings_check
from leadline.model.errors import ConfigurationError
from leadline.settings.conditions.carried_patterns import ENGINE, IN_PACKAGE
from leadline.settings.loading import load
from leadline.team.matching.rules import Rules
from tests.cloud.test_carried_lists import REGION, unpack

RULES = """
[rules.heads]
when = ["title matches ^head", "score > 5"]
team = "desk"
[teams.desk]
people = ["ann"]
[people.ann]
email = "ann@example.com"
"""
WITHOUT = RULES.replace("title matches ^head", "title begins with head")
HERE = Target(
    f"{sys.version_info.major}.{sys.version_info.minor}",
    {"aarch64": "arm64"}.get(platform.machine(), platform.machine()),
)
STACK = "the stack's settings"

needs_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="what is installed here runs on no function"
)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "leadline.toml"
    path.write_text(RULES)
    return path


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "re2", None)


@pytest.fixture
def engine_of_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine as it is installed here is what functions get: there is no wheel of it for each
    of their Pythons, and nothing is fetched from anywhere."""
    real = wheels.files_of

    def files_of(name: str, version: str | None, target: Target) -> Mapping[str, bytes]:
        if name == ENGINE:
            return wheels._installed(metadata.distribution(name))
        return real(name, version, target)

    monkeypatch.setattr(packaging, "files_of", files_of)


def engine_in(files: Mapping[str, bytes]) -> bool:
    return "re2/__init__.py" in files


@needs_linux
@pytest.mark.usefixtures("engine_of_here")
def test_the_engine_is_carried_if_a_rule_has_a_pattern_and_only_then(settings: Path) -> None:
    assert read_settings(settings, partial(settings_check.check, elsewhere=True)) == RULES
    files = carried_files(settings)
    package = work_package(HERE, files)
    assert engine_in(package.files)
    assert any(path.startswith("re2/_re2") for path in package.files)
    settings.write_text(WITHOUT)
    assert carried_files(settings) == {}
    plain = work_package(HERE, carried_files(settings))
    assert not engine_in(plain.files)
    assert plain.key == work_package(HERE).key != package.key
    assert not engine_in(capture_package(HERE).files)


@needs_linux
@pytest.mark.usefixtures("engine_of_here")
def test_a_function_matches_with_what_its_package_carries(settings: Path, tmp_path: Path) -> None:
    unpack(work_package(HERE, carried_files(settings)).files, tmp_path / "function")
    code = (
        "import sys\n"
        "sys.path[:] = [sys.argv[1], *(p for p in sys.path if 'site-packages' not in p)]\n"
        "from leadline.settings.conditions.patterns import compiled_pattern\n"
        "matches = compiled_pattern('^head')\n"
        "print(matches('Head of Sales'), matches('Ahead'), sys.modules['re2'].__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(tmp_path / "function")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    yes, no, where = done.stdout.split()
    assert (yes, no) == ("True", "False")
    assert where.startswith(str(tmp_path))


def test_a_wheel_that_cannot_be_had_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def files_of(name: str, version: str | None, target: Target) -> Mapping[str, bytes]:
        raise CloudError(f"no wheel of {name} 1.1 for Python {target.python}")

    monkeypatch.setattr(packaging, "files_of", files_of)
    with pytest.raises(
        CloudError,
        match=r"engine: no wheel of google-re2 .*contains, begins",
    ):
        work_package(HERE, {IN_PACKAGE: b""})


@pytest.mark.usefixtures("no_engine")
def test_patterns_are_not_deployed_from_where_the_engine_is_not_installed(settings: Path) -> None:
    with pytest.raises(ConfigurationError, match="matches needs the package google-re2"):
        carried_files(settings)


def test_settings_that_stay_keep_the_engine(
    moto: str, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = _cloud(moto, monkeypatch)
    files = carried_files(settings)
    before = Package("work", {**files, "re2/__init__.py": b"", "a.py": b""}, None, "with patterns")
    ensure_code_bucket(cloud)
    upload(cloud, before)
    assert carried_before(cloud, before.key) == files != {}
    with pytest.raises(CloudError, match=r"name a pattern \(rules.heads\).* deploy with"):
        refuse_lost(RULES)
    refuse_lost(WITHOUT)


def _cloud(moto: str, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return connect(REGION)


@pytest.mark.usefixtures("no_engine")
def test_a_command_without_the_engine_reads_a_stack_and_says_what_it_lacks_at_rules() -> None:
    rules = load(environ={}, document=(RULES, STACK), lists=lambda _: frozenset()).settings.rules
    with pytest.raises(ConfigurationError, match=r"'\^head': matches needs the package google-re2"):
        Rules.compile(rules)
