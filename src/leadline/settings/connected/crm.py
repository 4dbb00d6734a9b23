"""`[crm.NAME]`: a CRM that is read from and written to; `settings.connected.crm_kinds` has each
kind."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from leadline.settings.connected.sources import MAPPED_FIELDS
from leadline.settings.declaration import SettingsStruct, inner_table, setting
from leadline.settings.notation.notations import (
    ANY_URL,
    FILLED,
    PERIOD,
    TEXT,
    WORDS,
    YES_NO,
    choice,
    number_between,
)

READ_FIELDS = (
    *MAPPED_FIELDS[:-1], "owner_name", "owner_email", "ending", "touched", "modified", "value",
)  # fmt: skip
"""The names allowed in `[crm.NAME.read]`: fields of a lead, and other facts read from its
record."""
WRITE_FIELDS = (
    "name", "first_name", "last_name", "email", "phone", "company", "title", "country", "website",
    "score", "score_reasons", "status", "problems", "duplicate_of", "lead_id", "owner",
    "claimed_by", "claimed_at", "source", "campaign",
)  # fmt: skip
"""The names allowed in `[crm.NAME.write]`: the values that can be written to a CRM field."""


class AnyCrmConfig(SettingsStruct, frozen=True):
    """The settings of every CRM (`[crm.SOURCE]` in leadline.toml).

    `kind` is which CRM it is; by default the source's name. `url` is the base URL of its API, if
    the vendor has several. `timeout` limits one request.
    `read` maps fields of a lead (and `owner`, `ending`, `touched`) to the CRM's field names, as
    `SourceConfig.map` does for webhooks. `write` maps refined values to the fields that they are
    written to; those listed in `overwrite` may replace what people wrote.
    `endings` maps the CRM's own statuses or stages to won, lost or disqualified. `look_up` is
    false if the CRM is not to be asked for owners. `per_second` limits the rate of writes.
    """

    kind: str = setting("", "The kind of CRM; empty: the one named like the source.", TEXT)
    url: str = setting("", "The base URL of its API; empty: the vendor's own.", ANY_URL)
    timeout: timedelta = setting("10s", "The timeout of one request.", PERIOD)
    overwrite: tuple[str, ...] = setting(
        "",
        "The fields of `write` that may replace what people wrote. All others are written only if "
        "the CRM's field is empty or holds what Leadline wrote.",
        WORDS,
    )
    look_up: bool = setting("yes", "Whether owners and fields are looked up in the CRM.", YES_NO)
    per_second: float = setting(
        "10",
        "Records per second that are written to the CRM; most CRMs take one record per request.",
        number_between(0.001, 1000),
    )
    read: Mapping[str, str] = inner_table(READ_FIELDS, "The CRM's own name of the field.", FILLED)
    write: Mapping[str, str] = inner_table(
        WRITE_FIELDS, "The CRM's own name of the field to write to.", FILLED
    )
    endings: Mapping[str, str] = inner_table(
        None, "The meaning of a status or stage.", choice("won", "lost", "disqualified")
    )


class OAuthConfig(AnyCrmConfig, frozen=True):
    """A CRM with authentication by an OAuth app."""

    client_id: str = setting("", "The client id of an OAuth app.", TEXT)
    client_secret: str = setting("", "The client secret of an OAuth app.", TEXT, secret=True)
    refresh_token: str = setting("", "The refresh token of an OAuth app.", TEXT, secret=True)


class TokenOrOAuthConfig(OAuthConfig, frozen=True):
    """A CRM with authentication by an OAuth app or a permanent token. `ways` are the alternative
    sets of settings, one of which must be complete."""

    ways: ClassVar[tuple[tuple[str, ...], ...]] = (("token",), ("client_id", "refresh_token"))

    token: str = setting("", "The API key or access token.", TEXT, secret=True)

    def missing(self) -> tuple[str, ...]:
        """See `SettingsStruct.missing`; one of the `ways` must be complete."""
        if not self.ways or any(all(getattr(self, n) for n in way) for way in self.ways):
            return super().missing()
        return (*super().missing(), " or ".join(" with ".join(way) for way in self.ways))


class CrmConfig(TokenOrOAuthConfig, frozen=True):
    """The settings of a CRM that another package adds. `token` is an API key, an access token or a
    password, with `user` and `database` if the CRM requires them. OAuth uses `client_id`,
    `client_secret` and `refresh_token`. `version` is the version of the API."""

    ways: ClassVar[tuple[tuple[str, ...], ...]] = ()

    token: str = setting("", "The API key, access token or password.", TEXT, secret=True)
    user: str = setting("", "The user name, if the CRM requires one with the token.", TEXT)
    database: str = setting("", "The database.", TEXT)
    version: str = setting("", "The version of the API.", TEXT)
