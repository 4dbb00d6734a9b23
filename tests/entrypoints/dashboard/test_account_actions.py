"""What admins do with accounts and tokens, and nobody else."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from leadline.entrypoints.dashboard.actions import own_account
from leadline.entrypoints.dashboard.actions.accounts import ACCOUNT_ACTIONS
from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.dashboard.guarding.logins import begin
from leadline.entrypoints.dashboard.guarding.passwords import hash_password
from leadline.installations.accounts import accounts_of
from leadline.model.staff.accounts import ApiToken, Scope, UserAccount, UserRole, digest_of
from tests.worlds.dashboard import CSRF, HERE, Browser, Shown, embedded, known_as
from tests.worlds.folder_bytes import folder_bytes
from tests.worlds.leads import HandClock


class AdminDesk:
    """A dashboard with accounts, and browsers of those who have them."""

    def __init__(self, folder: Path, clock: HandClock) -> None:
        (folder / "leadline.toml").write_text('[people.bob]\nemail = "bob@example.com"\n')
        self.clock = clock
        self.installation = embedded(folder)
        self.accounts = accounts_of(self.installation.loaded().settings)
        self.accounts.add(UserAccount("ada", UserRole.ADMIN, clock()))

    def browser(self, role: UserRole = UserRole.ADMIN) -> Browser:
        door = known_as("ada", role)
        return Browser(create_app(Dashboard(self.installation, self.accounts, self.clock, door)))

    def do(self, action: str, **fields: str) -> Shown:
        return self.browser().post(f"/accounts/do/{action}", {"csrf": CSRF, **fields})

    def noted(self) -> list[tuple[str, str, str, str]]:
        entries = [one.entry for one in self.installation.audit().entries()]
        return [(one.actor, one.action, one.subject, one.detail) for one in entries]


@pytest.fixture
def desk(clock: HandClock, tmp_path: Path) -> Iterator[AdminDesk]:
    made = AdminDesk(tmp_path, clock)
    yield made
    made.accounts.close()


def test_who_is_let_in_gets_a_link_that_logs_in(desk: AdminDesk) -> None:
    shown = desk.do("add", name="Bob", role="operator", person="bob", zone="Europe/Berlin")
    assert shown.status == 200
    found = re.search(rf"{HERE}(/link/[\w-]+)", shown.text)
    assert found
    account = desk.accounts.account("bob")
    assert account is not None
    assert (account.role, account.person, account.zone, account.password) == (
        UserRole.OPERATOR, "bob", "Europe/Berlin", "",
    )  # fmt: skip
    browser = Browser(create_app(Dashboard(desk.installation, desk.accounts, desk.clock)))
    assert browser.post(found[1]).status == 303
    assert "bob (operator)" in browser.get("/").text
    assert ("person:ada", "account.added", "bob", "operator") in desk.noted()
    assert ("person:ada", "account.link", "bob", "") in desk.noted()


@pytest.mark.parametrize("action", ACCOUNT_ACTIONS)
@pytest.mark.parametrize("role", [UserRole.VIEWER, UserRole.OPERATOR])
def test_only_admins_manage_accounts(action: str, role: UserRole, desk: AdminDesk) -> None:
    before = desk.accounts.accounts()
    fields = {"name": "eve", "role": "admin", "zone": "UTC", "scope": "read", "days": "1"}
    browser = desk.browser(role)
    assert browser.post(f"/accounts/do/{action}", {"csrf": CSRF, **fields}).status == 403
    assert browser.get("/accounts").status == 403
    assert (desk.accounts.accounts(), desk.accounts.tokens(), desk.noted()) == (before, [], [])


def test_a_role_is_changed_and_an_account_removed(desk: AdminDesk) -> None:
    desk.accounts.add(UserAccount("bob", UserRole.VIEWER, desk.clock()))
    assert "bob is operator now." in desk.do("change", name="bob", role="operator").text
    account = desk.accounts.account("bob")
    assert account is not None
    assert account.role is UserRole.OPERATOR
    assert "bob may not log in any more." in desk.do("remove", name="bob").text
    assert desk.accounts.account("bob") is None


@pytest.mark.parametrize(
    ("action", "fields", "words"),
    [
        ("add", {"name": "a b"}, "small letters"),
        ("add", {"name": "<script>"}, "small letters"),
        ("add", {"name": "ada"}, "already"),
        ("add", {"name": "eve", "role": "boss"}, "one of those"),
        ("add", {"name": "eve", "person": "<b>"}, "nobody of that name"),
        ("add", {"name": "eve", "zone": "Nowhere"}, "no such time zone"),
        ("change", {"name": "eve", "role": "admin"}, "no such account"),
        ("change", {"name": "ada", "role": "viewer"}, "yourself"),
        ("link", {"name": "eve"}, "no such account"),
        ("remove", {"name": "ada"}, "yourself"),
        ("remove", {}, "no such account"),
        ("create-token", {"name": "", "scope": "read", "role": "viewer", "days": "1"}, "for"),
        ("create-token", {"name": "a\nb", "scope": "read", "role": "viewer", "days": "1"}, "for"),
        ("create-token", {"name": "x", "scope": "all", "role": "viewer", "days": "1"}, "one of"),
        ("create-token", {"name": "x", "scope": "read", "role": "viewer", "days": "0"}, "days"),
        ("create-token", {"name": "x", "scope": "read", "role": "viewer", "days": "²"}, "days"),
        ("create-token", {"name": "x", "scope": "write", "role": "viewer", "days": "9"}, "viewer"),
        ("revoke-token", {"name": "x"}, "no such token"),
    ],
)  # fmt: skip
def test_what_can_t_be_is_refused_in_words(
    action: str, fields: dict[str, str], words: str, desk: AdminDesk
) -> None:
    shown = desk.browser().post(f"/accounts/do/{action}", {"csrf": CSRF, **fields})
    assert shown.status == 422
    assert words in shown.text
    assert "<script>" not in shown.text
    assert [one.name for one in desk.accounts.accounts()] == ["ada"]
    assert (desk.accounts.tokens(), desk.noted()) == ([], [])


def test_a_token_is_shown_once_and_refused_when_it_is_revoked(
    desk: AdminDesk, tmp_path: Path
) -> None:
    shown = desk.do("create-token", name="reports", scope="read", role="viewer", days="90")
    found = re.search(r"leadline_[\w-]{43}", shown.text)
    assert found
    token = desk.accounts.token(digest_of(found[0]), desk.clock())
    assert token is not None
    assert (token.by, token.ends_at - desk.clock()) == ("ada", timedelta(days=90))
    assert found[0] not in desk.browser().get("/accounts").text
    kept = folder_bytes(tmp_path / "data", "a*")
    assert found[0].encode() not in kept
    assert (
        "already"
        in desk.do("create-token", name="reports", scope="read", role="viewer", days="9").text
    )
    assert "refused from now on" in desk.do("revoke-token", name="reports").text
    assert desk.accounts.tokens() == []


@pytest.mark.parametrize("days", ["0", "3651", "0001009999", "00000199999999999", "²", "-1", ""])
def test_a_token_is_good_for_ten_years_at_most(desk: AdminDesk, days: str) -> None:
    shown = desk.do("create-token", name="reports", scope="read", role="viewer", days=days)
    assert shown.status == 422
    assert "A token is good for 1 to 3650 days." in shown.text
    assert desk.accounts.tokens() == []


def test_a_token_follows_the_role_of_who_made_it(desk: AdminDesk) -> None:
    desk.do("create-token", name="reports", scope="write", role="admin", days="9")
    desk.accounts.change(UserAccount("ada", UserRole.VIEWER, desk.clock()))
    assert [one.role for one in desk.accounts.tokens()] == [UserRole.VIEWER]
    desk.accounts.remove("ada")
    assert desk.accounts.tokens() == []


def test_what_is_no_action_has_no_address(desk: AdminDesk) -> None:
    for action in ("promote", "..", "%2e%2e", "add/x"):
        assert desk.do(action).status == 404


def test_the_page_shows_no_hash_and_who_has_ended(desk: AdminDesk) -> None:
    now = desk.clock()
    hashed = UserAccount("bob", UserRole.VIEWER, now, "$argon2id$secret", zone="Asia/Tokyo")
    desk.accounts.add(hashed)
    old = ApiToken("old", digest_of("x"), Scope.READ, UserRole.VIEWER, "ada", now, now)
    desk.accounts.add_token(old)
    text = desk.browser().get("/accounts").text
    assert "argon2id" not in text
    assert "Asia/Tokyo" in text
    assert '<span class="tag">ended</span>' in text


def test_who_loses_a_role_while_changing_the_password_does_not_keep_it(
    desk: AdminDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = UserAccount("ada", UserRole.ADMIN, desk.clock(), hash_password("correct horse battery"))
    desk.accounts.change(made)

    def hashing(password: str) -> str:
        demoted = msgspec.structs.replace(made, role=UserRole.VIEWER)
        desk.accounts.change(demoted)
        return hash_password(password)

    monkeypatch.setattr(own_account, "hash_password", hashing)
    new = "another horse battery"
    form = {"csrf": CSRF, "current": "correct horse battery", "password": new, "again": new}
    shown = desk.browser().post("/account", form)
    assert shown.status == 422
    assert "changed meanwhile" in shown.text
    account = desk.accounts.account("ada")
    assert account is not None
    assert account.role is UserRole.VIEWER


def test_an_admin_logs_somebody_out(desk: AdminDesk) -> None:
    desk.do("add", name="bob", role="operator")
    now = desk.clock.now
    secret = begin(desk.accounts, "bob", now, timedelta(hours=1))
    shown = desk.do("log-out", name="bob")
    assert "bob is logged out everywhere." in shown.text
    assert desk.accounts.session(digest_of(secret), now) is None
    assert desk.accounts.account("bob") is not None
    assert ("person:ada", "account.logged_out", "bob", "") in desk.noted()
    assert "There is no such account." in desk.do("log-out", name="eve").text
