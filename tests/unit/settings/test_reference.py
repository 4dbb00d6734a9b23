"""The generated reference says what the code says."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from leadline.settings.connected.sources import SourceConfig
from leadline.settings.declaration import settings_of
from leadline.settings.loading import load
from leadline.settings.top.general import declared
from tools import write_reference
from tools.write_reference import ROOT, main, stale

PAGE = ROOT / "docs/reference/settings.md"
ONCE = {name: cache(text) for name, text in write_reference.PAGES.items()}


@pytest.fixture(autouse=True)
def _pages_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code stays as it is while these tests run."""
    monkeypatch.setattr(write_reference, "PAGES", ONCE)


def test_no_reference_page_is_stale() -> None:
    assert stale() == [], "run `make docs`"


def test_a_page_that_was_edited_or_is_missing_is_stale_until_written_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check"], tmp_path) == 1
    assert "docs/reference/settings.md is stale: run `make docs`" in capsys.readouterr().out
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    (tmp_path / "docs/reference/settings.md").write_text("mine", encoding="utf-8")
    assert stale(tmp_path) == ["docs/reference/settings.md"]


def test_an_option_that_does_not_exist_explains_the_tool(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--nonsense"]) == 2
    assert "--check" in capsys.readouterr().out


def test_the_tool_runs_as_a_program() -> None:
    program = [sys.executable, "tools/write_reference.py", "--nonsense"]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "--check" in done.stdout) == (2, True)


def test_every_setting_is_on_the_page_with_its_variable() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in declared():
        assert f"| `{name}` | `LEADLINE_{name.upper()}`" in page
    for name in settings_of(SourceConfig):
        assert f"| `{name}` | `LEADLINE_SOURCES__NAME__{name.upper()}` |" in page


def test_the_example_on_the_page_loads(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "leadline.toml").write_text(example, encoding="utf-8")
    loaded = load(environ={}, folder=tmp_path)
    assert loaded.settings.public_url == "https://leads.example.com"
    assert set(loaded.settings.sources) == {"close", "salesforce", "form", "generic", "hubspot"}
