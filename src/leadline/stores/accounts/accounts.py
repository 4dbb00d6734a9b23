"""`ports.dashboard.accounts.Accounts` in a SQLite file."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from leadline.model.staff.accounts import ApiToken, LoginLink, Scope, Session, UserAccount, UserRole
from leadline.stores.accounts.file import AccountsFile
from leadline.stores.accounts.jobs import SqliteJobs
from leadline.stores.accounts.views import SqliteViews
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import micros, moment

_sql = Queries(__name__)
_KEPT = timedelta(days=1)
_ENDED_WITH_IT = (
    _sql.end_sessions_of, _sql.end_links_of, _sql.end_sessions_by, _sql.end_links_by,
    _sql.revoke_tokens_of, _sql.default_of_removed, _sql.defaults_on_private_views_of,
    _sql.remove_private_views_of, _sql.leave_shared_views_of,
)  # fmt: skip

_WAYS_IN = (
    _sql.end_sessions_of, _sql.end_links_of, _sql.end_sessions_by, _sql.end_links_by,
    _sql.revoke_tokens_of,
)  # fmt: skip


class SqliteAccounts:
    """See `ports.dashboard.accounts.Accounts`; raises what `AccountsFile` raises."""

    def __init__(self, folder: Path) -> None:
        self._file = AccountsFile(folder)
        self.views = SqliteViews(self._file)
        self.jobs = SqliteJobs(self._file)

    def account(self, name: str) -> UserAccount | None:
        """See `Accounts.account`."""
        found = self._file.rows(_sql.account, name)
        return _account(found[0]) if found else None

    def account_of(self, issuer: str, subject: str) -> UserAccount | None:
        """See `Accounts.account_of`."""
        found = self._file.rows(_sql.account_of, issuer, subject) if issuer else []
        return _account(found[0]) if found else None

    def accounts(self) -> Sequence[UserAccount]:
        """See `Accounts.accounts`."""
        return [_account(row) for row in self._file.rows(_sql.accounts)]

    def add(self, account: UserAccount) -> bool:
        """See `Accounts.add`."""
        one, created_at = account, micros(account.created_at)
        known = (one.issuer, one.subject)
        row = (one.name, int(one.role), created_at, one.password, one.person, one.zone, *known)
        return bool(self._file.change(_sql.add_account, *row))

    def change(self, account: UserAccount, before: UserAccount | None = None) -> bool:
        """See `Accounts.change`."""
        one = account
        row = (one.name, int(one.role), one.password, one.person, one.zone)
        with self._file.writing() as connection:
            found = connection.execute(_sql.account, (one.name,)).fetchall()
            was = _account(found[0]) if found else None
            if was is None or before not in (None, was):
                return False
            connection.execute(_sql.change_account, row)
            ended = [_sql.end_sessions_of, _sql.end_links_of]
            ended = ended if (was.password, was.role) != (one.password, one.role) else []
            ended += [_sql.end_sessions_by, _sql.end_links_by] if one.role < was.role else []
            for query in ended:
                connection.execute(query, (one.name,))
            return True

    def log_out(self, name: str) -> None:
        """See `Accounts.log_out`."""
        with self._file.writing() as connection:
            for query in (_sql.end_sessions_of, _sql.end_links_of):
                connection.execute(query, (name,))

    def shut_out(self, name: str) -> None:
        """See `Accounts.shut_out`."""
        with self._file.writing() as connection:
            for query in _WAYS_IN:
                connection.execute(query, (name,))

    def remove(self, name: str) -> bool:
        """See `Accounts.remove`."""
        with self._file.writing() as connection:
            found = connection.execute(_sql.remove_account, (name,)).fetchall()
            if found:
                for query in _ENDED_WITH_IT:
                    connection.execute(query, (name,))
            return bool(found)

    def offer(self, link: LoginLink) -> None:
        """See `Accounts.offer`."""
        row = (link.digest, link.account, link.user, micros(link.ends_at))
        self._file.change(_sql.offer, *row)

    def link(self, digest: bytes, now: datetime) -> LoginLink | None:
        """See `Accounts.link`."""
        return _link(self._file.rows(_sql.link, digest, micros(now)))

    def take(self, digest: bytes, now: datetime) -> LoginLink | None:
        """See `Accounts.take`."""
        return _link(self._file.change(_sql.take, digest, micros(now)))

    def begin(self, session: Session) -> None:
        """See `Accounts.begin`."""
        one, times = session, (session.began_at, session.seen_at, session.ends_at)
        row = (one.digest, one.account, one.user, *map(micros, times), one.of_issuer)
        self._file.change(_sql.begin, *row)

    def session(self, digest: bytes, now: datetime) -> Session | None:
        """See `Accounts.session`."""
        found = self._file.rows(_sql.session, digest, micros(now))
        if not found:
            return None
        digest, account, user, began_at, seen_at, ends_at, of_issuer = found[0]
        began_at, seen_at, ends_at = map(moment, (began_at, seen_at, ends_at))
        return Session(digest, account, user, began_at, seen_at, ends_at, of_issuer)

    def seen(self, digest: bytes, at: datetime) -> None:
        """See `Accounts.seen`."""
        with self._file.writing() as connection:
            connection.execute(_sql.session_seen, (digest, micros(at)))
            connection.execute(_sql.token_seen, (digest, micros(at)))

    def end(self, digest: bytes) -> None:
        """See `Accounts.end`."""
        self._file.change(_sql.end_session, digest)

    def end_of_issuer(self, of_issuer: bytes, account: str = "") -> Sequence[str]:
        """See `Accounts.end_of_issuer`."""
        ended = self._file.change(_sql.end_of_issuer, of_issuer, account)
        return sorted({name for (name,) in ended})

    def add_token(self, token: ApiToken) -> bool:
        """See `Accounts.add_token`."""
        one, times = token, map(micros, (token.created_at, token.ends_at))
        row = (one.name, one.digest, int(one.scope), int(one.role), one.by, *times, one.account)
        return bool(self._file.change(_sql.add_token, *row))

    def token(self, digest: bytes, now: datetime) -> ApiToken | None:
        """See `Accounts.token`."""
        found = self._file.rows(_sql.token, digest, micros(now))
        return _token(found[0]) if found else None

    def tokens(self) -> Sequence[ApiToken]:
        """See `Accounts.tokens`."""
        return [_token(row) for row in self._file.rows(_sql.tokens)]

    def revoke(self, name: str) -> bool:
        """See `Accounts.revoke`."""
        return bool(self._file.change(_sql.revoke, name))

    def attempt(self, limits: Mapping[bytes, int], since: datetime, at: datetime) -> Sequence[int]:
        """See `Accounts.attempt`."""
        with self._file.writing() as connection:
            for key, most in limits.items():
                rows: list[Any] = connection.execute(_sql.attempts, (key, micros(since))).fetchall()
                if rows[0][0] >= most:
                    return ()
            connection.execute(_sql.forget_attempts, (micros(since),))  # strangers make many
            notes = [(key, micros(at)) for key in limits]
            noted: list[Any] = connection.executemany(_sql.attempt, notes).fetchall()
            return [int(row[0]) for row in noted]

    def forgive(self, attempts: Sequence[int]) -> None:
        """See `Accounts.forgive`."""
        with self._file.writing() as connection:
            connection.executemany(_sql.forgive, [(number,) for number in attempts])

    def once(self, digest: bytes, at: datetime) -> bool:
        """See `Accounts.once`."""
        return bool(self._file.change(_sql.once, digest, micros(at)))

    def answer(self, digest: bytes, answer: str) -> None:
        """See `Accounts.answer`."""
        self._file.change(_sql.answer, digest, answer)

    def answered(self, digest: bytes) -> str:
        """See `Accounts.answered`."""
        found = self._file.rows(_sql.answered, digest)
        return str(found[0][0]) if found else ""

    def forget_form(self, digest: bytes) -> None:
        """See `Accounts.forget_form`."""
        self._file.change(_sql.forget_form, digest)

    def tidy(self, now: datetime) -> None:
        """See `Accounts.tidy`."""
        with self._file.writing() as connection:
            connection.execute(_sql.forget_links, (micros(now),))
            connection.execute(_sql.forget_sessions, (micros(now),))
            connection.execute(_sql.forget_attempts, (micros(now - _KEPT),))
            connection.execute(_sql.forget_forms, (micros(now - _KEPT),))

    def close(self) -> None:
        """See `Accounts.close`."""
        self._file.close()


def _account(row: tuple[Any, ...]) -> UserAccount:
    name, role, created_at, *rest = row
    return UserAccount(name, UserRole(role), moment(created_at), *rest)


def _link(rows: Sequence[tuple[Any, ...]]) -> LoginLink | None:
    if not rows:
        return None
    digest, account, user, ends_at = rows[0]
    return LoginLink(digest, account, user, moment(ends_at))


def _token(row: tuple[Any, ...]) -> ApiToken:
    name, digest, scope, role, by, created_at, ends_at, seen_at, account = row
    seen = None if seen_at is None else moment(seen_at)
    times = (moment(created_at), moment(ends_at), seen)
    return ApiToken(name, digest, Scope(scope), UserRole(role), by, *times, account)
