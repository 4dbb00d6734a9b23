"""The file of accounts: what is done once, what ends with what, and files of others."""

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import apsw
import msgspec
import pytest

from leadline.model.errors import ConfigurationError, StorageFailed
from leadline.model.staff.accounts import (
    ApiToken,
    LoginLink,
    Scope,
    Session,
    UserAccount,
    UserRole,
    digest_of,
)
from leadline.stores.accounts.accounts import SqliteAccounts
from leadline.stores.accounts.file import FILE
from leadline.stores.sqlite.queries import read_queries
from tests.worlds.leads import HandClock

LATER = timedelta(hours=1)


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[SqliteAccounts]:
    made = SqliteAccounts(tmp_path)
    yield made
    made.close()


def ada(clock: HandClock) -> UserAccount:
    return UserAccount("ada", UserRole.OPERATOR, clock.now, "hash", "ada", "Europe/Berlin")


def link(clock: HandClock, secret: str = "link") -> LoginLink:
    return LoginLink(digest_of(secret), "ada", "root", clock.now + LATER)


def session(clock: HandClock, secret: str = "session") -> Session:
    now = clock.now
    return Session(digest_of(secret), "ada", "", now, now, now + LATER)


def token(clock: HandClock, by: str = "ada") -> ApiToken:
    ends = clock.now + LATER
    return ApiToken(
        "t", digest_of("t"), Scope.READ, UserRole.VIEWER, by, clock.now, ends, account=by
    )


def test_what_is_kept_is_read_as_it_was(accounts: SqliteAccounts, clock: HandClock) -> None:
    assert accounts.add(ada(clock))
    assert not accounts.add(msgspec.structs.replace(ada(clock), role=UserRole.ADMIN))
    accounts.offer(link(clock))
    accounts.begin(session(clock))
    accounts.add_token(token(clock))
    assert accounts.account("ada") == ada(clock)
    assert accounts.account("Ada") is None
    assert accounts.accounts() == [ada(clock)]
    assert accounts.link(digest_of("link"), clock.now) == link(clock)
    assert accounts.session(digest_of("session"), clock.now) == session(clock)
    assert accounts.token(digest_of("t"), clock.now) == token(clock)


def test_what_has_ended_is_not_there(accounts: SqliteAccounts, clock: HandClock) -> None:
    accounts.offer(link(clock))
    accounts.begin(session(clock))
    accounts.add_token(token(clock))
    end = clock.now + LATER
    assert accounts.link(digest_of("link"), end) is None
    assert accounts.take(digest_of("link"), end) is None
    assert accounts.session(digest_of("session"), end) is None
    assert accounts.token(digest_of("t"), end) is None


def test_of_many_who_use_a_link_at_once_one_gets_it(tmp_path: Path, clock: HandClock) -> None:
    first = SqliteAccounts(tmp_path)
    first.offer(link(clock))
    taken: list[LoginLink | None] = []

    def take() -> None:
        own = SqliteAccounts(tmp_path)  # as another process has it
        taken.append(own.take(digest_of("link"), clock.now))
        own.close()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    first.close()
    assert [one for one in taken if one is not None] == [link(clock)]


def test_of_attempts_at_once_no_more_are_let_through_than_the_limit(
    tmp_path: Path, clock: HandClock
) -> None:
    SqliteAccounts(tmp_path).close()
    let: list[int] = []

    def attempt() -> None:
        own = SqliteAccounts(tmp_path)
        let.append(len(own.attempt({b"name": 3, b"address": 100}, clock.now - LATER, clock.now)))
        own.close()

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(let) == [0] * 5 + [2] * 3


def test_attempts_that_succeeded_are_forgiven_and_old_ones_forgotten(
    accounts: SqliteAccounts, clock: HandClock
) -> None:
    for _ in range(5):
        noted = accounts.attempt({b"name": 1}, clock.now - LATER, clock.now)
        assert noted
        accounts.forgive(noted)
    assert accounts.attempt({b"name": 1}, clock.now - LATER, clock.now)
    assert not accounts.attempt({b"name": 1}, clock.now - LATER, clock.now)
    clock.advance(hours=1)
    assert accounts.attempt({b"name": 1}, clock.now - LATER, clock.now)


@pytest.mark.parametrize("change", [{"password": "other"}, {"role": UserRole.ADMIN}])
def test_another_password_or_role_ends_logins_and_links(
    change: dict[str, object], accounts: SqliteAccounts, clock: HandClock
) -> None:
    accounts.add(ada(clock))
    accounts.begin(session(clock))
    accounts.offer(link(clock))
    moved = msgspec.structs.replace(ada(clock), zone="Asia/Tokyo")
    assert accounts.change(moved)
    assert accounts.session(digest_of("session"), clock.now)
    assert accounts.change(msgspec.structs.replace(moved, **change))
    assert accounts.session(digest_of("session"), clock.now) is None
    assert accounts.link(digest_of("link"), clock.now) is None
    assert not accounts.change(msgspec.structs.replace(moved, name="eve"))


def test_an_account_takes_its_logins_links_and_tokens_along(
    accounts: SqliteAccounts, clock: HandClock
) -> None:
    accounts.add(ada(clock))
    accounts.begin(session(clock))
    accounts.offer(link(clock))
    accounts.add_token(token(clock))
    assert accounts.remove("ada")
    assert not accounts.remove("ada")
    assert accounts.session(digest_of("session"), clock.now) is None
    assert accounts.link(digest_of("link"), clock.now) is None
    assert accounts.tokens() == []


def test_what_is_over_is_tidied_away(accounts: SqliteAccounts, clock: HandClock) -> None:
    accounts.offer(link(clock))
    accounts.begin(session(clock))
    accounts.once(b"form", clock.now)
    accounts.attempt({b"name": 9}, clock.now, clock.now)
    accounts.tidy(clock.now)
    assert accounts.session(digest_of("session"), clock.now)
    assert not accounts.once(b"form", clock.now)
    clock.advance(days=1)
    accounts.tidy(clock.now)
    tables = ("link", "session", "form", "attempt")
    left = {one: accounts._file.rows(f"SELECT count(*) FROM {one}")[0][0] for one in tables}
    assert left == dict.fromkeys(tables, 0)


def test_a_form_is_done_once_and_keeps_its_answer(
    accounts: SqliteAccounts, clock: HandClock
) -> None:
    assert accounts.once(b"form", clock.now)
    assert not accounts.once(b"form", clock.now)
    assert accounts.answered(b"form") == ""
    accounts.answer(b"form", "done")
    assert accounts.answered(b"form") == "done"
    accounts.forget_form(b"form")
    assert accounts.once(b"form", clock.now)


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    SqliteAccounts(tmp_path).close()
    db = apsw.Connection(str(tmp_path / "accounts.db"))
    db.pragma("user_version", 99)
    db.close()
    with pytest.raises(ConfigurationError) as refused:
        SqliteAccounts(tmp_path)
    assert "newer version" in refused.value.detail


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "accounts.db").write_bytes(b"no database at all" * 500)
    with pytest.raises(StorageFailed, match="damaged"):
        SqliteAccounts(tmp_path)


def test_rights_that_are_too_wide_are_narrowed(tmp_path: Path) -> None:
    SqliteAccounts(tmp_path).close()
    (tmp_path / "accounts.db").chmod(0o644)
    SqliteAccounts(tmp_path).close()
    assert (tmp_path / "accounts.db").stat().st_mode & 0o777 == 0o600


def test_every_query_fits_the_schema(accounts: SqliteAccounts) -> None:
    text = (files("leadline.stores.accounts") / "accounts.sql").read_text()
    for name, query in read_queries(text).items():
        assert accounts._file.rows(f"EXPLAIN {query.text}", *([0] * _values_of(query.text))), name


def _values_of(text: str) -> int:
    numbered = [int(c) for a, c in pairwise(text) if a == "?" and c.isdigit()]
    return max(numbered) if numbered else text.count("?")


def promoted(one: UserAccount, role: UserRole) -> UserAccount:
    return msgspec.structs.replace(one, role=role)


def test_a_token_sees_no_more_than_the_account_that_made_it_does_now(
    accounts: SqliteAccounts, clock: HandClock
) -> None:
    boss = promoted(ada(clock), UserRole.ADMIN)
    accounts.add(boss)
    made = msgspec.structs.replace(token(clock), role=UserRole.ADMIN, scope=Scope.WRITE)
    accounts.add_token(made)
    roles = []
    for role in (UserRole.ADMIN, UserRole.VIEWER, UserRole.OPERATOR):
        accounts.change(promoted(boss, role))
        found = accounts.token(digest_of("t"), clock.now)
        assert found is not None
        assert list(accounts.tokens()) == [found]
        roles.append(found.role)
    assert roles == [UserRole.ADMIN, UserRole.VIEWER, UserRole.OPERATOR]


def test_a_token_that_a_command_made_depends_on_no_account_of_that_name(
    accounts: SqliteAccounts, clock: HandClock
) -> None:
    accounts.add(promoted(ada(clock), UserRole.VIEWER))
    made = msgspec.structs.replace(token(clock), role=UserRole.OPERATOR, account="")
    accounts.add_token(made)
    assert accounts.token(digest_of("t"), clock.now) == made
    accounts.remove("ada")
    assert accounts.token(digest_of("t"), clock.now) == made


def test_sessions_of_one_at_an_issuer_end_and_others_stay(
    accounts: SqliteAccounts, clock: HandClock
) -> None:
    desk, phone = digest_of("desk"), digest_of("phone")
    now, ends = clock.now, clock.now + LATER
    for name, account, user, of_issuer in (
        ("desk", "ada", "", desk), ("phone", "ada", "", phone), ("bob", "bob", "", desk),
        ("unknown", "ada", "", b""), ("by link", "ada", "root", b""), ("machine", "", "root", b""),
    ):  # fmt: skip
        accounts.begin(Session(digest_of(name), account, user, now, now, ends, of_issuer))
    assert accounts.end_of_issuer(digest_of("other")) == []
    assert accounts.end_of_issuer(desk, "ada") == ["ada"]
    left = [
        name
        for name in ("desk", "phone", "bob", "unknown", "by link", "machine")
        if accounts.session(digest_of(name), now) is not None
    ]
    assert left == ["phone", "bob", "by link", "machine"]
    found = accounts.session(digest_of("bob"), now)
    assert found is not None
    assert found.of_issuer == desk
    assert accounts.end_of_issuer(desk) == ["bob"]


def test_a_session_of_an_earlier_version_goes_on(tmp_path: Path, clock: HandClock) -> None:
    with closing(SqliteAccounts(tmp_path)) as accounts:
        accounts.begin(session(clock))
    with closing(apsw.Connection(str(tmp_path / FILE))) as file:
        file.execute("ALTER TABLE session DROP COLUMN of_issuer")
        file.pragma("user_version", 2)
    with closing(SqliteAccounts(tmp_path)) as accounts:
        assert accounts.session(digest_of("session"), clock.now) == session(clock)


@pytest.mark.parametrize("is_removed", [True, False])
def test_links_of_who_is_an_admin_no_more_end_with_the_logins_by_them(
    accounts: SqliteAccounts, clock: HandClock, *, is_removed: bool
) -> None:
    accounts.add(ada(clock))
    bob = msgspec.structs.replace(ada(clock), name="bob")
    accounts.add(bob)
    accounts.offer(LoginLink(digest_of("link"), "bob", "ada", clock.now + LATER))
    for name, account, user in (
        ("by her link", "bob", "ada"), ("his own", "bob", ""), ("at the machine", "", "ada"),
    ):  # fmt: skip
        now = clock.now
        accounts.begin(Session(digest_of(name), account, user, now, now, now + LATER))
    if is_removed:
        accounts.remove("ada")
    else:
        accounts.change(promoted(ada(clock), UserRole.VIEWER))
    assert accounts.link(digest_of("link"), clock.now) is None
    assert accounts.session(digest_of("by her link"), clock.now) is None
    assert accounts.session(digest_of("his own"), clock.now) is not None
    assert accounts.session(digest_of("at the machine"), clock.now) is not None


def test_an_account_that_others_changed_meanwhile_is_not_replaced(
    accounts: SqliteAccounts, clock: HandClock
) -> None:
    before = promoted(ada(clock), UserRole.ADMIN)
    accounts.add(before)
    viewer = promoted(before, UserRole.VIEWER)
    accounts.change(viewer)
    assert not accounts.change(msgspec.structs.replace(before, zone="UTC"), before)
    assert accounts.account("ada") == viewer
    assert accounts.change(msgspec.structs.replace(viewer, zone="UTC"), viewer)


def test_an_account_is_found_by_whom_its_issuer_knows(
    accounts: SqliteAccounts, clock: HandClock
) -> None:
    made = msgspec.structs.replace(ada(clock), issuer="https://login.example.com", subject="1")
    assert accounts.add(ada(clock))
    assert accounts.add(msgspec.structs.replace(made, name="ada-2"))
    assert not accounts.add(msgspec.structs.replace(made, name="ada-3"))  # one for each subject
    found = accounts.account_of("https://login.example.com", "1")
    assert found is not None
    assert found.name == "ada-2"
    assert accounts.account_of("https://login.example.com", "2") is None
    assert accounts.account_of("https://login.example.com", "") is None
    assert accounts.account_of("", "") is None  # as accounts without an issuer have it
    assert accounts.change(msgspec.structs.replace(found, issuer="", subject="", zone="UTC"), found)
    kept = accounts.account_of("https://login.example.com", "1")
    assert kept == msgspec.structs.replace(found, zone="UTC")
    assert accounts.remove("ada-2")
    assert accounts.account_of("https://login.example.com", "1") is None


def test_whoever_is_shut_out_keeps_the_account_alone(
    accounts: SqliteAccounts, clock: HandClock
) -> None:
    accounts.add(ada(clock))
    accounts.begin(session(clock))
    accounts.offer(link(clock))
    accounts.add_token(token(clock))
    accounts.shut_out("ada")
    assert accounts.account("ada") == ada(clock)
    assert accounts.session(digest_of("session"), clock.now) is None
    assert accounts.link(digest_of("link"), clock.now) is None
    assert accounts.tokens() == []
