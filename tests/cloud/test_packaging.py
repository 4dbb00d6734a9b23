"""The zips of the functions: small, reproducible, enough, and nothing that they don't run."""

import io
import os
import platform
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

import pytest

from leadline import __version__
from leadline.cloud.packages import bundling, packaging, wheels
from leadline.cloud.packages.bytecode import compiler_for
from leadline.cloud.packages.carried import WEIGHTS
from leadline.cloud.packages.modules import imported_modules, own_modules
from leadline.cloud.packages.packaging import Package, capture_package, work_package
from leadline.cloud.packages.plug_ins import plugged_in
from leadline.cloud.packages.wheels import Target, files_of, target_of
from leadline.cloud.session import CloudError
from leadline.infra import template
from leadline.model.errors import ConfigurationError
from leadline.plugins import source_names

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
ARCHITECTURE = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
LOCAL = Target(HERE, ARCHITECTURE)
"""What is installed here fits it, so nothing is fetched from anywhere."""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="what is installed here runs on no function"
)


@pytest.fixture(scope="module")
def unpacked(zips: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folders = {}
    for name, data in zips.items():
        folders[name] = tmp_path_factory.mktemp(name)
        zipfile.ZipFile(io.BytesIO(data)).extractall(folders[name])
    return folders


@pytest.mark.parametrize(("name", "limit_mb"), [("capture", 8), ("work", 15)])
def test_a_zip_is_small(zips: dict[str, bytes], name: str, limit_mb: float) -> None:
    assert len(zips[name]) <= limit_mb * 1e6


def test_unchanged_code_gives_the_same_bytes_under_the_same_key(
    packages: dict[str, Package], zips: dict[str, bytes]
) -> None:
    again = capture_package(LOCAL)
    assert again.key == packages["capture"].key
    assert again.zipped() == zips["capture"]


def test_a_changed_byte_gives_another_key(
    packages: dict[str, Package], monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(entries: Iterable[str], without: tuple[str, ...]) -> Mapping[str, bytes]:
        ours = dict(own_modules(entries, without))
        return {
            **ours,
            "leadline/journey/receiving/capture.py": ours["leadline/journey/receiving/capture.py"]
            + b"\n",
        }

    monkeypatch.setattr(packaging, "own_modules", changed)
    assert capture_package(LOCAL).key != packages["capture"].key


def test_a_key_tells_the_version(packages: dict[str, Package]) -> None:
    assert re.fullmatch(rf"{re.escape(__version__)}/work-[0-9a-f]{{20}}\.zip", packages["work"].key)


def test_entries_are_sorted_and_without_times(zips: dict[str, bytes]) -> None:
    entries = zipfile.ZipFile(io.BytesIO(zips["work"])).infolist()
    assert [e.filename for e in entries] == sorted(e.filename for e in entries)
    assert {e.date_time for e in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_nothing_is_in_a_zip_that_no_function_runs(packages: dict[str, Package]) -> None:
    unwanted = re.compile(
        r"(^|/)(tests?|geodata|phonenumbers/tzdata|sqlite|cli|infra|cloud)/|\.dist-info|\.pyi$"
        r"|\.typed$"
        r"|(^|/)(demo|serve|server|slack_inbox|geocoder|carrier)\.py$"
    )
    for package in packages.values():
        assert [path for path in package.files if unwanted.search(path)] == []


def test_every_module_comes_with_bytecode_that_is_used_unseen(zips: dict[str, bytes]) -> None:
    archive = zipfile.ZipFile(io.BytesIO(zips["capture"]))
    bundled = archive.read(bundling.PATH)
    modules = {n for n in archive.namelist() if n.endswith(".py")}
    tag = sys.implementation.cache_tag
    for module in modules:
        if f" {module}\n".encode() in bundled:
            continue
        folder, _, name = module.rpartition("/")
        place = "/".join(filter(None, (folder, "__pycache__", f"{name[:-3]}.{tag}.pyc")))
        flags = archive.read(place)[4:8]
        assert flags == b"\x01\0\0\0", place  # PEP 552: a hash, not checked


ALONE = """
import sys
sys.path[:] = [sys.argv[1], *(p for p in sys.path if p and "site-packages" not in p)]
{body}
outside = [n for n, m in sys.modules.items() if "site-packages" in str(getattr(m, "__file__", ""))]
assert outside == [], outside
assert sys.modules["leadline"].__file__.startswith(sys.argv[1])
"""


def run_alone(folder: Path, body: str) -> None:
    """Run Python with nothing but its own library and the folder."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", ALONE.format(body=body), str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["capture", "work"])
def test_capturing_needs_nothing_besides(unpacked: dict[str, Path], name: str) -> None:
    run_alone(
        unpacked[name],
        "import leadline.journey.receiving.capture, leadline.settings.loading\n"
        "import leadline.entrypoints.logs\n"
        "from leadline.plugins import source_names\n"
        "from leadline.vendors.registry import find\n"
        "[find(name)() for name in source_names()]\n"
        "from pathlib import Path\n"
        "leadline.settings.loading.load(environ={}, folder=Path(sys.argv[1]))",
    )


def test_refining_and_telling_need_nothing_besides(unpacked: dict[str, Path]) -> None:
    run_alone(
        unpacked["work"],
        "import leadline.journey.refinement.refining, leadline.alerts.sending\n"
        "import leadline.channels.slack.webhook\n"
        "import phonenumbers, email_validator\n"
        "assert phonenumbers.is_valid_number(phonenumbers.parse('+4930901820'))\n"
        "email_validator.validate_email('ada@bücher-example.com', check_deliverability=False)",
    )


def test_leads_are_compared_in_a_function(unpacked: dict[str, Path]) -> None:
    run_alone(
        unpacked["work"],
        "from leadline.duplicates.comparing import compared\n"
        "from leadline.duplicates.weights import Weights\n"
        "from leadline.model.facts.likeness import Traits\n"
        "one = Traits('ada', 'lovelace', ('ada@example.com',), company='engines')\n"
        "other = Traits('adah', 'lovelase', ('adah@example.com',), company='engine')\n"
        "assert compared(one, other, Weights.load_default()).findings",
    )


def test_a_label_in_any_language_is_read_in_a_function(unpacked: dict[str, Path]) -> None:
    run_alone(
        unpacked["work"],
        "from leadline.vendors.generic.webhook import Generic\n"
        'lead = \'{"E-Mail-Adresse": "ada@example.com", "電話番号": "030 123"}\'\n'
        "assert Generic().fields(lead.encode()).phone == '030 123'",
    )


def test_modules_that_are_imported_by_name_are_known_to_packaging() -> None:
    """What has no import statement must be found by `own_modules` in another way."""
    root = Path(packaging.__file__).parents[2]
    named = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if "import_module(" in path.read_text(encoding="utf-8")
    }
    of_commands = {"entrypoints/cli/_help.py"}  # which no function runs
    assert named == {"__init__.py", "steps.py", "vendors/registry.py"} | of_commands


def test_the_functions_of_all_steps_are_in_the_zip(unpacked: dict[str, Path]) -> None:
    run_alone(
        unpacked["work"],
        "from leadline.model.task import Step\n"
        "from leadline.steps import function_of\n"
        "assert all(callable(function_of(step)) for step in Step)",
    )


HANDLERS = re.findall(
    r"Handler: (\S+)\.handler\n\s+CodeUri: \{ Bucket: !Ref CodeBucket, Key: !Ref (\w+)Code",
    template(),
)


def test_the_template_names_five_handlers() -> None:
    assert len(HANDLERS) == 5


@pytest.mark.parametrize(("module", "package"), HANDLERS)
def test_a_handler_is_found_in_its_zip(
    unpacked: dict[str, Path], module: str, package: str
) -> None:
    run_alone(unpacked[package.lower()], f"import {module}\nassert {module}.handler")


def test_every_crm_and_channel_needs_nothing_besides(unpacked: dict[str, Path]) -> None:
    run_alone(
        unpacked["work"],
        "import importlib, pkgutil, leadline.channels\n"
        "from leadline.channels.registry import MAKERS\n"
        "from leadline.plugins import crm_kinds\n"
        "for name in crm_kinds(): importlib.import_module(f'leadline.vendors.{name}.api')\n"
        "for each in pkgutil.walk_packages(leadline.channels.__path__, 'leadline.channels.'):\n"
        "    importlib.import_module(each.name)\n"
        "from leadline.net.sockets import trust\n"
        "assert trust().get_ca_certs()\n"
        "from leadline.team.hours import zone_of\n"
        "assert MAKERS and zone_of('Europe/Berlin')",
    )


def test_the_slack_endpoint_asks_no_crm(packages: dict[str, Package]) -> None:
    assert [p for p in packages["capture"].files if p.endswith("/api.py")] == []


def test_an_import_counts_wherever_it_stands_but_not_if_only_checkers_see_it() -> None:
    source = (
        "import a.b\n"
        "def late():\n    from c import d\n"
        "if TYPE_CHECKING:\n    import e\n"
        "try:\n    import f\nexcept ImportError:\n    import g\n"
    )
    assert set(imported_modules(source.encode())) == {"a.b", "c", "c.d", "f", "g"}


def test_a_function_gets_what_its_handler_needs_and_no_more() -> None:
    ours = own_modules(["leadline.model.lead"])
    assert "leadline/model/lead.py" in ours
    assert "leadline/__init__.py" in ours
    assert "leadline/journey/receiving/capture.py" not in ours
    for former in ("leadline.sources", "leadline.ports.Busy"):
        assert "leadline/plugin_api.py" in own_modules([former])
    every = own_modules(["leadline.vendors.registry"])
    assert {f"leadline/vendors/{name}/webhook.py" for name in source_names()} <= set(every)


# --- sources of one's own ---------------------------------------------------------------------


def plug_in(folder: Path, direct_url: str = "", requires: str = "") -> None:
    """A distribution that adds the source "acme", as an installer leaves it."""
    about = folder / "acme_leads-1.0.dist-info"
    about.mkdir()
    (folder / "acme_leads.py").write_text(
        "from leadline.ports.archive import ArchiveError\n"
        "from leadline.plugin_api import Source\n"
        "class Acme(Source):\n    name = 'acme'\n"
    )
    (about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: acme-leads\nVersion: 1.0\n"
        "Requires-Dist: leadline\nRequires-Dist: sortedcontainers>=2\n"
        'Requires-Dist: no-such-thing; extra == "more"\n'
        'Requires-Dist: no-such-thing; python_version < "3"\n'
        f"{requires}"
    )
    (about / "WHEEL").write_text("Wheel-Version: 1.0\nTag: py3-none-any\n")
    (about / "RECORD").write_text("acme_leads.py,,\nacme_leads-1.0.dist-info/METADATA,,\n")
    (about / "entry_points.txt").write_text("[leadline.sources]\nacme = acme_leads:Acme\n")
    if direct_url:
        (about / "direct_url.json").write_text(direct_url)


def test_a_source_of_another_package_comes_along_with_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site").mkdir()
    plug_in(tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path / "site")
    package = capture_package(LOCAL)
    assert "sortedcontainers/__init__.py" in package.files
    assert "leadline/ports/archive.py" in package.files
    folder = tmp_path / "unpacked"
    zipfile.ZipFile(io.BytesIO(package.zipped())).extractall(folder)
    run_alone(
        folder, "from leadline.vendors.registry import find\nassert find('acme').name == 'acme'"
    )


def test_what_a_source_needs_goes_by_extras_and_by_where_it_is_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "some_library-2.0.dist-info"
    library.mkdir()
    (library / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: Some.Library\nVersion: 2.0\n"
        'Requires-Dist: six; extra == "wanted"\nRequires-Dist: attrs; extra == "other"\n'
        'Requires-Dist: acme_leads\nRequires-Dist: pyyaml; platform_machine == "aarch64"\n'
        'Requires-Dist: click; python_version < "3.12"\n'
    )
    plug_in(tmp_path, requires="Requires-Dist: some_library[wanted]>=1\n")
    monkeypatch.syspath_prepend(tmp_path)
    needs = {
        python: dict(plugged_in(Target(python, architecture)))["acme-leads"]
        for python, architecture in (("3.11", "x86_64"), ("3.13", "arm64"))
    }
    assert needs["3.11"][0] == "acme-leads"
    assert set(needs["3.11"][1:]) == {"some_library", "sortedcontainers", "six", "click"}
    assert set(needs["3.13"][1:]) == {"some_library", "sortedcontainers", "six", "pyyaml"}


def test_what_a_source_needs_and_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug_in(tmp_path, requires="Requires-Dist: no-such-thing\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(CloudError, match="no-such-thing is not installed here"):
        capture_package(LOCAL)


def test_a_source_whose_needs_can_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug_in(tmp_path, requires="Requires-Dist: two words\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(CloudError, match="the dependencies of acme-leads can't be read"):
        capture_package(LOCAL)


def test_a_source_that_is_installed_as_a_link_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug_in(tmp_path, '{"url": "file:///acme", "dir_info": {"editable": true}}')
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(CloudError, match="acme-leads, which adds a source or a CRM"):
        capture_package(LOCAL)


# --- dependencies -----------------------------------------------------------------------------


def wheel(folder: Path, tag: str, content: bytes, name: str = "msgspec", version: str = "") -> Path:
    """A wheel with one module."""
    version = version or metadata.version(name)
    path = folder / f"{name}-{version}-{tag}.whl"
    about = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}/__init__.py", content)
        archive.writestr(f"{name}-{version}.data/scripts/{name}", b"#!python")
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\n"
                         f"Version: {version}\n")  # fmt: skip
        archive.writestr(f"{about}/WHEEL", f"Wheel-Version: 1.0\nTag: {tag}\n")
        archive.writestr(f"{about}/RECORD", "")
    return path


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """pip knows this folder of wheels and nothing else."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for variable in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def test_what_is_compiled_for_elsewhere_comes_as_a_wheel_for_elsewhere(offline: Path) -> None:
    wheel(offline, "cp313-cp313-manylinux_2_17_x86_64", b"wrong processor")
    wheel(offline, "cp312-cp312-manylinux_2_17_aarch64", b"wrong Python")
    wheel(offline, "cp313-cp313-manylinux_2_39_aarch64", b"too new for the C library")
    wheel(offline, "cp313-cp313-manylinux_2_28_aarch64", b"right")
    assert files_of("msgspec", None, Target("3.13", "arm64")) == {"msgspec/__init__.py": b"right"}


def test_a_wheel_is_fetched_once(offline: Path) -> None:
    once = wheel(offline, "cp313-cp313-manylinux2014_aarch64", b"right")
    files_of("msgspec", None, Target("3.13", "arm64"))
    once.unlink()
    assert files_of("msgspec", None, Target("3.13", "arm64")) == {"msgspec/__init__.py": b"right"}


def test_python_3_11_runs_on_an_older_c_library(offline: Path) -> None:
    wheel(offline, "cp311-cp311-manylinux_2_28_aarch64", b"too new for Amazon Linux 2")
    with pytest.raises(CloudError, match=r"no wheel of msgspec .* for Python 3.11 on arm64"):
        files_of("msgspec", None, Target("3.11", "arm64"))


def test_a_dependency_without_a_wheel_is_named(offline: Path) -> None:
    version = metadata.version("msgspec")
    with pytest.raises(CloudError, match=rf"msgspec {version} for Python 3.14 on arm64"):
        files_of("msgspec", None, Target("3.14", "arm64"))


@pytest.mark.parametrize(
    ("tags", "fits"),
    [
        (["cp39-abi3-manylinux_2_17_x86_64", "cp39-abi3-manylinux2014_x86_64"], True),
        (["cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64"], True),
        (["py2.py3-none-any"], True),
        (["cp314-abi3-manylinux_2_17_x86_64"], False),
        (["cp312-cp312-manylinux_2_17_x86_64"], False),
        (["cp313-cp313t-manylinux_2_17_x86_64"], False),
        (["cp313-cp313-manylinux_2_17_aarch64"], False),
        (["cp313-cp313-manylinux_2_39_x86_64"], False),
        (["cp313-cp313-macosx_11_0_x86_64"], False),
        (["py2-none-any"], False),
        ([], False),
    ],
)
def test_what_is_installed_here_is_copied_if_it_runs_there(
    tags: list[str], fits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = tmp_path / "some_library-2.0.dist-info"
    about.mkdir()
    (tmp_path / "some_library.py").write_text("")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: some-library\nVersion: 2.0\n")
    (about / "RECORD").write_text("some_library.py,,\n")
    lines = "".join(f"Tag: {tag}\n" for tag in tags)
    (about / "WHEEL").write_text(f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\n{lines}")
    monkeypatch.syspath_prepend(tmp_path)

    def asked(name: str, version: str, target: Target) -> Path:
        raise CloudError(f"no wheel of {name} {version}")

    monkeypatch.setattr(wheels, "_wheel", asked)  # instead of pip, which takes a second to refuse
    if fits:
        assert files_of("some-library", None, Target("3.13", "x86_64")) == {"some_library.py": b""}
    else:
        with pytest.raises(CloudError, match=r"no wheel of some-library 2\.0"):
            files_of("some-library", None, Target("3.13", "x86_64"))


def test_what_is_not_installed_has_no_version(offline: Path) -> None:
    with pytest.raises(CloudError, match="not installed here"):
        files_of("no-such-distribution", None, LOCAL)


def test_pure_python_is_copied_from_here_for_every_target(offline: Path) -> None:
    files = files_of("phonenumbers", None, Target("3.13", "arm64"))
    import phonenumbers

    assert files["phonenumbers/__init__.py"] == Path(phonenumbers.__file__).read_bytes()


# --- the target -------------------------------------------------------------------------------


def test_the_target_is_what_the_parameters_say() -> None:
    assert target_of("python3.13", "arm64") == Target("3.13", "arm64", own_runtime=False)


def test_an_own_runtime_is_this_machine() -> None:
    assert target_of("provided.al2023", ARCHITECTURE) == Target(HERE, ARCHITECTURE, True)
    other = "arm64" if ARCHITECTURE == "x86_64" else "x86_64"
    with pytest.raises(ConfigurationError, match=f"must be Linux on {other}"):
        target_of("provided.al2023", other)
    with pytest.raises(ConfigurationError, match="must be arm64 or x86_64, not mips"):
        target_of("python3.13", "mips")


def test_the_bootstrap_runs_the_handler_and_hides_its_own_setting(tmp_path: Path) -> None:
    """LEADLINE_PYTHON is no setting, and settings that don't exist are refused."""
    (tmp_path / "bootstrap").write_bytes(packaging.BOOTSTRAP)
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$PWD|$*|${LEADLINE_PYTHON-hidden}"\n')
    python.chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", str(tmp_path / "bootstrap")],
        env={"LAMBDA_TASK_ROOT": str(tmp_path), "LEADLINE_PYTHON": str(python),
             "_HANDLER": "a.handler"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == f"{tmp_path}|-m awslambdaric a.handler|hidden\n"


def test_a_version_that_is_not_here_does_not_compile(tmp_path: Path) -> None:
    assert compiler_for(HERE) == sys.executable
    assert compiler_for("3.999") is None


def test_a_shim_that_starts_another_version_does_not_compile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = tmp_path / "python3.998"
    shim.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert compiler_for("3.998") is None


def test_files_that_settings_name_are_carried_in_the_package_of_the_work() -> None:
    plain, carried = work_package(LOCAL), work_package(LOCAL, {WEIGHTS: b"{}"})
    assert carried.files[WEIGHTS] == b"{}"
    assert WEIGHTS not in plain.files
    assert carried.key != plain.key
