"""Logging in with the company's accounts: what counts, and every misbehaviour that does not."""

import base64
import hmac
import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from starlette.applications import Starlette

from leadline.entrypoints.dashboard.guarding.logins import (
    MOST_OF_ADDRESS,
    TOKEN_PREFIX,
    make_link,
)
from leadline.entrypoints.dashboard.guarding.passwords import hash_password
from leadline.installations.embedded import Embedded
from leadline.model.staff.accounts import ApiToken, Scope, UserAccount, UserRole, digest_of
from leadline.net.oauth.code_flow import CodeFlow
from leadline.net.oauth.providers import Providers
from leadline.ports.dashboard.accounts import Accounts
from tests.standins.login_issuer import CLIENT_SECRET, LoginIssuer
from tests.standins.token_issuer import forged, published_keys, signed_by
from tests.worlds.dashboard import HERE, Browser, Shown, guarded_dashboard
from tests.worlds.folder_bytes import folder_bytes
from tests.worlds.leads import HandClock

Claims = dict[str, Any]
ADA: Claims = {
    "email": "Ada@Example.com",
    "email_verified": True,
    "groups": ["all", "leadline-admins"],
}
BOB: Claims = {"email": "bob@example.com", "email_verified": True}
EVE: Claims = {
    "email": "eve@example.org",
    "email_verified": True,
    "preferred_username": "eve",
}
PASSWORD = "correct horse battery"


class CompanyDoor:
    """A dashboard, the issuer of the company's accounts, and browsers."""

    def __init__(self, folder: Path, clock: HandClock, issuer: LoginIssuer, **more: str) -> None:
        self.clock = clock
        self.issuer = issuer
        issuer.people = {"sub-ada": dict(ADA), "sub-bob": dict(BOB), "sub-eve": dict(EVE)}
        self.app: Starlette
        self.accounts: Accounts
        self.app, self.accounts = guarded_dashboard(folder, clock, **issuer.settings(**more))

    def browser(self, origin: str = HERE) -> Browser:
        return Browser(self.app, origin)

    def begun(self, browser: Browser, person: str) -> str:
        """The address to which the issuer sends a browser back that began to log in."""
        shown = browser.get("/login/oidc")
        assert shown.status == 303, shown.text
        back = self.issuer.answer_to(shown.headers["location"], person)
        return back.removeprefix(HERE)

    def log_in(self, browser: Browser, person: str) -> Shown:
        return browser.get(self.begun(browser, person))

    def entered(self, person: str) -> Browser:
        browser = self.browser()
        shown = self.log_in(browser, person)
        assert (shown.status, shown.headers["location"]) == (303, "/"), shown.text
        return browser

    def noted(self) -> list[tuple[str, str, str, str]]:
        installation = self.app.state.dashboard.installation
        assert isinstance(installation, Embedded)
        entries = [one.entry for one in installation.audit().entries()]
        return [(e.actor, e.action, e.subject, e.detail) for e in entries]


@pytest.fixture
def issuer(clock: HandClock) -> Iterator[LoginIssuer]:
    with LoginIssuer(f"{HERE}/login/oidc/return", clock=clock) as running:
        yield running


@pytest.fixture
def company(issuer: LoginIssuer, clock: HandClock, tmp_path: Path) -> Iterator[CompanyDoor]:
    made = CompanyDoor(tmp_path, clock, issuer)
    yield made
    made.accounts.close()


def is_in(browser: Browser) -> bool:
    return browser.get("/").status == 200


def who_is(browser: Browser) -> str:
    found = re.search(r"<span>([^<]*)</span> <button>Log out", browser.get("/").text)
    return found[1] if found else ""


def test_the_login_page_offers_it_and_asks_nobody(company: CompanyDoor) -> None:
    shown = company.browser().get("/login")
    assert "Log in with Example Inc" in shown.text
    assert 'href="/login/oidc"' in shown.text
    assert company.issuer.asked == []


def test_without_an_issuer_there_is_nothing_of_it(tmp_path: Path, clock: HandClock) -> None:
    app, accounts = guarded_dashboard(tmp_path, clock)
    browser = Browser(app)
    assert "oidc" not in browser.get("/login").text
    for path in ("/login/oidc", "/login/oidc/return?code=a&state=b", "/login/oidc/logout"):
        assert browser.get(path).status == 404
    accounts.close()


def test_whoever_the_issuer_has_logged_in_gets_an_account(company: CompanyDoor) -> None:
    browser = company.entered("sub-ada")
    (made,) = company.accounts.accounts()
    assert (made.issuer, made.subject) == (company.issuer.url, "sub-ada")
    assert made.password == ""
    assert company.noted() == [
        ("person:ada@example.com", "account.added", "ada@example.com", "admin by the issuer"),
        ("person:ada@example.com", "dashboard.login", "", "issuer"),
    ]
    assert who_is(browser) == "ada@example.com (admin)"
    assert who_is(company.entered("sub-ada")) == "ada@example.com (admin)"
    assert len(company.accounts.accounts()) == 1


def test_the_request_is_bound_by_pkce_state_and_nonce(company: CompanyDoor) -> None:
    first, second = ({}, {})  # type: dict[str, str], dict[str, str]
    for asked in (first, second):
        location = company.browser().get("/login/oidc").headers["location"]
        asked.update(parse_qsl(urlsplit(location).query))
    assert first["code_challenge_method"] == "S256"
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) == 43
        assert first[name] != second[name]
    assert len({first["state"], first["nonce"], first["code_challenge"]}) == 3


def test_a_login_that_was_begun_is_kept_out_of_reach_of_scripts_and_other_sites(
    company: CompanyDoor, tmp_path: Path, clock: HandClock
) -> None:
    (cookie,) = company.browser().get("/login/oidc").cookies
    assert cookie.startswith("leadline-attempt-8081=")
    for word in ("httponly", "samesite=lax", "path=/", "max-age=600"):
        assert word in cookie.lower()
    assert "domain" not in cookie.lower()
    url = "https://leads.example.com"
    settings = company.issuer.settings() | {"dashboard_url": url}
    app, accounts = guarded_dashboard(tmp_path / "other", clock, **settings)
    (cookie,) = Browser(app, url).get("/login/oidc").cookies
    assert cookie.startswith("__Host-leadline-attempt=")
    assert "secure" in cookie.lower()
    accounts.close()


def test_browsers_come_back_to_the_url_of_the_settings_whatever_host_they_ask(
    company: CompanyDoor,
) -> None:
    shown = company.browser("http://127.0.0.1:8081").get("/login/oidc")
    assert (shown.status, shown.cookies) == (303, [])
    assert shown.headers["location"] == f"{HERE}/login/oidc?moved"
    # A proxy that does not pass on Host is told apart from one that does: there is no circle.
    assert company.browser("http://127.0.0.1:8081").get("/login/oidc?moved").status == 400
    lied = company.browser().get("/login/oidc", x_forwarded_host="evil.example.net")
    assert dict(parse_qsl(urlsplit(lied.headers["location"]).query))["redirect_uri"] == (
        f"{HERE}/login/oidc/return"
    )


def test_the_login_leads_to_the_lead_that_was_opened(company: CompanyDoor) -> None:
    lead = "0193a5b2-0000-7000-8000-000000000001"
    browser = company.browser()
    login = browser.get(f"/leads/{lead}").headers["location"]
    assert login == f"/login?lead={lead}"
    assert f'href="/login/oidc?lead={lead}"' in browser.get(login).text
    location = browser.get(f"/login/oidc?lead={lead}").headers["location"]
    assert lead not in location
    back = company.issuer.answer_to(location, "sub-ada").removeprefix(HERE)
    assert browser.get(back).headers["location"] == f"/leads/{lead}"
    moved = company.browser("http://127.0.0.1:8081").get(f"/login/oidc?lead={lead}")
    assert moved.headers["location"] == f"{HERE}/login/oidc?moved&lead={lead}"


@pytest.mark.parametrize("lead", ["//evil.example.net", "x", "%0d%0ax:y", "../accounts", ""])
def test_what_is_no_lead_leads_nowhere(lead: str, company: CompanyDoor) -> None:
    browser = company.browser()
    location = browser.get(f"/login/oidc?lead={lead}").headers["location"]
    back = company.issuer.answer_to(location, "sub-ada").removeprefix(HERE)
    assert browser.get(back).headers["location"] == "/"
    assert browser.get(f"/login?lead={lead}").headers["location"] == "/"


def test_next_leads_nowhere(company: CompanyDoor) -> None:
    browser = company.browser()
    evil = "//evil.example.net/"
    location = browser.get(f"/login/oidc?next={evil}").headers["location"]
    back = company.issuer.answer_to(location, "sub-ada").removeprefix(HERE)
    shown = browser.get(f"{back}&next={evil}&return_to={evil}")
    assert shown.headers["location"] == "/"


@pytest.mark.parametrize(
    "answer",
    [
        "", "?code=x", "?state=", "?code=x&state=", "?code=x&state=made-up", "?error=access_denied",
        "?code=x&state=%ff%00", "?code=x&state=" + "A" * 5000,
    ],
)  # fmt: skip
def test_an_answer_that_nobody_asked_for_logs_nobody_in(answer: str, company: CompanyDoor) -> None:
    browser = company.browser()
    browser.get("/login/oidc")
    for one in (browser, company.browser()):
        shown = one.get("/login/oidc/return" + answer)
        assert (shown.status, shown.cookies) == (400, [])
        assert "not begun in this browser" in shown.text
    assert not any("/token" in one for one in company.issuer.asked)


def test_the_answer_to_another_browser_logs_nobody_in(company: CompanyDoor) -> None:
    victim, attacker = company.browser(), company.browser()
    answer = company.begun(attacker, "sub-bob")
    assert victim.get(answer).status == 400  # which has begun nothing
    company.begun(victim, "sub-ada")
    assert victim.get(answer).status == 400  # nor this
    assert not is_in(victim)
    assert not is_in(attacker)


def test_a_code_of_another_login_is_refused(company: CompanyDoor) -> None:
    victim, attacker = company.browser(), company.browser()
    stolen = dict(parse_qsl(urlsplit(company.begun(attacker, "sub-bob")).query))["code"]
    own = dict(parse_qsl(urlsplit(company.begun(victim, "sub-ada")).query))
    shown = victim.get(f"/login/oidc/return?{urlencode(own | {'code': stolen})}")
    assert (shown.status, "believed" in shown.text) == (403, True)  # PKCE: another verifier
    assert not is_in(victim)


def test_an_answer_counts_once(company: CompanyDoor) -> None:
    browser = company.browser()
    answer = company.begun(browser, "sub-ada")
    before = dict(browser.cookies)
    assert browser.get(answer).status == 303
    assert "leadline-attempt-8081" not in browser.cookies
    assert browser.get(answer).status == 400  # the browser has forgotten the attempt
    replayed = company.browser()
    replayed.cookies = before
    shown = replayed.get(answer)
    assert (shown.status, "ended already" in shown.text) == (400, True)
    assert not is_in(replayed)


def test_a_login_takes_ten_minutes_at_most_whatever_its_cookie_says(company: CompanyDoor) -> None:
    browser = company.browser()
    answer = company.begun(browser, "sub-ada")
    company.clock.advance(minutes=10)
    assert browser.get(answer).status == 400
    (name,) = browser.cookies
    secret, begun, _ = browser.cookies[name].split(".")
    browser.cookies[name] = f"{secret}.{int(begun) + 600}."
    assert browser.get(answer).status == 400
    for value in ("", ".", "x", f"{secret}.", f"{secret}.-1", f"{secret}.9e9", "A" * 5000, "a.²"):
        browser.cookies = {name: value.encode().decode("latin-1")}
        assert browser.get(answer).status == 400


def test_an_answer_with_a_field_twice_is_refused(company: CompanyDoor) -> None:
    browser = company.browser()
    answer = company.begun(browser, "sub-ada")
    assert browser.get(answer + "&code=other").status == 400
    assert browser.get(answer).status == 303


@pytest.mark.parametrize("named", ["https://evil.example.net", ""])
def test_the_answer_of_another_issuer_is_refused(named: str, company: CompanyDoor) -> None:
    browser = company.browser()
    said = dict(parse_qsl(urlsplit(company.begun(browser, "sub-ada")).query))
    said = {name: value for name, value in said.items() if name != "iss"}
    said |= {"iss": named} if named else {}  # the metadata promise that answers name it
    shown = browser.get(f"/login/oidc/return?{urlencode(said)}")
    assert (shown.status, "believed" in shown.text) == (403, True)
    assert not any("/token" in one for one in company.issuer.asked)


def test_an_issuer_that_never_names_itself_counts(company: CompanyDoor) -> None:
    del company.issuer.metadata["authorization_response_iss_parameter_supported"]
    company.issuer.names_itself = False
    assert is_in(company.entered("sub-ada"))


def hs256(claims: dict[str, Any]) -> str:
    """A token that is signed with what everybody knows: the public key, or our own secret."""
    head = forged({"alg": "HS256", "kid": "rsa"}, claims).rpartition(".")[0]
    key = json.dumps(published_keys()[0]).encode()
    signature = hmac.digest(key, head.encode(), "sha256")
    return f"{head}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def hs256_by_secret(claims: dict[str, Any]) -> str:
    head = forged({"alg": "HS256"}, claims).rpartition(".")[0]
    signature = hmac.digest(CLIENT_SECRET.encode(), head.encode(), "sha256")
    return f"{head}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def unsigned(claims: dict[str, Any]) -> str:
    return forged({"alg": "none"}, claims)


def changed(claims: dict[str, Any]) -> str:
    """A token of Bob's whose claims are exchanged for those of somebody else."""
    head, _, signature = signed_by("rsa", claims).split(".")
    other = json.dumps(claims | {"sub": "sub-ada", **ADA}).encode()
    return f"{head}.{base64.urlsafe_b64encode(other).rstrip(b'=').decode()}.{signature}"


@pytest.mark.parametrize(
    "made",
    [hs256, hs256_by_secret, unsigned, changed, lambda claims: signed_by("other", claims),
     lambda claims: "", lambda claims: "a.b.c", lambda claims: "x" * 100_000],
    ids=["public key as secret", "client secret", "none", "changed", "unknown key", "empty",
         "no token", "long"],
)  # fmt: skip
def test_a_token_that_the_issuer_did_not_sign_is_refused(
    made: Callable[[dict[str, Any]], str], company: CompanyDoor
) -> None:
    company.issuer.made = made
    refused(company)


@pytest.mark.parametrize(
    "claim", [b'"\xff"', b"1e999", b"9" * 5000, b'"\\ud800"', b"[" * 3000 + b"]" * 3000, b"{"]
)
def test_a_claim_that_can_t_be_read_is_refused(claim: bytes, company: CompanyDoor) -> None:
    def made(claims: Claims) -> str:
        whole = json.dumps(claims).encode()
        return signed_by("rsa", whole[:-1] + b', "more": ' + claim + b"}")

    company.issuer.made = made
    refused(company)


def refused(company: CompanyDoor) -> None:
    browser = company.browser()
    shown = company.log_in(browser, "sub-bob")
    assert (shown.status, "believed" in shown.text) == (403, True)
    assert not is_in(browser)
    assert not company.accounts.accounts()


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example.net"}, {"iss": None},
        {"aud": "another client"}, {"aud": ["leadline dashboard", "another"]}, {"aud": []},
        {"aud": None}, {"azp": "another client"}, {"aud": ["another"], "azp": "leadline dashboard"},
        {"azp": ""}, {"aud": "Leadline Dashboard"},
        {"nonce": "another"}, {"nonce": None}, {"nonce": ""}, {"nonce": 7},
        {"sub": None}, {"sub": ""}, {"sub": "s" * 256}, {"sub": 7},
        {"exp": None}, {"exp": "soon"}, {"iat": None},
    ],
)  # fmt: skip
def test_a_token_whose_claims_are_not_for_this_login_is_refused(
    claims: dict[str, Any], company: CompanyDoor
) -> None:
    company.issuer.claims = claims
    refused(company)


def test_the_times_of_a_token_count_with_a_minute_of_grace(company: CompanyDoor) -> None:
    now = company.clock.now.timestamp()
    for claims in ({"exp": now - 61}, {"iat": now + 61}, {"nbf": now + 61}, {"exp": -1e300}):
        company.issuer.claims = claims
        refused(company)
    company.issuer.claims = {"exp": now - 59, "iat": now + 59, "nbf": now + 59}
    assert is_in(company.entered("sub-bob"))


def test_an_audience_may_be_a_list_of_one_and_the_token_signed_on_a_curve(
    company: CompanyDoor,
) -> None:
    company.issuer.claims = {"aud": ["leadline dashboard"]}
    company.issuer.made = lambda claims: signed_by("curve", claims)
    assert is_in(company.entered("sub-ada"))
    company.issuer.claims = {"aud": ["project", "leadline dashboard"], "azp": "leadline dashboard"}
    assert is_in(company.entered("sub-ada"))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"), (503, b""), (200, b"<html>"), (200, b"[]"), (302, b"{}"), (429, b"{}"),
        (401, b'{"error": "invalid_client"}'), (200, b" " * 300_000), (200, b"{" * 100_000),
        (400, b'{"error": "<script>alert(1)</script>"}'),
    ],
)  # fmt: skip
def test_an_issuer_that_is_unwell_is_told_as_503(
    status: int, body: bytes, company: CompanyDoor, caplog: pytest.LogCaptureFixture
) -> None:
    company.issuer.token_status, company.issuer.token_body = status, body
    shown = company.log_in(company.browser(), "sub-ada")
    assert shown.status == 503
    assert "Nobody can log in with Example Inc now" in shown.text
    assert shown.headers["retry-after"]
    (failed,) = [one for one in caplog.records if one.message == "dashboard.issuer_failed"]
    assert "script" not in str(failed.__dict__)


def test_while_the_issuer_is_down_passwords_and_links_work(company: CompanyDoor) -> None:
    company.issuer.status = 500
    browser = company.browser()
    shown = browser.get("/login/oidc")
    assert (shown.status, shown.cookies) == (503, [])
    assert "A password and a link work all the same" in shown.text
    hashed = hash_password(PASSWORD)
    company.accounts.add(UserAccount("carl", UserRole.VIEWER, company.clock.now, hashed))
    form = {"name": "carl", "password": PASSWORD}
    assert browser.get("/login").status == 200
    assert browser.post("/login", form).status == 303
    link = make_link(company.accounts, "", "root", company.clock.now)
    assert company.browser().post(f"/link/{link}").status == 303


def test_an_issuer_that_is_gone_is_told_and_not_asked_each_time(
    tmp_path: Path, clock: HandClock, issuer: LoginIssuer
) -> None:
    issuer.status = 404
    company = CompanyDoor(tmp_path, clock, issuer)
    company.app.state.code_flow = CodeFlow(Providers(clock=lambda: 0.0))  # no time passes
    for _ in range(3):
        assert company.browser().get("/login/oidc").status == 503
    assert len(issuer.asked) == 1
    company.accounts.close()


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://evil.example.net"}, {"token_endpoint": "http://evil.example.net/"},
        {"authorization_endpoint": "javascript:alert(1)"}, {"jwks_uri": "http://192.0.2.1/"},
        {"end_session_endpoint": "http://evil.example.net/"}, {"token_endpoint": 7},
    ],
)  # fmt: skip
def test_metadata_of_another_issuer_or_without_https_are_refused(
    change: dict[str, Any], company: CompanyDoor
) -> None:
    company.issuer.metadata |= change
    shown = company.browser().get("/login/oidc")
    assert shown.status == 503
    assert "evil" not in shown.text


def test_keys_that_can_t_be_had_are_503_and_never_a_refusal(company: CompanyDoor) -> None:
    company.issuer.metadata["jwks_uri"] = f"{company.issuer.url}/gone"
    browser = company.browser()
    assert company.log_in(browser, "sub-ada").status == 503
    assert not is_in(browser)


def test_a_refusal_of_the_issuer_is_told_in_our_words(company: CompanyDoor) -> None:
    browser = company.browser()
    said = dict(parse_qsl(urlsplit(company.begun(browser, "sub-ada")).query))
    answer = {"error": "access_denied", "error_description": "<b>call 555</b>"}
    answer |= {"state": said["state"], "iss": said["iss"]}
    shown = browser.get(f"/login/oidc/return?{urlencode(answer)}")
    assert shown.status == 403
    assert "Example Inc did not log you in." in shown.text
    assert "555" not in shown.text


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"groups": ["leadline-admins"]}, UserRole.ADMIN),
        ({"groups": "leadline-admins"}, UserRole.ADMIN),
        ({"groups": ["sales", "all"]}, UserRole.OPERATOR),
        ({"groups": ["sales", "leadline-admins"]}, UserRole.ADMIN),
        ({"groups": ["Leadline-Admins", "leadline-admins-not", 7, None]}, None),
        ({"groups": {"leadline-admins": True}}, None),
        ({"groups": ["@example.com", "ops@example.com"]}, None),
        ({"email": "ops@example.com", "email_verified": True}, UserRole.OPERATOR),
        ({"email": "OPS@Example.com", "email_verified": "true"}, UserRole.OPERATOR),
        ({"email": "ops@example.com", "email_verified": False}, None),
        ({"email": "ops@example.com"}, None),
        ({"email": "ops@example.com", "email_verified": "false"}, None),
        ({"email": "new@example.com", "email_verified": True}, UserRole.VIEWER),
        ({"email": "new@sub.example.com", "email_verified": True}, None),
        ({"email": "new@notexample.com", "email_verified": True}, None),
        ({"email": "evil@example.org@example.com", "email_verified": True}, None),
        ({"email": "@", "email_verified": True}, None),
        ({"email": ["ops@example.com"], "email_verified": True}, None),
        ({}, None),
    ],
)
def test_the_highest_role_counts_that_a_claim_or_a_verified_address_gives(
    claims: dict[str, Any], role: UserRole | None, company: CompanyDoor
) -> None:
    company.issuer.people["sub-new"] = claims
    shown = company.log_in(company.browser(), "sub-new")
    assert (shown.status == 303) == (role is not None)
    assert [one.role for one in company.accounts.accounts()] == ([] if role is None else [role])


def test_roles_may_be_within_a_claim_and_names_of_claims_may_have_dots(
    tmp_path: Path, clock: HandClock, issuer: LoginIssuer
) -> None:
    people: dict[str, Claims] = {
        "realm_access.roles": {"realm_access": {"roles": ["sales"]}},
        "https://example.com/roles": {"https://example.com/roles": ["sales"]},
    }
    for claim, claims in people.items():
        folder = tmp_path / str(len(claim))
        company = CompanyDoor(folder, clock, issuer, claim=claim)
        issuer.people["sub-new"] = claims
        assert who_is(company.entered("sub-new")).endswith("(operator)")
        issuer.people["sub-odd"] = {"realm_access": "roles", "https://example": 7}
        assert company.log_in(company.browser(), "sub-odd").status == 403
        company.accounts.close()


def test_who_has_no_role_is_told_so_and_may_choose_another_account(company: CompanyDoor) -> None:
    browser = company.browser()
    shown = company.log_in(browser, "sub-eve")
    assert shown.status == 403
    assert "(eve@example.org) may not use this dashboard" in shown.text
    assert 'href="/login/oidc?another"' in shown.text
    assert not is_in(browser)
    assert not company.accounts.accounts()
    assert company.noted() == [("person:eve@example.org", "dashboard.login_refused", "", "no role")]
    assert "prompt=select_account" in browser.get("/login/oidc?another").headers["location"]


def test_another_role_counts_at_the_next_login_and_ends_sessions(company: CompanyDoor) -> None:
    before = company.entered("sub-ada")
    company.issuer.people["sub-ada"] = {**ADA, "groups": ["sales"]}
    assert who_is(before) == "ada@example.com (admin)"
    assert who_is(company.entered("sub-ada")) == "ada@example.com (operator)"
    assert not is_in(before)
    changed = ("person:ada@example.com", "account.changed", "ada@example.com")
    assert (*changed, "operator by the issuer") in company.noted()


def test_whatever_logs_in_to_an_account_ends_when_its_owner_has_no_role_any_more(
    company: CompanyDoor,
) -> None:
    before, now = company.entered("sub-ada"), company.clock.now
    name, secret = "ada@example.com", TOKEN_PREFIX + "x"
    token = ApiToken(
        "t", digest_of(secret), Scope.READ, UserRole.ADMIN, name, now, now.replace(year=2099),
        account=name,
    )  # fmt: skip
    assert company.accounts.add_token(token)
    link = make_link(company.accounts, name, "root", now)
    company.issuer.people["sub-ada"] = {**ADA, "email_verified": False, "groups": []}
    assert company.log_in(company.browser(), "sub-ada").status == 403
    assert not is_in(before)
    assert company.accounts.tokens() == []
    assert company.browser().post(f"/link/{link}").status == 410
    assert (f"person:{name}", "dashboard.login_refused", "", "no role") in company.noted()
    company.issuer.people["sub-ada"] = dict(ADA)  # the account is theirs again
    assert who_is(company.entered("sub-ada")) == f"{name} (admin)"


def test_an_account_belongs_to_its_subject_and_never_to_a_name_or_an_address(
    company: CompanyDoor,
) -> None:
    hashed = hash_password(PASSWORD)
    own = UserAccount("bob@example.com", UserRole.ADMIN, company.clock.now, hashed)
    company.accounts.add(own)
    assert who_is(company.entered("sub-bob")) == "bob@example.com-2 (viewer)"
    company.issuer.people["sub-other-bob"] = dict(BOB)  # the address has another owner now
    assert who_is(company.entered("sub-other-bob")) == "bob@example.com-3 (viewer)"
    assert company.accounts.account("bob@example.com") == own
    company.issuer.people["sub-bob"] = {**BOB, "email": "robert@example.com"}
    assert who_is(company.entered("sub-bob")) == "bob@example.com-2 (viewer)"


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"preferred_username": "Grace"}, "grace"),
        ({"preferred_username": "grace hopper"}, "user-"),
        ({"preferred_username": "<script>"}, "user-"),
        ({"preferred_username": "x" * 5000}, "user-"),
        ({"preferred_username": 7, "email": "unverified@example.com"}, "user-"),
        ({}, "user-"),
        ({"preferred_username": "ines"}, "ines-2"),  # somebody of [people], by an unproven name
        ({"email": "ines@example.com", "email_verified": True}, "ines@example.com"),
    ],
)
def test_an_account_gets_a_name_that_takes_nobody_else_s(
    claims: dict[str, Any], name: str, tmp_path: Path, clock: HandClock, issuer: LoginIssuer
) -> None:
    (tmp_path / "leadline.toml").write_text(
        '[people.ines]\nemail = "Ines@example.com"\nzone = "Europe/Berlin"\n'
    )
    company = CompanyDoor(tmp_path, clock, issuer)
    issuer.people["sub-new"] = {"groups": ["sales"], **claims}
    company.entered("sub-new")
    (made,) = company.accounts.accounts()
    assert made.name.startswith(name)
    is_ines = bool(claims.get("email_verified"))
    assert made.person == ("ines" if is_ines else "")
    assert made.zone == ("Europe/Berlin" if is_ines else "UTC")
    company.accounts.close()


def test_an_account_of_the_issuer_gets_no_password(company: CompanyDoor) -> None:
    browser = company.entered("sub-ada")
    page = browser.get("/account")
    assert "You log in with Example Inc" in page.text
    assert 'type="password"' not in page.text
    csrf = re.search(r'name="csrf" content="([0-9a-f]*)"', page.text)
    assert csrf
    form = {"csrf": csrf[1], "password": PASSWORD, "again": PASSWORD, "zone": "Asia/Tokyo"}
    shown = browser.post("/account", form)
    assert (shown.status, "no password" in shown.text) == (422, True)
    assert browser.post("/account", {"csrf": csrf[1], "zone": "Asia/Tokyo"}).status == 303
    (account,) = company.accounts.accounts()
    assert (account.password, account.zone) == ("", "Asia/Tokyo")
    assert "Example Inc" in browser.get("/accounts").text


def test_another_login_ends_the_session_before_it(company: CompanyDoor) -> None:
    browser = company.browser()
    answer = company.begun(browser, "sub-ada")
    link = make_link(company.accounts, "", "root", company.clock.now)
    browser.post(f"/link/{link}")
    old = company.browser()
    old.cookies = {"leadline-8081": browser.cookies["leadline-8081"]}
    assert is_in(old)
    assert browser.get(answer).status == 303
    assert who_is(browser) == "ada@example.com (admin)"
    assert not is_in(old)


def test_logging_out_ends_the_session_and_offers_to_log_out_there(company: CompanyDoor) -> None:
    browser = company.entered("sub-ada")
    kept = dict(browser.cookies)
    csrf = re.search(r'name="csrf" content="([0-9a-f]*)"', browser.get("/").text)
    assert csrf
    shown = browser.post("/logout", {"csrf": csrf[1]})
    assert shown.headers["location"] == "/login?out"
    assert 'href="/login/oidc/logout"' in browser.get("/login?out").text
    there = urlsplit(browser.get("/login/oidc/logout").headers["location"])
    assert there.path == "/logout"
    assert dict(parse_qsl(there.query)) == {
        "client_id": "leadline dashboard", "post_logout_redirect_uri": f"{HERE}/login",
    }  # fmt: skip
    browser.cookies = kept
    assert not is_in(browser)


def test_where_the_issuer_has_no_logout_none_is_offered(company: CompanyDoor) -> None:
    del company.issuer.metadata["end_session_endpoint"]
    browser = company.entered("sub-ada")
    csrf = re.search(r'name="csrf" content="([0-9a-f]*)"', browser.get("/").text)
    assert csrf
    assert browser.post("/logout", {"csrf": csrf[1]}).headers["location"] == "/login"
    assert browser.get("/login/oidc/logout").headers["location"] == "/login"


def test_so_many_logins_that_fail_are_let_through_from_an_address(company: CompanyDoor) -> None:
    company.issuer.people["sub-eve"] = {}
    for _ in range(MOST_OF_ADDRESS):
        assert company.log_in(company.browser(), "sub-eve").status == 403
    asked = len(company.issuer.asked)
    shown = company.log_in(company.browser(), "sub-ada")
    assert shown.status == 429
    assert len(company.issuer.asked) == asked
    company.clock.advance(minutes=15, seconds=1)
    assert company.log_in(company.browser(), "sub-ada").status == 303


def test_logins_that_fail_by_the_issuer_do_not_count(company: CompanyDoor) -> None:
    company.issuer.token_status = 500
    for _ in range(MOST_OF_ADDRESS + 1):
        assert company.log_in(company.browser(), "sub-ada").status == 503
    company.issuer.token_status = 200
    assert company.log_in(company.browser(), "sub-ada").status == 303


def test_logins_that_succeed_do_not_count(company: CompanyDoor) -> None:
    for _ in range(MOST_OF_ADDRESS + 1):
        company.entered("sub-bob")


def test_no_token_code_or_secret_is_in_logs_addresses_or_files(
    company: CompanyDoor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = company.browser()
    shown = [browser.get("/login/oidc")]
    answer = company.issuer.answer_to(shown[0].headers["location"], "sub-ada").removeprefix(HERE)
    attempt = browser.cookies["leadline-attempt-8081"]
    shown += [browser.get(answer), browser.get("/"), browser.get(answer)]
    company.issuer.claims = {"nonce": "another"}
    shown += [company.log_in(company.browser(), "sub-bob")]
    code = dict(parse_qsl(urlsplit(answer).query))["code"]
    secrets = [*company.issuer.tokens, code, CLIENT_SECRET, "of-no-use", attempt]
    assert len(secrets) == 6
    files = folder_bytes(tmp_path / "data")
    said = "\n".join(str(one.__dict__) for one in caplog.records)
    told = "\n".join(f"{one.headers} {one.text}" for one in shown[1:])
    for secret in secrets:
        assert secret.encode() not in files
        assert secret not in said
        assert secret not in told
    assert attempt not in shown[0].headers["location"]
    exchange = next(one for one in company.issuer.asked if one.startswith("/token"))
    assert "code_verifier=" in exchange
    assert dict(parse_qsl(exchange))["code_verifier"] not in shown[0].headers["location"]


def test_google_s_word_counts_for_its_own_accounts_alone(company: CompanyDoor) -> None:
    from leadline.entrypoints.dashboard.guarding.company import email_of
    from leadline.net.oauth.id_tokens import Identity

    def of(email: str, issuer: str = "https://accounts.google.com", **claims: str) -> str:
        return email_of(Identity(issuer, "1", email, "", claims))

    assert of("ada@example.com", hd="example.com") == "ada@example.com"
    assert of("ada@gmail.com") == "ada@gmail.com"
    assert of("ada@example.com") == ""  # an account with an address of somebody else's server
    assert of("ada@example.com", hd="") == ""
    assert of("ada@example.com", company.issuer.url) == "ada@example.com"
