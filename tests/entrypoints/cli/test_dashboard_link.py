"""Links to a dashboard that listens elsewhere than the settings say."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from leadline.entrypoints.cli import app
from leadline.entrypoints.cli.run.dashboards import introduce_dashboard
from leadline.installations.accounts import accounts_of
from leadline.model.staff.accounts import digest_of
from leadline.settings.loading import load
from leadline.settings.top.dashboard import dashboard_url


@pytest.mark.parametrize("port", [8081, 9099])
def test_the_command_that_is_told_prints_a_link_to_the_dashboard_that_tells_it(
    port: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load({"data": tmp_path}, environ={}, folder=tmp_path).settings
    accounts = accounts_of(settings)
    url = dashboard_url(settings, port)
    introduce_dashboard(settings, url, accounts)
    told = capsys.readouterr().err.split("`")[1]
    words = ["--data", str(tmp_path), *told.split()[1:]]
    printed = CliRunner().invoke(app, words).stdout.strip()
    place, _, secret = printed.partition("/link/")
    assert place == url
    assert urlsplit(place).port == port
    assert accounts.link(digest_of(secret), datetime.now(UTC)) is not None
    accounts.close()
