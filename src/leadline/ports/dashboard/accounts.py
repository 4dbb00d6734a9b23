"""The protocol of what is kept of accounts of the dashboard."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from leadline.model.staff.accounts import ApiToken, LoginLink, Session, UserAccount
from leadline.ports.dashboard.kept_jobs import KeptJobs
from leadline.ports.dashboard.saved_views import SavedViews


class Accounts(Protocol):
    """Keeps accounts, logins and tokens of programs. Methods that change something return when it
    is on the disk; all raise StorageFull or StorageFailed."""

    @property
    def views(self) -> SavedViews:
        """The saved views of the list of leads."""

    @property
    def jobs(self) -> KeptJobs:
        """The jobs of the dashboard, which outlive its process."""

    def account(self, name: str) -> UserAccount | None:
        """The account of this name."""

    def account_of(self, issuer: str, subject: str) -> UserAccount | None:
        """The account of whom an issuer knows by this subject."""

    def accounts(self) -> Sequence[UserAccount]:
        """All accounts by name."""

    def add(self, account: UserAccount) -> bool:
        """Add an account; False if there is one of that name, or of its issuer and subject."""

    def change(self, account: UserAccount, before: UserAccount | None = None) -> bool:
        """Replace the account of that name, but for its issuer and subject; False if there is none,
        or if it is not *before* any more. With another password or role all its sessions and links
        end; with a lower role also the links that it made, and logins by them."""

    def log_out(self, name: str) -> None:
        """End all sessions and links of an account; its tokens stay good."""

    def shut_out(self, name: str) -> None:
        """End an account's sessions, links and tokens, the links that it made and logins by them;
        the account stays."""

    def remove(self, name: str) -> bool:
        """Remove an account with its sessions, links, tokens and private views, the links that it
        made and logins by them; False if there is none. Its shared views stay, without it."""

    def offer(self, link: LoginLink) -> None:
        """Keep a link."""

    def link(self, digest: bytes, now: datetime) -> LoginLink | None:
        """The link, which stays good; None if it was used, has ended, or never was."""

    def take(self, digest: bytes, now: datetime) -> LoginLink | None:
        """Use a link up: of many who try at once, one gets it."""

    def begin(self, session: Session) -> None:
        """Keep a session."""

    def session(self, digest: bytes, now: datetime) -> Session | None:
        """The session; None if it has ended."""

    def seen(self, digest: bytes, at: datetime) -> None:
        """Note when a session or a token was used."""

    def end(self, digest: bytes) -> None:
        """End a session."""

    def end_of_issuer(self, of_issuer: bytes, account: str = "") -> Sequence[str]:
        """End the sessions that belong to a session at an issuer (`Session.of_issuer`), those of
        *account* alone if it is given; of that account also logins without a link of which no
        session at the issuer is known. Returns the accounts whose sessions ended."""

    def add_token(self, token: ApiToken) -> bool:
        """Add a token; False if there is one of that name that has not ended."""

    def token(self, digest: bytes, now: datetime) -> ApiToken | None:
        """The token; None if it has ended. Its role is no higher than that of the account that
        made it is now."""

    def tokens(self) -> Sequence[ApiToken]:
        """All tokens that were not revoked, by name; also those that have ended. Roles are
        those of `token`."""

    def revoke(self, name: str) -> bool:
        """Remove the token of this name; False if there is none."""

    def attempt(self, limits: Mapping[bytes, int], since: datetime, at: datetime) -> Sequence[int]:
        """Note an attempt to log in under these keys, unless under one of them there were as many
        as its limit since then; notes of before are forgotten. Returns the numbers of the notes,
        none if it was refused."""

    def forgive(self, attempts: Sequence[int]) -> None:
        """Remove the notes with these numbers, since the attempt succeeded."""

    def once(self, digest: bytes, at: datetime) -> bool:
        """Whether this is the first time that this is asked of the digest (of a form)."""

    def answer(self, digest: bytes, answer: str) -> None:
        """Keep what the form of this digest was answered."""

    def answered(self, digest: bytes) -> str:
        """What the form of this digest was answered; "" if nothing is known of it yet."""

    def forget_form(self, digest: bytes) -> None:
        """Let the form of this digest be sent again, since nothing came of it."""

    def tidy(self, now: datetime) -> None:
        """Remove links and sessions that have ended, and what is older than a day."""

    def close(self) -> None:
        """Close what is open."""
