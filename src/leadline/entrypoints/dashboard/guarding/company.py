"""Who somebody is that an issuer has logged in (OpenID Connect): their role and their account."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec
from starlette.exceptions import HTTPException

from leadline.entrypoints.dashboard.dashboard import Dashboard, note_action
from leadline.entrypoints.dashboard.guarding.access import LOGIN_BY_ISSUER
from leadline.entrypoints.dashboard.guarding.logins import is_account_name
from leadline.entrypoints.dashboard.guarding.roles import Who
from leadline.entrypoints.dashboard.guarding.sessions import who_has_account
from leadline.model.staff.accounts import UserAccount, UserRole
from leadline.net.oauth.code_flow import LoginClient
from leadline.net.oauth.id_tokens import Identity
from leadline.settings.top.general import Settings

RETURN = f"{LOGIN_BY_ISSUER}/return"
"""Where the issuer sends browsers back to."""
_GOOGLE, _GMAIL = "https://accounts.google.com", ("gmail.com", "googlemail.com")
_TRIES = 3
_LONGEST_NAME = 90


class NoRole(Exception):
    """The settings give no role to whom the issuer has logged in. The text is their address or
    name, "" if nothing is known that can be shown."""


def client_of(settings: Settings) -> LoginClient | None:
    """The dashboard as client of its issuer; None if the settings name none. Where browsers come
    back to follows from the settings alone, never from what a request says."""
    if not settings.dashboard_oidc_issuer:
        return None
    return LoginClient(
        settings.dashboard_oidc_issuer,
        settings.dashboard_oidc_client_id,
        settings.dashboard_oidc_client_secret,
        settings.dashboard_oidc_scope,
        settings.dashboard_url + RETURN,
    )


def account_logged_in(dashboard: Dashboard, identity: Identity) -> UserAccount:
    """The account of whom the issuer has logged in, with the role that they have now: it is made at
    their first login. Without a role, whatever logs in to their account ends: raises NoRole. Raises
    HTTPException (409) if others keep changing it."""
    role = role_of(dashboard.settings, identity)
    if role is None:
        _shut_out(dashboard, identity)
        raise NoRole(identity.email or identity.username[:_LONGEST_NAME])
    for _ in range(_TRIES):  # others may change it meanwhile
        if account := _found_or_made(dashboard, identity, role):
            return account
    raise HTTPException(409, "Your account was changed meanwhile: log in again.")


def role_of(settings: Settings, identity: Identity) -> UserRole | None:
    """The highest role that the settings give to whom the issuer has logged in; None for none."""
    given = {
        UserRole.ADMIN: settings.dashboard_oidc_admins,
        UserRole.OPERATOR: settings.dashboard_oidc_operators,
        UserRole.VIEWER: settings.dashboard_oidc_viewers,
    }
    values = _values(identity.claims, settings.dashboard_oidc_claim)
    email = email_of(identity)
    return next((r for r, named in given.items() if _is_named(named, values, email)), None)


def email_of(identity: Identity) -> str:
    """The verified e-mail address. Google also verifies addresses of other mail servers, which may
    belong to somebody else by now, and does not answer for them (developers.google.com, "Verify the
    Google ID token on your server side")."""
    domain = identity.email.partition("@")[2]
    if not domain or "@" in domain:
        return ""
    if identity.issuer == _GOOGLE and domain not in _GMAIL and not identity.claims.get("hd"):
        return ""
    return identity.email


def _is_named(named: Sequence[str], values: Sequence[str], email: str) -> bool:
    for one in named:
        if "@" not in one:
            if one in values:
                return True
        elif email and one.lower() in (email, f"@{email.rpartition('@')[2]}"):
            return True
    return False


def _values(claims: Mapping[str, Any], name: str) -> Sequence[str]:
    """The texts of a claim; of one that has a dot and is not there, those of the claim within."""
    found: Any = claims.get(name)
    if found is None and "." in name:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, dict) else None
    several = found if isinstance(found, list) else [found]
    return [one for one in several if isinstance(one, str)]


def _found_or_made(dashboard: Dashboard, identity: Identity, role: UserRole) -> UserAccount | None:
    """The account with this role; None if somebody else changed it meanwhile."""
    book = dashboard.book
    known = book.account_of(identity.issuer, identity.subject)
    if known is None:
        made = _new_account(dashboard, identity, role)
        if not book.add(made):
            return None
        _note(dashboard, made, "account.added")
        return made
    if known.role == role:
        return known
    after = msgspec.structs.replace(known, role=role)
    if not book.change(after, known):
        return None
    _note(dashboard, after, "account.changed")
    return after


def _note(dashboard: Dashboard, account: UserAccount, action: str) -> None:
    detail = f"{account.role.word} by the issuer"
    note_action(dashboard, who_has_account(account), action, account.name, detail)


def _new_account(dashboard: Dashboard, identity: Identity, role: UserRole) -> UserAccount:
    people, email = dashboard.settings.people, email_of(identity)
    persons = [name for name, one in people.items() if email and one.email.lower() == email]
    person = persons[0] if len(persons) == 1 else ""
    taken = {one.name for one in dashboard.book.accounts()} | set(people) - {person}
    name = next(one for one in _names(identity) if one not in taken)
    zone = (people[person].zone if person else "") or "UTC"
    return UserAccount(
        name, role, dashboard.clock(), person=person, zone=zone,
        issuer=identity.issuer, subject=identity.subject,
    )  # fmt: skip


def _names(identity: Identity) -> Iterator[str]:
    """Names that the account could have. Another account and other people of the team keep theirs:
    whoever has a name acts by it."""
    wanted = [email_of(identity), identity.username.lower()]
    usual = next((one for one in wanted if is_account_name(one)), "")[:_LONGEST_NAME]
    usual = usual or _name_of_stranger(identity)
    yield usual
    yield from (f"{usual}-{number}" for number in range(2, 1000))
    yield _name_of_stranger(identity)


def _name_of_stranger(identity: Identity) -> str:
    digest = sha256(f"{identity.issuer} {identity.subject}".encode()).hexdigest()
    return f"user-{digest[:12]}"


def _shut_out(dashboard: Dashboard, identity: Identity) -> None:
    known = dashboard.book.account_of(identity.issuer, identity.subject)
    if known is not None:
        dashboard.book.shut_out(known.name)
        who = who_has_account(known)
    else:
        who = Who(email_of(identity) or _name_of_stranger(identity), UserRole.VIEWER)
    note_action(dashboard, who, "dashboard.login_refused", detail="no role")
