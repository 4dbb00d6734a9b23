"""The issuer of the company's accounts ends sessions here, and nobody else does."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from leadline.entrypoints.dashboard.guarding.logins import MOST_OF_ADDRESS, make_link
from leadline.net.oauth.code_flow import CodeFlow
from tests.entrypoints.dashboard.test_company_login import (
    ADA,
    CompanyDoor,
    changed,
    hs256,
    hs256_by_secret,
    is_in,
    unsigned,
)
from tests.standins.login_issuer import LoginIssuer
from tests.standins.token_issuer import signed_by
from tests.worlds.dashboard import CSRF, HERE, Browser, Shown, guarded_dashboard
from tests.worlds.leads import HandClock

PATH = "/login/oidc/backchannel"
EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture
def issuer(clock: HandClock) -> Iterator[LoginIssuer]:
    with LoginIssuer(f"{HERE}/login/oidc/return", clock=clock) as running:
        yield running


@pytest.fixture
def company(issuer: LoginIssuer, clock: HandClock, tmp_path: Path) -> Iterator[CompanyDoor]:
    made = CompanyDoor(tmp_path, clock, issuer)
    yield made
    made.accounts.close()


def told(company: CompanyDoor, token: str, **headers: str) -> Shown:
    """The answer to the issuer's server, which sends neither cookies nor an origin."""
    return company.browser().post(
        PATH, {"logout_token": token}, **{"origin": "", "sec-fetch-site": "", **headers}
    )


def test_the_issuer_ends_all_sessions_of_somebody(company: CompanyDoor) -> None:
    phone, desk, bob = (company.entered(one) for one in ("sub-ada", "sub-ada", "sub-bob"))
    shown = told(company, company.issuer.logout_token(sub="sub-ada"))
    assert (shown.status, shown.text) == (200, "")
    assert shown.headers["cache-control"] == "no-store"
    assert [is_in(one) for one in (phone, desk, bob)] == [False, False, True]
    assert company.noted()[-1] == (
        "person:ada@example.com", "dashboard.logout", "", "by the issuer"
    )  # fmt: skip
    assert is_in(company.entered("sub-ada"))


def test_the_issuer_ends_one_session_of_its_own(company: CompanyDoor) -> None:
    company.issuer.claims = {"sid": "phone"}
    phone = company.entered("sub-ada")
    company.issuer.claims = {"sid": "desk"}
    desk = company.entered("sub-ada")
    assert told(company, company.issuer.logout_token(sid="phone")).status == 200
    assert [is_in(one) for one in (phone, desk)] == [False, True]
    company.issuer.claims = {"sid": "desk"}
    assert told(company, company.issuer.logout_token(sub="sub-bob", sid="desk")).status == 200
    assert is_in(desk)
    assert told(company, company.issuer.logout_token(sub="sub-ada", sid="desk")).status == 200
    assert not is_in(desk)


def test_a_login_without_a_session_at_the_issuer_ends_with_any_of_its_person(
    company: CompanyDoor,
) -> None:
    ada = company.entered("sub-ada")
    assert told(company, company.issuer.logout_token(sid="unknown")).status == 200
    assert is_in(ada)
    assert told(company, company.issuer.logout_token(sub="sub-ada", sid="unknown")).status == 200
    assert not is_in(ada)


def test_logins_that_are_not_by_the_issuer_stay(company: CompanyDoor) -> None:
    machine = company.browser()
    secret = make_link(company.accounts, "", "root", company.clock.now)
    machine.post(f"/link/{secret}")
    told(company, company.issuer.logout_token(sub="sub-nobody"))
    told(company, company.issuer.logout_token(sid="nothing"))
    assert is_in(machine)


def test_without_an_issuer_there_is_no_such_address(tmp_path: Path, clock: HandClock) -> None:
    app, accounts = guarded_dashboard(tmp_path, clock)
    assert Browser(app).post(PATH, {"logout_token": "x"}).status == 404
    accounts.close()


def refused(company: CompanyDoor, token: str) -> None:
    shown = told(company, token)
    assert (shown.status, json.loads(shown.text)) == (400, {"error": "invalid_request"})


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example.net"}, {"iss": None}, {"aud": "another client"},
        {"aud": None}, {"aud": []}, {"iat": None}, {"iat": "now"}, {"events": None},
        {"events": {}}, {"events": []}, {"events": {EVENT: None}}, {"events": {EVENT: "yes"}},
        {"events": {"http://schemas.openid.net/event/other": {}}}, {"nonce": "n"}, {"nonce": None},
        {"sub": None}, {"sub": ""}, {"sub": 7}, {"sub": "s" * 256}, {"sid": 7},
        {"sid": "s" * 256}, {"jti": "j" * 256}, {"exp": "soon"},
    ],
)  # fmt: skip
def test_a_logout_token_with_other_claims_ends_nothing(
    claims: dict[str, Any], company: CompanyDoor
) -> None:
    ada = company.entered("sub-ada")
    if claims == {"nonce": None}:  # also an empty one
        company.issuer.made = lambda made: signed_by("rsa", made | {"nonce": None})
    refused(company, company.issuer.logout_token(**{"sub": "sub-ada", **claims}))
    assert is_in(ada)


@pytest.mark.parametrize(
    "made",
    [hs256, hs256_by_secret, unsigned, changed, lambda claims: signed_by("other", claims),
     lambda claims: "", lambda claims: "a.b.c", lambda claims: "x" * 10_000],
    ids=["public key as secret", "client secret", "none", "changed", "unknown key", "empty",
         "no token", "long"],
)  # fmt: skip
def test_a_logout_token_that_the_issuer_did_not_sign_ends_nothing(
    made: Callable[[dict[str, Any]], str], company: CompanyDoor
) -> None:
    ada = company.entered("sub-ada")
    company.issuer.made = made
    refused(company, company.issuer.logout_token(sub="sub-bob" if made is changed else "sub-ada"))
    assert is_in(ada)


def test_an_id_token_is_no_logout_token(company: CompanyDoor) -> None:
    ada = company.entered("sub-ada")
    refused(company, company.issuer.tokens[-1])
    assert is_in(ada)


def test_a_token_signed_on_a_curve_counts(company: CompanyDoor) -> None:
    ada = company.entered("sub-ada")
    company.issuer.made = lambda claims: signed_by("curve", claims)
    assert told(company, company.issuer.logout_token(sub="sub-ada")).status == 200
    assert not is_in(ada)


def test_a_logout_token_is_good_for_minutes_and_once(company: CompanyDoor) -> None:
    token = company.issuer.logout_token(sub="sub-ada")
    now = company.clock.now.timestamp()
    ada = company.entered("sub-ada")
    refused(company, company.issuer.logout_token(sub="sub-ada", exp=now - 61))
    refused(company, company.issuer.logout_token(sub="sub-ada", iat=now + 61))
    refused(company, company.issuer.logout_token(sub="sub-ada", exp=None, iat=now - 661))
    assert is_in(ada)
    assert told(company, token).status == 200
    assert not is_in(ada)
    again = company.entered("sub-ada")
    assert told(company, token).status == 200  # the issuer did not hear the first answer
    assert is_in(again)
    old = company.issuer.logout_token(sub="sub-ada", exp=None, jti=None, iat=now - 600)
    assert told(company, old).status == 200
    assert not is_in(again)


def test_another_site_can_neither_use_a_session_nor_a_made_up_token(company: CompanyDoor) -> None:
    ada = company.entered("sub-ada")
    shown = ada.post(PATH, {"csrf": CSRF, "logout_token": "x"}, origin="https://evil.example.net")
    assert shown.status == 400
    assert is_in(ada)


def test_an_issuer_that_is_down_is_no_reason_to_believe_or_to_refuse(company: CompanyDoor) -> None:
    ada = company.entered("sub-ada")
    company.issuer.status = 503
    company.app.state.code_flow = CodeFlow()  # which knows no keys yet
    shown = told(company, company.issuer.logout_token(sub="sub-ada"))
    assert (shown.status, shown.headers["retry-after"]) == (503, "10")
    assert is_in(ada)


def test_so_many_tokens_that_do_not_count_are_let_through(company: CompanyDoor) -> None:
    ada = company.entered("sub-ada")
    for _ in range(MOST_OF_ADDRESS):
        refused(company, "x")
    assert told(company, company.issuer.logout_token(sub="sub-ada")).status == 429
    assert is_in(ada)
    assert is_in(company.entered("sub-bob"))  # logins are counted apart
    company.clock.advance(minutes=16)
    for _ in range(MOST_OF_ADDRESS + 1):
        assert told(company, company.issuer.logout_token(sub="sub-ada")).status == 200


def test_no_part_of_a_token_is_in_the_log(
    company: CompanyDoor, caplog: pytest.LogCaptureFixture
) -> None:
    token = company.issuer.logout_token(sub="sub-ada", sid="secret-session", aud="another")
    refused(company, token)
    (record,) = [one for one in caplog.records if one.getMessage() == "dashboard.logout_refused"]
    words = str(vars(record))
    assert not [part for part in token.split(".") if part in words]
    assert "secret-session" not in words


def test_roles_that_the_id_token_lacks_are_asked_of_user_info(company: CompanyDoor) -> None:
    issuer = company.issuer
    issuer.people["sub-ada"] = {}
    issuer.has_user_info({"sub-ada": dict(ADA)})
    browser = company.entered("sub-ada")
    assert re.search("ada@example.com .admin", browser.get("/").text)
    assert issuer.asked.count("/userinfo") == 1
    company.entered("sub-bob")  # whose ID token says enough
    assert issuer.asked.count("/userinfo") == 1


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ((200, b'{"sub": "sub-eve", "groups": ["leadline-admins"]}'), 403),
        ((200, b'{"groups": ["leadline-admins"]}'), 403),
        ((200, b"[]"), 503),
        ((200, b"header.claims.signature"), 503),
        ((500, b"{}"), 503),
        ((401, b'{"sub": "sub-ada", "groups": ["leadline-admins"]}'), 403),
        ((302, b""), 403),
    ],
)
def test_what_user_info_answers_otherwise_gives_no_role(
    answer: tuple[int, bytes], status: int, company: CompanyDoor
) -> None:
    company.issuer.people["sub-ada"] = {}
    company.issuer.has_user_info({})
    company.issuer.user_info_answer = answer
    browser = company.browser()
    assert company.log_in(browser, "sub-ada").status == status
    assert not is_in(browser)


def test_what_the_id_token_says_counts_before_user_info(company: CompanyDoor) -> None:
    company.issuer.people["sub-eve"] = {"groups": ["visitors"], "email": "eve@example.org"}
    company.issuer.has_user_info(
        {"sub-eve": {"groups": ["leadline-admins"], "email": "ada@example.com",
                     "email_verified": True}}
    )  # fmt: skip
    assert company.log_in(company.browser(), "sub-eve").status == 403
