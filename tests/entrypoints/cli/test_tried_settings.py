"""Settings that are tried, as `rules backtest`, `explain`, `check` and `shadow` read them."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from leadline.entrypoints.cli._app import Options
from leadline.entrypoints.cli.rules._backtesting import settings_in
from leadline.model.errors import ConfigurationError
from leadline.settings.top.general import Settings

LISTED = """
[people.ada]
email = "ada@example.org"
[teams.key]
people = ["ada"]
fallback = "queue"
[rules.known]
when = ["email domain in accounts.csv"]
team = "key"
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tried").mkdir()
    path = tmp_path / "tried" / "new.toml"
    path.write_text(LISTED)
    (tmp_path / "tried" / "accounts.csv").write_text("domain\nfirm.example\n")
    return path


def of_stack() -> Options:
    """The options of a command on a stack, of which nothing is called."""
    options = Options(None, None, "prod")
    live = SimpleNamespace(settings=Settings(delay=timedelta(minutes=3)))
    options.__dict__["installation"] = SimpleNamespace(loaded=lambda: live)
    return options


@pytest.mark.parametrize("on_aws", [False, True])
def test_lists_beside_the_file_are_read_with_it(file: Path, on_aws: bool) -> None:
    settings = settings_in(of_stack() if on_aws else Options(None, None), file)
    (values,) = settings.rules["known"].lists.values()
    assert "firm.example" in values


def test_the_wait_of_a_stack_stays_that_of_its_parameter(file: Path) -> None:
    file.write_text('delay = "1h"\n' + LISTED)
    assert settings_in(of_stack(), file).delay == timedelta(minutes=3)
    assert settings_in(Options(None, None), file).delay == timedelta(hours=1)


def test_without_a_file_the_settings_are_those_of_the_installation() -> None:
    assert settings_in(of_stack(), None).delay == timedelta(minutes=3)


def test_a_file_that_is_not_there_is_said_so(file: Path) -> None:
    with pytest.raises(ConfigurationError):
        settings_in(of_stack(), file.with_name("none.toml"))
