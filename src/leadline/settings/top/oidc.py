"""The top-level settings of logins to the dashboard by OpenID Connect (`[dashboard.oidc]`)."""

from collections.abc import Iterator, Mapping

from leadline.settings.checks.oauth import SECURE_URL, is_secure
from leadline.settings.declaration import setting
from leadline.settings.files import SettingPath
from leadline.settings.notation.notations import SECRETS, TEXT
from leadline.settings.top.dashboard import PARTS_AS_TABLE as BEFORE
from leadline.settings.top.dashboard import DashboardSettings

_AS_TABLE = "In TOML, you can also write `{}` in a table `[dashboard.oidc]`"
_ITEMS = "with an `@` verified e-mail addresses (`ada@example.com`) or domains (`@example.com`)"


class OidcSettings(DashboardSettings, frozen=True):
    """The part of `Settings` that says by which accounts of the company people log in."""

    dashboard_oidc_issuer: str = setting(
        "",
        "The issuer (OpenID Connect) whose accounts log in to the dashboard, exactly as in its "
        f"tokens. {_AS_TABLE.format('issuer')}, and so for the other settings of that name.",
        SECURE_URL,
    )
    dashboard_oidc_client_id: str = setting(
        "", "The id that the issuer gave to the dashboard.", TEXT
    )
    dashboard_oidc_client_secret: str = setting(
        "",
        "The secret that the issuer gave to the dashboard; empty for a client without one.",
        TEXT,
        secret=True,
    )
    dashboard_oidc_name: str = setting(
        "your company's account", 'What the button to log in says after "Log in with".', TEXT
    )
    dashboard_oidc_scope: str = setting(
        "openid email profile",
        "What the issuer is asked for. Okta gives groups only for `groups`, too.",
        TEXT,
    )
    dashboard_oidc_claim: str = setting(
        "groups",
        "The claim of the ID token that decides about the role: a list of texts, or one. A dot "
        "leads into a claim that is an object (`realm_access.roles`).",
        TEXT,
    )
    dashboard_oidc_admins: tuple[str, ...] = setting(
        "", f"Who is an admin: values of the claim, and {_ITEMS}.", SECRETS
    )
    dashboard_oidc_operators: tuple[str, ...] = setting(
        "", "Who is an operator, as of `dashboard_oidc_admins`.", SECRETS
    )
    dashboard_oidc_viewers: tuple[str, ...] = setting(
        "",
        "Who is a viewer, as of `dashboard_oidc_admins`. Who is in several lists has the highest "
        "role, and who is in none is refused.",
        SECRETS,
    )


OIDC_AS_TABLE: Mapping[tuple[str, ...], str] = {
    ("dashboard", "oidc", name): f"dashboard_oidc_{name}"
    for name in (
        "issuer",
        "client_id",
        "client_secret",
        "name",
        "scope",
        "claim",
        "admins",
        "operators",
        "viewers",
    )
}
"""The settings that can also be written in a table: `[dashboard.oidc] issuer` and the others."""

PARTS_AS_TABLE: Mapping[tuple[str, ...], str] = {**BEFORE, **OIDC_AS_TABLE}
"""Those of this part of `Settings` and of the parts before it."""

_ROLES = ("admins", "operators", "viewers")


def wrong_oidc(settings: OidcSettings) -> Iterator[tuple[SettingPath, str]]:
    """The path of each of these settings that cannot be, with the error message."""
    if not settings.dashboard_oidc_issuer:
        for name in ("client_id", "client_secret", *_ROLES):
            if getattr(settings, f"dashboard_oidc_{name}"):
                yield (f"dashboard_oidc_{name}",), "it needs a `dashboard_oidc_issuer`"
        return
    if lacking := list(_lacking(settings)):
        yield ("dashboard_oidc_issuer",), "; ".join(lacking)
    if "openid" not in settings.dashboard_oidc_scope.split():
        yield ("dashboard_oidc_scope",), "it needs `openid`, without which no ID token comes"


def _lacking(settings: OidcSettings) -> Iterator[str]:
    """What an issuer needs besides and has not."""
    if not settings.dashboard_oidc_client_id:
        yield "it needs a `dashboard_oidc_client_id`"
    if not any(getattr(settings, f"dashboard_oidc_{name}") for name in _ROLES):
        yield (
            "nobody could log in: name who has which role in `dashboard_oidc_admins`, "
            "`dashboard_oidc_operators` or `dashboard_oidc_viewers`"
        )
    if not is_secure(settings.dashboard_url):
        yield (
            "it needs a `dashboard_url` with https:// (http:// only on this machine), to which the "
            "issuer sends browsers back"
        )
