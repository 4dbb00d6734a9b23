"""What no stack can have is refused before its cost is computed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from leadline.entrypoints.cli._app import app
from leadline.model.errors import ConfigurationError


@pytest.mark.parametrize("written", ["-1", '"many"', "1.5"])
def test_a_number_of_warm_instances_is_a_whole_number(tmp_path: Path, written: str) -> None:
    params = tmp_path / "params.toml"
    params.write_text(f"CaptureProvisioned = {written}")
    result = CliRunner().invoke(app, ["cost", "--params", str(params)])
    assert isinstance(result.exception, ConfigurationError)
    assert "CaptureProvisioned must be a whole number" in str(result.exception)


@pytest.mark.parametrize("option", ["--alerts-per-lead", "--body-kb", "--months-kept"])
def test_a_number_without_an_end_is_refused(option: str) -> None:
    result = CliRunner().invoke(app, ["cost", option, "inf"])
    assert isinstance(result.exception, ConfigurationError)
    assert "must be finite" in str(result.exception)
