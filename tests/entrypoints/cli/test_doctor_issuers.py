"""What `leadline doctor` says of logins to the dashboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline.entrypoints.cli.doctor._dashboard_check import check_dashboard_tls
from leadline.entrypoints.cli.doctor.tokens import check_login_issuer
from leadline.settings.loading import load
from leadline.settings.top.general import Settings
from tests.standins.login_issuer import LoginIssuer

RETURN = "http://localhost:8081/login/oidc/return"


@pytest.fixture
def issuer() -> Iterator[LoginIssuer]:
    with LoginIssuer(RETURN) as running:
        yield running


def settings_with(issuer: LoginIssuer, folder: Path, **more: str) -> Settings:
    return load({**issuer.settings(), **more}, environ={}, folder=folder).settings


def test_an_issuer_that_answers_is_well(issuer: LoginIssuer, tmp_path: Path) -> None:
    ((state, what, words),) = check_login_issuer(settings_with(issuer, tmp_path), offline=False)
    assert (state, what) == ("ok", "logins by the issuer")
    assert words == f"{issuer.url} answers, with 2 keys that count; it must know {RETURN}"


def test_offline_it_is_not_asked(issuer: LoginIssuer, tmp_path: Path) -> None:
    ((state, _, words),) = check_login_issuer(settings_with(issuer, tmp_path), offline=True)
    assert (state, words) == ("note", "not contacted (--offline)")
    assert issuer.asked == []


def test_what_is_wrong_with_it_is_said(issuer: LoginIssuer, tmp_path: Path) -> None:
    settings = settings_with(issuer, tmp_path)
    issuer.metadata["jwks_uri"] = f"{issuer.url}/gone"
    ((state, _, words),) = check_login_issuer(settings, offline=False)
    assert (state, "/gone answers 404" in words) == ("WRONG", True)
    issuer.status = 500
    ((state, _, words),) = check_login_issuer(settings, offline=False)
    assert (state, "openid-configuration answers 500" in words) == ("WRONG", True)
    assert "passwords and links work" in words


def test_without_an_issuer_or_a_dashboard_nothing_is_said(
    issuer: LoginIssuer, tmp_path: Path
) -> None:
    off = settings_with(issuer, tmp_path, dashboard_port="0")
    assert list(check_login_issuer(off, offline=False)) == []
    assert list(check_login_issuer(Settings(), offline=False)) == []


@pytest.mark.parametrize(
    ("url", "is_told"),
    [
        ("http://dashboard.example.com", True), ("http://192.0.2.1:8081", True),
        ("https://dashboard.example.com", False), ("http://localhost:8081", False),
        ("http://[::1]:8081", False), ("", False),
    ],
)  # fmt: skip
def test_a_dashboard_without_tls_is_noted_where_others_can_read_along(
    url: str, is_told: bool
) -> None:
    assert bool(check_dashboard_tls(Settings(dashboard_url=url))) == is_told
    assert check_dashboard_tls(Settings(dashboard_url=url, dashboard_port=0)) == []
