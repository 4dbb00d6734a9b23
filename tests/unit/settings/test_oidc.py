"""Settings of logins with the company's accounts: what fits together, and what is refused."""

from pathlib import Path

import pytest

from leadline.model.errors import ConfigurationError
from leadline.settings.checks.doubtful import secrets_in
from leadline.settings.comparing import for_leads
from leadline.settings.loading import load
from leadline.settings.top.general import Settings

WHOLE = """
[dashboard]
url = "https://dashboard.example.com"
[dashboard.oidc]
issuer = "https://login.example.com/"
client_id = "leadline"
client_secret = "a-secret-of-the-client"
admins = ["Sales Admins", "ada@example.com"]
"""


def settings(text: str, **environ: str) -> Settings:
    document = (text, "leadline.toml")
    return load(environ=environ, folder=Path("/"), document=document).settings


def refused(text: str) -> str:
    with pytest.raises(ConfigurationError) as error:
        settings(text)
    return error.value.detail


def test_a_table_says_who_logs_in_by_which_issuer() -> None:
    found = settings(WHOLE)
    assert found.dashboard_oidc_issuer == "https://login.example.com/"  # to the last character
    assert found.dashboard_oidc_admins == ("Sales Admins", "ada@example.com")
    assert found.dashboard_oidc_claim == "groups"


def test_variables_say_it_too() -> None:
    secret = {"LEADLINE_DASHBOARD_OIDC_CLIENT_SECRET": "another-one"}
    assert settings(WHOLE, **secret).dashboard_oidc_client_secret == "another-one"
    nested = {"LEADLINE_DASHBOARD__OIDC__VIEWERS": "@example.com support"}
    assert settings(WHOLE, **nested).dashboard_oidc_viewers == ("@example.com", "support")


def test_the_secret_is_shown_nowhere_and_none_of_it_concerns_leads() -> None:
    found = settings(WHOLE)
    assert ("dashboard_oidc_client_secret", "a-secret-of-the-client") in secrets_in(found)
    assert "a-secret-of-the-client" not in repr(found)
    assert not [name for name in for_leads(found) if "oidc" in name]


@pytest.mark.parametrize(
    ("line", "instead", "words"),
    [
        ('client_id = "leadline"', "", "it needs a `dashboard_oidc_client_id`"),
        ('admins = ["Sales Admins", "ada@example.com"]', "", "nobody could log in"),
        ('issuer = "https://login.example.com/"', "", "it needs a `dashboard_oidc_issuer`"),
        ("https://login", "http://login", "a URL with https://"),
        ('url = "https://dashboard.example.com"', "", "it needs a `dashboard_url`"),
        ("https://dashboard", "http://dashboard", "it needs a `dashboard_url` with https://"),
        ("client_id =", 'scope = "email"\nclient_id =', "it needs `openid`"),
        ("client_id =", "clientid =", "did you mean dashboard.oidc.client_id?"),
    ],
)
def test_what_can_t_work_is_refused_in_words(line: str, instead: str, words: str) -> None:
    assert line in WHOLE
    assert words in refused(WHOLE.replace(line, instead))


def test_on_this_machine_neither_needs_https() -> None:
    here = WHOLE.replace("https://dashboard.example.com", "http://localhost:8081")
    here = here.replace("https://login.example.com/", "http://127.0.0.1:9000/realms/x")
    assert settings(here).dashboard_oidc_issuer == "http://127.0.0.1:9000/realms/x"


def test_all_that_an_issuer_lacks_is_said_in_one_line() -> None:
    (line,) = refused('dashboard_oidc_issuer = "https://login.example.com"').splitlines()[1:]
    for lacking in ("dashboard_oidc_client_id", "dashboard_oidc_admins", "dashboard_url"):
        assert lacking in line
