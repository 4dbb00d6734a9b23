"""The settings of each kind of CRM of this package, by the folder's name in `vendors`."""

from collections.abc import Mapping
from typing import ClassVar

from leadline.settings.crm import AnyCrmConfig, CrmConfig, OAuthConfig, TokenOrOAuthConfig
from leadline.settings.declaration import setting
from leadline.settings.notations import ANY_URL, TEXT

_VERSION = "The version of the API; empty: the one that was tested."


class AttioConfig(AnyCrmConfig, frozen=True):
    """Attio, by an access token."""

    kind: str = "attio"
    token: str = setting("", "An access token of the workspace.", TEXT, secret=True, needed=True)
    database: str = setting("", "The object of new records; empty: people.", TEXT)


class CloseConfig(TokenOrOAuthConfig, frozen=True):
    """Close, by an API key or OAuth."""

    kind: str = "close"
    token: str = setting("", 'An API key; with `user = "oauth"` an OAuth token.', TEXT, secret=True)
    user: str = setting("", "`oauth` where `token` is one of OAuth.", TEXT)


class CopperConfig(AnyCrmConfig, frozen=True):
    """Copper, by an API key."""

    kind: str = "copper"
    token: str = setting("", "An API key.", TEXT, secret=True, needed=True)
    user: str = setting("", "The e-mail address of the user whose key it is.", TEXT, needed=True)


class DocumentConfig(AnyCrmConfig, frozen=True):
    """A JSON document for each lead."""

    kind: str = "document"
    url: str = setting(
        "",
        "Where each document is: `https://…/{lead_id}.json` or `file:///…/{lead_id}.json`.",
        ANY_URL,
        needed=True,
    )
    token: str = setting("", "Sent as a bearer token; empty: none.", TEXT, secret=True)


class HubSpotConfig(TokenOrOAuthConfig, frozen=True):
    """HubSpot, by a service key, a private app's token or OAuth."""

    kind: str = "hubspot"
    token: str = setting("", "A service key, or a private app's token.", TEXT, secret=True)
    version: str = setting("", _VERSION, TEXT)


class LinkedInConfig(TokenOrOAuthConfig, frozen=True):
    """LinkedIn's lead forms, by an access token or OAuth."""

    ways: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("token",),
        ("client_id", "client_secret", "refresh_token"),
    )

    kind: str = "linkedin"
    user: str = setting("", "The account whose leads `reconcile` looks for, as a URN.", TEXT)
    version: str = setting("", _VERSION, TEXT)


class MetaConfig(AnyCrmConfig, frozen=True):
    """Meta's lead ads, by the token of a page."""

    kind: str = "meta"
    token: str = setting(
        "", "The page's token, with `leads_retrieval`.", TEXT, secret=True, needed=True
    )
    client_secret: str = setting(
        "", "The app's secret, where the app requires a proof of it.", TEXT, secret=True
    )
    version: str = setting("", _VERSION, TEXT)


class OdooConfig(AnyCrmConfig, frozen=True):
    """Odoo, by the API key of a user."""

    kind: str = "odoo"
    url: str = setting("", "The server.", ANY_URL, needed=True)
    database: str = setting("", "The database.", TEXT, needed=True)
    user: str = setting("", "The login.", TEXT, needed=True)
    token: str = setting("", "An API key, or the password.", TEXT, secret=True, needed=True)


class PipedriveConfig(TokenOrOAuthConfig, frozen=True):
    """Pipedrive, by the API token of a user or OAuth."""

    kind: str = "pipedrive"
    token: str = setting("", "The API token of a user who sees all leads.", TEXT, secret=True)


class SalesforceConfig(TokenOrOAuthConfig, frozen=True):
    """Salesforce, by an app's client credentials or refresh token, or a session's token."""

    ways: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("client_id", "client_secret"),
        ("client_id", "refresh_token"),
        ("token",),
    )

    kind: str = "salesforce"
    url: str = setting("", "Your domain, `https://….my.salesforce.com`.", ANY_URL, needed=True)
    token: str = setting("", "An access token, which ends with its session.", TEXT, secret=True)
    version: str = setting("", _VERSION, TEXT)


class TrytonConfig(AnyCrmConfig, frozen=True):
    """Tryton, by the password of a user."""

    kind: str = "tryton"
    url: str = setting("", "The server.", ANY_URL, needed=True)
    database: str = setting("", "The database.", TEXT, needed=True)
    user: str = setting("", "The login.", TEXT, needed=True)
    token: str = setting("", "The password.", TEXT, secret=True, needed=True)


class ZohoConfig(OAuthConfig, frozen=True):
    """Zoho CRM, by OAuth alone."""

    kind: str = "zoho"
    url: str = setting("", "The API of your data centre; empty: that of the US.", ANY_URL)
    client_id: str = setting("", "The client id of a self client.", TEXT, needed=True)
    client_secret: str = setting("", "Its client secret.", TEXT, secret=True, needed=True)
    refresh_token: str = setting("", "Its refresh token.", TEXT, secret=True, needed=True)
    version: str = setting("", _VERSION, TEXT)


CRM_KINDS: Mapping[str, type[AnyCrmConfig]] = {
    "": CrmConfig,
    "attio": AttioConfig,
    "close": CloseConfig,
    "copper": CopperConfig,
    "document": DocumentConfig,
    "hubspot": HubSpotConfig,
    "linkedin": LinkedInConfig,
    "meta": MetaConfig,
    "odoo": OdooConfig,
    "pipedrive": PipedriveConfig,
    "salesforce": SalesforceConfig,
    "tryton": TrytonConfig,
    "zoho": ZohoConfig,
}
"""What a CRM becomes, by its kind; "" is one that another package adds."""
