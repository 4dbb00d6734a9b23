"""What the dashboard refuses: foreign hosts and origins, missing tokens, large bodies, liars."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.dashboard.forms import form_of
from leadline.entrypoints.dashboard.guarding.roles import for_role
from leadline.model.staff.accounts import UserRole
from tests.worlds.dashboard import CSRF, Browser, dashboard_for, embedded, known_as

EVIL = "https://evil.example.net"


def app_with_echo(folder: Path, role: UserRole = UserRole.OPERATOR, **settings: str) -> Starlette:
    """A dashboard with one more address: it says who asks from where, and what was sent."""

    async def echo(request: Request) -> Response:
        form = await form_of(request)
        client = request.client.host if request.client else ""
        return PlainTextResponse(f"{client} {request.url.scheme} {form.get('word', '')}")

    async def broken(request: Request) -> Response:
        raise ValueError("ada.lovelace@example.com")

    installation = embedded(folder, **settings)
    app = create_app(Dashboard(installation, door=known_as("ada", role)))
    app.router.routes.append(
        Route("/echo", for_role(UserRole.OPERATOR, echo), methods=["GET", "POST"])
    )
    app.router.routes.append(Route("/broken", broken))
    return app


@pytest.mark.parametrize(
    "host",
    [
        "evil.example.net", "evil.example.net:8081", "localhost.evil.example.net",
        "127.0.0.1.nip.io",
        "localhost@evil.example.net", "evil.example.net#localhost", "0.0.0.0:8081", "127.0.0.2",
        "[::]:8081", "::1", "localhost:8081:1", "localhost:x", "localhost ", "xlocalhost", "",
        "leads.example.com", "[::1", "127.0.0.1\t",
    ],
)  # fmt: skip
def test_a_foreign_host_is_refused_in_words_that_do_not_repeat_it(
    host: str, tmp_path: Path
) -> None:
    shown = Browser(dashboard_for(tmp_path)).get("/", host=host)
    assert shown.status == 421
    assert "evil" not in shown.text
    assert shown.headers["content-security-policy"]


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8081", "LocalHost:9000", "127.0.0.1:8081", "[::1]:8081", "[::1]"],
)
def test_loopback_is_ours_on_any_port_as_it_may_be_forwarded(host: str, tmp_path: Path) -> None:
    assert Browser(dashboard_for(tmp_path)).get("/", host=host).status == 200


@pytest.mark.parametrize("host", ["leads.example.com", "Leads.Example.com:443"])
def test_the_url_of_the_settings_is_ours(host: str, tmp_path: Path) -> None:
    app = app_with_echo(tmp_path, dashboard_url="https://leads.example.com")
    assert Browser(app).get("/echo", host=host).text.split()[1] == "https"
    assert Browser(app).get("/echo", host="leads.example.com:8081").status == 421
    assert Browser(app).get("/echo", host="localhost").status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": EVIL},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://localhost:9999"},
        {"origin": "https://localhost:8081"},
        {"origin": "http://localhost:8081.evil.example.net"},
        {"origin": "http://localhost"},
        {"origin": "http://127.0.0.1:8081"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
def test_a_page_of_another_origin_changes_nothing(headers: dict[str, str], tmp_path: Path) -> None:
    browser = Browser(app_with_echo(tmp_path))
    form = {"csrf": CSRF, "word": "hello"}
    shown = browser.post("/echo", form, **headers)
    assert shown.status == 403
    assert "evil" not in shown.text
    assert browser.post("/echo", form).text.endswith(" hello")


@pytest.mark.parametrize("csrf", ["", "x", CSRF[:-1], CSRF.upper(), "\xe4"])
def test_a_form_without_the_token_of_the_session_is_refused(csrf: str, tmp_path: Path) -> None:
    browser = Browser(app_with_echo(tmp_path))
    assert browser.post("/echo", {"csrf": csrf}).status == 403
    assert browser.post("/echo").status == 403
    assert browser.post("/echo", x_csrf_token=csrf or "x").status == 403


def test_a_script_sends_the_token_as_a_header(tmp_path: Path) -> None:
    shown = Browser(app_with_echo(tmp_path)).post("/echo", {"word": "hello"}, x_csrf_token=CSRF)
    assert shown.text.endswith(" hello")


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "text/plain", "application/json"]
)
def test_other_bodies_than_forms_carry_no_token(kind: str, tmp_path: Path) -> None:
    browser = Browser(app_with_echo(tmp_path))
    assert browser.post("/echo", {"csrf": CSRF}, content_type=kind).status == 403
    shown = browser.post("/echo", {"word": "x"}, content_type=kind, x_csrf_token=CSRF)
    assert shown.status == 415


def test_a_login_by_a_page_of_another_origin_is_refused(tmp_path: Path) -> None:
    app = create_app(Dashboard(embedded(tmp_path)))
    shown = Browser(app).post("/login", {"name": "a", "password": "b"}, origin=EVIL)
    assert shown.status == 403


def test_viewers_change_nothing(tmp_path: Path) -> None:
    shown = Browser(app_with_echo(tmp_path, UserRole.VIEWER)).post("/echo", {"csrf": CSRF})
    assert shown.status == 403
    assert "operator" in shown.text


def test_a_large_body_is_refused_whether_or_not_it_says_so(tmp_path: Path) -> None:
    browser = Browser(app_with_echo(tmp_path, max_body="1000"))
    large = {"csrf": CSRF, "word": "x" * 2000}
    assert browser.post("/echo", large).status == 413
    for lie in ("", "10", "-1", "x"):
        shown = browser.post("/echo", large, content_length=lie)
        assert shown.status == 413, lie


def test_too_many_fields_are_not_read(tmp_path: Path) -> None:
    browser = Browser(app_with_echo(tmp_path))
    shown = browser.post("/echo", {f"f{n}": "" for n in range(5000)}, x_csrf_token=CSRF)
    assert shown.status == 400


def test_every_answer_says_what_browsers_may_do_with_it(tmp_path: Path) -> None:
    browser = Browser(app_with_echo(tmp_path))
    for path in ("/", "/nothing", "/broken", "/echo", "/livez", "/login"):
        headers = browser.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"


def test_an_error_of_ours_is_told_without_what_it_says(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shown = Browser(app_with_echo(tmp_path)).get("/broken")
    assert shown.status == 500
    assert "Something went wrong" in shown.text
    assert "example.com" not in shown.text
    assert "ValueError" not in shown.text
    assert [one.message for one in caplog.records] == ["dashboard.failed"]


def test_data_that_can_t_be_read_is_told_in_words(tmp_path: Path) -> None:
    browser = Browser(app_with_echo(tmp_path))
    (tmp_path / "data").rename(tmp_path / "aside")
    shown = browser.get("/")
    assert shown.status == 503
    assert shown.headers["retry-after"] == "2"
    assert "can't be read now" in shown.text.replace("&#39;", "'")
    assert str(tmp_path) not in shown.text


def test_only_trusted_proxies_say_who_asks(tmp_path: Path) -> None:
    said = {
        "x_forwarded_for": "203.0.113.9, 192.0.2.7",
        "x_forwarded_proto": "https",
        "x_forwarded_host": "leads.example.com",
        "forwarded": "for=203.0.113.9;host=leads.example.com",
    }
    app = app_with_echo(
        tmp_path,
        dashboard_url="https://leads.example.com",
        dashboard_trusted_proxies="10.0.0.0/8 127.0.0.1",
    )
    believed = Browser(app, address="10.1.2.3").get("/echo", **said)
    # What stands before the last hop is what the client itself may have written.
    assert believed.text.split() == ["192.0.2.7", "https"]
    mapped = Browser(app, address="::ffff:127.0.0.1").get("/echo", **said)
    assert mapped.text.split() == ["192.0.2.7", "https"]
    for hop in ("192.0.2.7:4711", '"192.0.2.7:1"', "::ffff:192.0.2.7", " 192.0.2.7 , 10.9.9.9:80"):
        other = Browser(app, address="10.1.2.3").get("/echo", **(said | {"x_forwarded_for": hop}))
        assert other.text.split() == ["192.0.2.7", "https"]
    lied = Browser(app, address="192.0.2.66").get("/echo", **said)
    assert lied.text.split() == ["192.0.2.66", "http"]
    refused = Browser(app, address="10.1.2.3").get("/echo", x_forwarded_host="evil.example.net")
    assert refused.status == 421


def test_no_header_is_written_by_what_somebody_sends(tmp_path: Path) -> None:
    browser = Browser(app_with_echo(tmp_path))
    for path in ("/x%0d%0aset-cookie:%20a=b", "/?x=%0d%0aset-cookie:a=b", "/link/%0d%0ax"):
        shown = browser.get(path)
        assert not shown.cookies
        assert "\n" not in "".join(shown.headers.values())


def test_a_login_leads_to_our_own_page_alone(tmp_path: Path) -> None:
    app = create_app(Dashboard(embedded(tmp_path)))
    for path in ("//evil.example.net/", "/leads?next=//evil.example.net"):
        assert Browser(app).get(path).headers["location"] == "/login"
