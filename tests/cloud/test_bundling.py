"""The bytecode of a function's modules lies in one file, and loads as that of the sources would."""

import io
import subprocess
import sys
import zipfile
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest

from leadline.cloud.packages import bundling

LOADED = "leadline.entrypoints.aws.bundle._Loader"
HOW = """
import sys
sys.path.insert(0, sys.argv[1])
import leadline.entrypoints.aws.capture
for name in ("leadline", "leadline.model", "leadline.model.lead", "msgspec"):
    module = sys.modules[name]
    loader = type(module.__spec__.loader)
    path = getattr(module, "__path__", [""])[0]
    print(name, f"{loader.__module__}.{loader.__name__}", module.__file__, path)
"""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="what is installed here runs on no function"
)


@pytest.fixture(scope="module")
def capture_zip(zips: dict[str, bytes]) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(zips["capture"]))


@pytest.fixture
def folder(capture_zip: zipfile.ZipFile, tmp_path: Path) -> Path:
    capture_zip.extractall(tmp_path)
    return tmp_path


def printed(folder: Path, program: str) -> str:
    """What a Python prints that has nothing but its own library and the folder."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program, str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_our_modules_are_loaded_from_the_bundle_and_lie_where_their_sources_do(
    folder: Path,
) -> None:
    rows = {line.split()[0]: line.split()[1:] for line in printed(folder, HOW).splitlines()}
    ours = folder / "leadline"
    assert rows["leadline.model"] == [
        LOADED, f"{ours}/model/__init__.py", f"{ours}/model"
    ]  # fmt: skip
    assert rows["leadline.model.lead"] == [LOADED, f"{ours}/model/lead.py"]
    assert rows["leadline"][0] != LOADED  # is loaded before the bundle is found
    assert rows["msgspec"][0] != LOADED


def test_a_traceback_shows_the_line_of_the_source(folder: Path) -> None:
    fails = (
        "import sys, linecache; sys.path.insert(0, sys.argv[1])\n"
        "import leadline.entrypoints.aws.capture, inspect\n"
        "from leadline.model.formats import iso\n"
        "try:\n    iso('no moment')\n"
        "except Exception as error:\n"
        "    frame = error.__traceback__.tb_next\n"
        "    print(frame.tb_frame.f_code.co_filename)\n"
        "print(inspect.getsource(iso))"
    )
    where, source = printed(folder, fails).split("\n", 1)
    assert where == "/var/task/leadline/model/formats.py"  # where Lambda unpacks code
    assert source.startswith("def iso(")


def test_the_bundle_has_the_bytecode_of_every_module_and_nothing_has_it_twice(
    capture_zip: zipfile.ZipFile,
) -> None:
    names = capture_zip.namelist()
    data = capture_zip.read(bundling.PATH)
    length = int.from_bytes(data[4:8], "little")
    inside = [line.split()[2] for line in data[8 : 8 + length].decode().splitlines()]
    tag = sys.implementation.cache_tag
    beside = [n.replace("/__pycache__", "").replace(f".{tag}.pyc", ".py") for n in names
              if n.endswith(".pyc")]  # fmt: skip
    assert sorted(inside + beside) == sorted(n for n in names if n.endswith(".py"))
    assert "leadline/entrypoints/aws/capture.py" in inside


@pytest.mark.parametrize("change", ["another Python", "none"])
def test_without_a_bundle_for_this_python_the_sources_are_loaded(folder: Path, change: str) -> None:
    path = folder / bundling.PATH
    if change == "none":
        path.unlink()
    else:
        other = bytes((MAGIC_NUMBER[0] ^ 1, *MAGIC_NUMBER[1:]))
        path.write_bytes(other + path.read_bytes()[4:])
    rows = dict(line.split()[:2] for line in printed(folder, HOW).splitlines())
    assert LOADED not in rows.values()
