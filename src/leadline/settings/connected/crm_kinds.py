"""The settings of each kind of CRM in this package, named like its folder in `vendors`."""

from collections.abc import Mapping
from typing import ClassVar

from leadline.settings.connected.crm import AnyCrmConfig, CrmConfig, OAuthConfig, TokenOrOAuthConfig
from leadline.settings.declaration import setting
from leadline.settings.notation.notations import ANY_URL, TEXT

_VERSION = "The version of the API; empty: the tested one."


class AttioConfig(AnyCrmConfig, frozen=True):
    """Attio, with an access token."""

    kind: str = "attio"
    token: str = setting("", "An access token of the workspace.", TEXT, secret=True, needed=True)
    database: str = setting("", "The object whose new records are leads; empty: people.", TEXT)


class CloseConfig(TokenOrOAuthConfig, frozen=True):
    """Close, with an API key or OAuth."""

    kind: str = "close"
    token: str = setting("", 'An API key; with `user = "oauth"` an OAuth token.', TEXT, secret=True)
    user: str = setting("", "`oauth` if `token` is an OAuth token.", TEXT)


class CopperConfig(AnyCrmConfig, frozen=True):
    """Copper, with an API key."""

    kind: str = "copper"
    token: str = setting("", "An API key.", TEXT, secret=True, needed=True)
    user: str = setting("", "The e-mail address of the API key's user.", TEXT, needed=True)


class DocumentConfig(AnyCrmConfig, frozen=True):
    """A folder or web server with one JSON document per lead."""

    kind: str = "document"
    url: str = setting(
        "",
        "The URL of a document: `https://…/{lead_id}.json` or `file:///…/{lead_id}.json`.",
        ANY_URL,
        needed=True,
    )
    token: str = setting("", "The bearer token; empty: none.", TEXT, secret=True)


class HubSpotConfig(TokenOrOAuthConfig, frozen=True):
    """HubSpot, with a service key, a private app's token or OAuth."""

    kind: str = "hubspot"
    token: str = setting("", "A service key or a private app's token.", TEXT, secret=True)
    version: str = setting("", _VERSION, TEXT)


class LinkedInConfig(TokenOrOAuthConfig, frozen=True):
    """LinkedIn lead forms, with an access token or OAuth."""

    ways: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("token",),
        ("client_id", "client_secret", "refresh_token"),
    )

    kind: str = "linkedin"
    user: str = setting("", "The account in which `reconcile` looks for leads, as a URN.", TEXT)
    version: str = setting("", _VERSION, TEXT)


class MetaConfig(AnyCrmConfig, frozen=True):
    """Meta lead ads, with a page's token."""

    kind: str = "meta"
    token: str = setting(
        "", "The page's token, with `leads_retrieval`.", TEXT, secret=True, needed=True
    )
    client_secret: str = setting(
        "", "The app's secret, if the app requires `appsecret_proof`.", TEXT, secret=True
    )
    version: str = setting("", _VERSION, TEXT)


class OdooConfig(AnyCrmConfig, frozen=True):
    """Odoo, with a user's API key."""

    kind: str = "odoo"
    url: str = setting("", "The URL of the server.", ANY_URL, needed=True)
    database: str = setting("", "The name of the database.", TEXT, needed=True)
    user: str = setting("", "The user name.", TEXT, needed=True)
    token: str = setting("", "An API key or the password.", TEXT, secret=True, needed=True)


class PipedriveConfig(TokenOrOAuthConfig, frozen=True):
    """Pipedrive, with a user's API token or OAuth."""

    kind: str = "pipedrive"
    token: str = setting("", "The API token of a user who sees all leads.", TEXT, secret=True)


class SalesforceConfig(TokenOrOAuthConfig, frozen=True):
    """Salesforce, with an app's client credentials or refresh token, or a session's token."""

    ways: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("client_id", "client_secret"),
        ("client_id", "refresh_token"),
        ("token",),
    )

    kind: str = "salesforce"
    url: str = setting("", "Your domain, `https://….my.salesforce.com`.", ANY_URL, needed=True)
    token: str = setting("", "An access token; it expires with its session.", TEXT, secret=True)
    version: str = setting("", _VERSION, TEXT)


class TrytonConfig(AnyCrmConfig, frozen=True):
    """Tryton, with a user's password."""

    kind: str = "tryton"
    url: str = setting("", "The URL of the server.", ANY_URL, needed=True)
    database: str = setting("", "The name of the database.", TEXT, needed=True)
    user: str = setting("", "The user name.", TEXT, needed=True)
    token: str = setting("", "The password.", TEXT, secret=True, needed=True)


class ZohoConfig(OAuthConfig, frozen=True):
    """Zoho CRM, with OAuth."""

    kind: str = "zoho"
    url: str = setting("", "The API URL of your data centre; empty: the US one.", ANY_URL)
    client_id: str = setting("", "The client id of a Zoho self client.", TEXT, needed=True)
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
"""The settings of a CRM, by its kind; "" is a CRM that another package adds."""
