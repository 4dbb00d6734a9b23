"""Logging in with the company's accounts at a real `leadline serve`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.test_dashboard import WithDashboard
from tests.standins.login_issuer import CLIENT_ID, CLIENT_SECRET, LoginIssuer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WithDashboard]:
    made = WithDashboard(tmp_path)
    with made.installation:
        yield made


def test_a_server_lets_in_whom_the_issuer_has_logged_in(server: WithDashboard) -> None:
    back = f"{server.url}/login/oidc/return"
    with LoginIssuer(back) as issuer:
        issuer.people["1"] = {"email": "ada@example.com", "email_verified": True}
        server.write(
            f'url = "{server.url}"\n[dashboard.oidc]\nissuer = "{issuer.url}"\n'
            f'client_id = "{CLIENT_ID}"\noperators = ["ada@example.com"]\n'
        )
        server.installation.settings["LEADLINE_DASHBOARD_OIDC_CLIENT_SECRET"] = CLIENT_SECRET
        server.start()
        begun = server.get("/login/oidc")
        answer = issuer.answer_to(begun.headers["location"], "1").removeprefix(server.url)
        cookie = begun.headers["set-cookie"].partition(";")[0]
        entered = server.get(answer, cookie=cookie)
        assert (entered.status, entered.headers["location"]) == (303, "/")
        session = next(
            one.partition(";")[0]
            for one in entered.headers.getlist("set-cookie")
            if "attempt" not in one
        )
        assert "ada@example.com (operator)" in server.get("/", cookie=session).data.decode()
        assert server.get(answer, cookie=cookie).status == 400
        accounts = server.installation.command("accounts").stdout
        assert "ada@example.com" in accounts
        assert issuer.url in accounts
        told = server.installation.command("doctor").stdout
        assert f"{issuer.url} answers, with 2 keys that count; it must know {back}" in told
    shown = server.installation.command("config", "show").stdout
    log = server.installation.log.read_text()
    for secret in (CLIENT_SECRET, *issuer.tokens, cookie.partition("=")[2], "code="):
        assert secret not in log + shown + accounts + told
    assert server.events("oauth.keys_fetched")
    assert server.events("dashboard.login_failed")[0]["reason"] == "used"
