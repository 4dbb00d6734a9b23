"""Logging in and out: links that work once, passwords, sessions that end."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import apsw
import msgspec
import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette

from leadline.entrypoints.dashboard.guarding import passwords
from leadline.entrypoints.dashboard.guarding.logins import (
    MOST_OF_ACCOUNT,
    MOST_OF_ADDRESS,
    make_link,
)
from leadline.entrypoints.dashboard.guarding.passwords import hash_password
from leadline.model.staff.accounts import UserAccount, UserRole
from leadline.ports.dashboard.accounts import Accounts
from tests.worlds.dashboard import Browser, Shown, guarded_dashboard
from tests.worlds.folder_bytes import folder_bytes
from tests.worlds.leads import HandClock

PASSWORD = "correct horse battery"


class LoginDoor:
    """A dashboard that knows nobody yet, its accounts, and browsers before it."""

    def __init__(self, folder: Path, clock: HandClock) -> None:
        self.clock = clock
        self.app: Starlette
        self.accounts: Accounts
        self.app, self.accounts = guarded_dashboard(folder, clock)

    def browser(self, address: str = "127.0.0.1") -> Browser:
        return Browser(self.app, address=address)

    def add(self, name: str, role: UserRole = UserRole.VIEWER, password: str = PASSWORD) -> None:
        hashed = hash_password(password) if password else ""
        assert self.accounts.add(UserAccount(name, role, self.clock(), hashed))

    def link(self, account: str = "") -> str:
        return f"/link/{make_link(self.accounts, account, 'root', self.clock())}"

    def entered(self, name: str = "ada", role: UserRole = UserRole.VIEWER) -> Browser:
        """A browser that has logged in by password."""
        self.add(name, role)
        browser = self.browser()
        assert log_in(browser, name).status == 303
        return browser


@pytest.fixture
def door(clock: HandClock, tmp_path: Path) -> Iterator[LoginDoor]:
    made = LoginDoor(tmp_path, clock)
    yield made
    made.accounts.close()


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Passwords are hashed with next to no memory, for tests that have many compared."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", cheap)
    passwords._of_nobody.cache_clear()
    yield
    passwords._of_nobody.cache_clear()


def log_in(browser: Browser, name: str, password: str = PASSWORD) -> Shown:
    return browser.post("/login", {"name": name, "password": password})


def csrf_in(shown: Shown) -> str:
    found = re.search(r'name="csrf" content="([0-9a-f]*)"', shown.text)
    assert found
    return found[1]


def is_in(browser: Browser) -> bool:
    shown = browser.get("/")
    assert shown.status == 200 or shown.headers["location"] == "/login"
    return shown.status == 200


def test_a_link_logs_in_once(door: LoginDoor) -> None:
    path = door.link()
    first, second = door.browser(), door.browser()
    assert first.post(path).status == 303
    assert is_in(first)
    assert second.post(path).status == 410
    assert not is_in(second)


def test_another_link_ends_the_session_before_it(door: LoginDoor) -> None:
    browser = door.entered()
    before = dict(browser.cookies)
    shown = browser.get(path := door.link())
    assert browser.post(path).status == 403  # without the token of the session
    assert browser.post(path, {"csrf": csrf_in(shown)}).status == 303
    assert "root (admin)" in browser.get("/welcome").text + browser.get("/").text
    browser.cookies = before
    assert not is_in(browser)


def test_who_only_looks_at_a_link_leaves_it_good(door: LoginDoor) -> None:
    path = door.link()
    for _ in range(3):
        shown = door.browser().get(path)
        assert (shown.status, shown.cookies) == (200, [])
    assert door.browser().post(path).status == 303


def test_a_link_is_over_after_ten_minutes(door: LoginDoor) -> None:
    path = door.link()
    door.clock.advance(minutes=10)
    assert door.browser().get(path).status == 410
    assert door.browser().post(path).status == 410


def test_a_made_up_link_logs_nobody_in(door: LoginDoor) -> None:
    door.link()
    for path in ("/link/x", "/link/" + "A" * 5000, "/link/%00", "/link/..%2f..%2flogin"):
        assert door.browser().post(path).status in (404, 410)


def test_the_person_at_the_machine_makes_the_first_account(door: LoginDoor) -> None:
    browser = door.browser()
    assert browser.post(door.link()).headers["location"] == "/welcome"
    form = {
        "csrf": csrf_in(browser.get("/welcome")),
        "name": "Ada",
        "password": PASSWORD,
        "again": PASSWORD,
        "zone": "Europe/Berlin",
    }
    at_machine = dict(browser.cookies)
    assert browser.post("/welcome", form).headers["location"] == "/"
    (made,) = door.accounts.accounts()
    assert (made.name, made.role, made.zone) == ("ada", UserRole.ADMIN, "Europe/Berlin")
    assert made.password.startswith("$argon2id$")
    assert "ada (admin)" in browser.get("/").text
    # The session of the link is over, and no second first account can be made.
    other = door.browser()
    other.cookies = at_machine
    assert not is_in(other)
    assert browser.get("/welcome").headers["location"] == "/"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "a b"}, "small letters"),
        ({"name": "<script>"}, "small letters"),
        ({"name": ""}, "small letters"),
        ({"password": "short", "again": "short"}, "at least 12"),
        ({"password": "aaaaaaaaaaaaaa", "again": "aaaaaaaaaaaaaa"}, "too easy"),
        ({"again": "another one, typed"}, "differ"),
        ({"zone": "../../etc/passwd"}, "no such time zone"),
    ],
)
def test_a_first_account_that_can_t_be_is_refused_in_words(
    change: dict[str, str], words: str, door: LoginDoor
) -> None:
    browser = door.browser()
    browser.post(door.link())
    right = {"name": "ada", "password": PASSWORD, "again": PASSWORD, "zone": "UTC"}
    csrf = csrf_in(browser.get("/welcome"))
    shown = browser.post("/welcome", right | change | {"csrf": csrf})
    assert shown.status == 422
    assert words in shown.text
    assert "<script>" not in shown.text
    assert PASSWORD not in shown.text
    assert not door.accounts.accounts()


def test_a_name_and_its_password_log_in(door: LoginDoor) -> None:
    door.add("ada", UserRole.OPERATOR)
    browser = door.browser()
    shown = browser.post("/login", {"name": " Ada ", "password": PASSWORD})
    assert (shown.status, shown.headers["location"]) == (303, "/")
    assert "ada (operator)" in browser.get("/").text


def test_a_password_leads_to_the_lead_that_was_opened(door: LoginDoor) -> None:
    door.add("ada")
    lead = "0193A5B2-0000-7000-8000-000000000001"
    browser = door.browser()
    login = browser.get(f"/leads/{lead}").headers["location"]
    assert f'action="{login}"' in browser.get(login).text
    form = {"name": "ada", "password": PASSWORD}
    assert browser.post(login, {**form, "password": "wrong"}).status == 401
    assert browser.post(login, form).headers["location"] == f"/leads/{lead.lower()}"
    for said in ("//evil.example.net", "..%2faccounts", f"{lead}%0d%0ax:y", lead.replace("-", "")):
        other = door.browser()
        shown = other.get(f"/leads/{said}")
        assert (shown.status, shown.headers["location"]) == (303, "/login")
        assert other.post(f"/login?lead={said}", form).headers["location"] == "/"


def test_an_unknown_name_is_answered_like_a_wrong_password(door: LoginDoor) -> None:
    door.add("ada")
    door.add("links-only", password="")
    bodies = set()
    for name in ("ada", "bob", "links-only"):
        shown = log_in(door.browser(), name, "wrong horse battery")
        assert (shown.status, shown.cookies) == (401, [])
        bodies.add(shown.text.replace(f'value="{name}"', ""))
    assert len(bodies) == 1
    assert log_in(door.browser(), "links-only", "").status == 401


def test_an_unknown_name_costs_a_hash_as_a_known_one_does(
    door: LoginDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []

    class Counted:
        def verify(self, kept: str, password: str) -> bool:
            compared.append(kept)
            return False

        hash = passwords._hasher.hash

    door.add("ada")
    monkeypatch.setattr(passwords, "_hasher", Counted())
    for name in ("ada", "bob"):
        log_in(door.browser(), name, "wrong horse battery")
    assert [one.partition("$m=")[2][:9] for one in compared] == ["19456,t=2"] * 2


@pytest.mark.usefixtures("quick_hashes")
def test_an_account_is_closed_to_guesses_after_some_and_opens_again(door: LoginDoor) -> None:
    door.add("ada")
    door.add("bob")
    for number in range(MOST_OF_ACCOUNT):
        assert log_in(door.browser(f"192.0.2.{number}"), "ada", "wrong guess").status == 401
    shown = log_in(door.browser("192.0.2.99"), "ada")
    assert shown.status == 429
    assert not shown.cookies
    assert log_in(door.browser("192.0.2.1"), "bob").status == 303
    door.clock.advance(minutes=15, seconds=1)
    assert log_in(door.browser(), "ada").status == 303


@pytest.mark.usefixtures("quick_hashes")
def test_an_address_may_guess_at_so_many_names_only(door: LoginDoor) -> None:
    door.add("ada")
    for number in range(MOST_OF_ADDRESS):
        # Addresses of one IPv6 network are one customer's.
        log_in(door.browser(f"2001:db8::{number:x}"), f"name{number}", "x")
    assert log_in(door.browser("2001:db8::ffff"), "ada").status == 429
    assert log_in(door.browser("2001:db8:1::1"), "ada").status == 303


@pytest.mark.usefixtures("quick_hashes")
def test_customers_with_ipv4_are_told_apart_on_a_socket_for_both(door: LoginDoor) -> None:
    door.add("ada")
    for number in range(MOST_OF_ADDRESS):
        log_in(door.browser("::ffff:192.0.2.1"), f"name{number}", "x")
    assert log_in(door.browser("::ffff:192.0.2.1"), "ada").status == 429
    assert log_in(door.browser("192.0.2.1"), "ada").status == 429
    assert log_in(door.browser("::ffff:192.0.2.2"), "ada").status == 303


@pytest.mark.usefixtures("quick_hashes")
def test_another_port_or_zone_is_no_other_address(door: LoginDoor) -> None:
    door.add("ada")
    for number in range(MOST_OF_ADDRESS):
        log_in(door.browser(f"192.0.2.1:{40_000 + number}"), f"name{number}", "x")
        log_in(door.browser(f"[fe80::1%eth{number}]:443"), f"other{number}", "x")
    for address in ("192.0.2.1", "192.0.2.1:9", '"[fe80::1]"', "fe80::1%eth0", "fe80::2"):
        assert log_in(door.browser(address), "ada").status == 429, address
    for address in ("192.0.2.11", "unknown", "a:b", "", "[", ":"):
        assert log_in(door.browser(address), "ada").status == 303, address


@pytest.mark.usefixtures("quick_hashes")
def test_whoever_finds_a_browser_open_can_t_guess_the_password_without_end(
    door: LoginDoor,
) -> None:
    browser = door.entered()
    new = "a new one, much longer"
    form = {"csrf": csrf_in(browser.get("/account")), "password": new, "again": new, "zone": "UTC"}
    for number in range(MOST_OF_ACCOUNT):
        shown = browser.post("/account", form | {"current": f"guess {number}"})
        assert "not your present password" in shown.text
    shown = browser.post("/account", form | {"current": PASSWORD})
    assert (shown.status, "too many attempts" in shown.text) == (422, True)
    assert log_in(door.browser(), "ada", new).status == 429
    door.clock.advance(minutes=15, seconds=1)
    assert browser.post("/account", form | {"current": PASSWORD}).status == 303


@pytest.mark.usefixtures("quick_hashes")
def test_strangers_leave_no_notes_for_longer_than_they_count(
    door: LoginDoor, tmp_path: Path
) -> None:
    for minute in range(40):
        log_in(door.browser(), f"name{minute}", "x")
        door.clock.advance(minutes=1)
    db = apsw.Connection(str(tmp_path / "data" / "accounts.db"))
    ((left,),) = db.execute("SELECT count(*) FROM attempt").fetchall()
    db.close()
    assert left == 2 * 15  # of the name and of the address, for a quarter of an hour


@pytest.mark.usefixtures("quick_hashes")
def test_logins_that_succeed_do_not_count(door: LoginDoor) -> None:
    door.add("ada")
    for _ in range(MOST_OF_ACCOUNT + 1):
        assert log_in(door.browser(), "ada").status == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(door: LoginDoor) -> None:
    door.add("ada")
    (cookie,) = log_in(door.browser(), "ada").cookies
    name, _, words = cookie.partition("=")
    assert name == "leadline-8081"
    words = words.lower()
    assert "httponly" in words
    assert "samesite=lax" in words
    assert "path=/" in words
    assert "domain" not in words


def test_behind_https_the_cookie_has_the_prefix_that_demands_it(
    clock: HandClock, tmp_path: Path
) -> None:
    app, accounts = guarded_dashboard(tmp_path, clock, dashboard_url="https://leads.example.com")
    accounts.add(UserAccount("ada", UserRole.VIEWER, clock(), hash_password(PASSWORD)))
    browser = Browser(app, "https://leads.example.com")
    (cookie,) = log_in(browser, "ada").cookies
    assert cookie.startswith("__Host-leadline=")
    assert "secure" in cookie.lower()
    assert is_in(browser)
    accounts.close()


def test_logging_out_ends_the_session_also_for_who_kept_the_cookie(door: LoginDoor) -> None:
    browser = door.entered()
    kept = dict(browser.cookies)
    shown = browser.post("/logout", {"csrf": csrf_in(browser.get("/"))})
    assert shown.headers["location"] == "/login"
    assert not browser.cookies
    browser.cookies = kept
    assert not is_in(browser)


def test_a_session_ends_when_nobody_uses_it(door: LoginDoor) -> None:
    browser = door.entered()
    for _ in range(2):
        door.clock.advance(hours=2, minutes=59)
        assert is_in(browser)
    door.clock.advance(hours=3)
    assert not is_in(browser)


def test_a_session_ends_after_its_time_however_much_it_is_used(door: LoginDoor) -> None:
    browser = door.entered()
    for _ in range(11):
        door.clock.advance(hours=1)
        assert is_in(browser)
    door.clock.advance(hours=1)
    assert not is_in(browser)
    assert browser.get("/", hx_request="true").headers["hx-redirect"] == "/login"


def test_a_session_ends_with_its_account_and_with_another_password_or_role(door: LoginDoor) -> None:
    for change in ("remove", "password", "role"):
        browser = door.entered(change)
        account = door.accounts.account(change)
        assert account is not None
        if change == "remove":
            door.accounts.remove(change)
        elif change == "password":
            new = msgspec.structs.replace(account, password=hash_password("another"))
            door.accounts.change(new)
        else:
            door.accounts.change(msgspec.structs.replace(account, role=UserRole.ADMIN))
        assert not is_in(browser)


def test_made_up_cookies_are_nobody(door: LoginDoor) -> None:
    browser = door.entered()
    (name,) = browser.cookies
    for value in ("", "x", "A" * 43, "A" * 100_000, "'; DROP TABLE session; --", "\xff"):
        browser.cookies = {name: value}
        assert not is_in(browser)


def test_people_change_their_password_with_the_present_one(door: LoginDoor) -> None:
    browser, elsewhere = door.entered(), door.browser()
    log_in(elsewhere, "ada")
    new = "a new one, much longer"
    form = {"csrf": csrf_in(browser.get("/account")), "password": new, "again": new, "zone": "UTC"}
    assert browser.post("/account", form | {"current": "guess"}).status == 422
    assert is_in(elsewhere)
    assert browser.post("/account", form | {"current": PASSWORD}).status == 303
    assert is_in(browser)
    assert not is_in(elsewhere)
    assert log_in(door.browser(), "ada").status == 401
    assert log_in(door.browser(), "ada", new).status == 303


def test_who_came_by_a_link_sets_a_password_without_the_one_that_was_lost(door: LoginDoor) -> None:
    door.add("ada", password="")
    browser = door.browser()
    browser.post(door.link("ada"))
    assert "ada (viewer)" in browser.get("/").text
    csrf = csrf_in(browser.get("/account"))
    form = {"csrf": csrf, "password": PASSWORD, "again": PASSWORD, "zone": "Asia/Tokyo"}
    assert browser.post("/account", form).status == 303
    assert log_in(door.browser(), "ada").status == 303


def test_only_digests_of_secrets_are_kept(door: LoginDoor, tmp_path: Path) -> None:
    path = door.link()
    browser = door.entered()
    kept = folder_bytes(tmp_path / "data", "accounts.db*")
    secrets = [path.removeprefix("/link/"), *browser.cookies.values(), PASSWORD]
    for secret in secrets:
        assert secret.encode() not in kept


def test_only_leadline_s_user_reads_the_file_of_accounts(door: LoginDoor, tmp_path: Path) -> None:
    for one in (tmp_path / "data").glob("accounts.db*"):
        assert one.stat().st_mode & 0o777 == 0o600


def test_sessions_last_as_long_as_the_settings_say(clock: HandClock, tmp_path: Path) -> None:
    app, accounts = guarded_dashboard(tmp_path, clock, dashboard_sessions="1h")
    accounts.add(UserAccount("ada", UserRole.VIEWER, clock(), hash_password(PASSWORD)))
    browser = Browser(app)
    log_in(browser, "ada")
    clock.now += timedelta(minutes=14)
    assert is_in(browser)
    clock.now += timedelta(minutes=15)
    assert not is_in(browser)
    accounts.close()


def test_people_log_out_of_all_browsers_at_once(door: LoginDoor) -> None:
    browser, elsewhere = door.entered(), door.browser()
    log_in(elsewhere, "ada")
    other = door.entered("bob")
    assert browser.post("/account/logout").status == 403  # without the token of the session
    shown = browser.post("/account/logout", {"csrf": csrf_in(browser.get("/account"))})
    assert shown.headers["location"] == "/login"
    assert not browser.cookies
    assert not is_in(elsewhere)
    assert is_in(other)
    assert log_in(door.browser(), "ada").status == 303


def test_who_came_by_a_link_of_the_machine_logs_out_alone(door: LoginDoor) -> None:
    one, other = door.browser(), door.browser()
    for browser in (one, other):
        browser.post(door.link())
    one.post("/account/logout", {"csrf": csrf_in(one.get("/welcome"))})
    assert not one.cookies
    assert other.get("/accounts").status == 200
