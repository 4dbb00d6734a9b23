"""`[crm.NAME]`: a CRM that is asked, and written to; see `settings.crm_kinds` for those of ours."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from leadline.settings.declaration import SettingsStruct, inner_table, setting
from leadline.settings.notations import (
    ANY_URL,
    FILLED,
    PERIOD,
    TEXT,
    WORDS,
    YES_NO,
    choice,
    number_between,
)
from leadline.settings.sources import MAPPED_FIELDS

READ_FIELDS = (*MAPPED_FIELDS[:-1], "owner_name", "owner_email", "ending", "touched", "modified")
"""What `[crm.NAME.read]` may place: fields of a lead, and what else is asked of its record."""
WRITE_FIELDS = (
    "name", "first_name", "last_name", "email", "phone", "company", "title", "country", "website",
    "score", "status", "problems", "duplicate_of", "lead_id", "owner", "claimed_by", "claimed_at",
    "source", "campaign",
)  # fmt: skip
"""What `[crm.NAME.write]` may give back: each to a field by the CRM's own name."""


class AnyCrmConfig(SettingsStruct, frozen=True):
    """What every CRM has (`[crm.SOURCE]` in leadline.toml).

    `kind` is which CRM it is, by default the one that the source is named after. `url` is the base
    of its API where it isn't the vendor's only one. `timeout` bounds one request. `read` places
    fields of a lead (and `owner`, `ending`, `touched`) in the CRM's own fields, as
    `SourceConfig.map` does; `write` places what we learned; of those, `overwrite` may replace what
    people wrote. `endings` says which of the CRM's own words (statuses, stages) mean won, lost or
    disqualified. `look_up` is false where the CRM is not to be asked for owners; `per_second` paces
    what is written.
    """

    kind: str = setting("", "Which CRM it is; empty: the one that the source is named after.", TEXT)
    url: str = setting("", "The base of its API; empty: the vendor's own.", ANY_URL)
    timeout: timedelta = setting("10s", "How long one request may take.", PERIOD)
    overwrite: tuple[str, ...] = setting(
        "",
        "Which fields of `write` may replace what people wrote; all others are written only where "
        "the CRM has nothing, or what we wrote.",
        WORDS,
    )
    look_up: bool = setting("yes", "Whether the CRM is asked for owners and fields.", YES_NO)
    per_second: float = setting(
        "10",
        "How many records a second are written to the CRM; most take one in a request.",
        number_between(0.001, 1000),
    )
    read: Mapping[str, str] = inner_table(READ_FIELDS, "The CRM's own name of the field.", FILLED)
    write: Mapping[str, str] = inner_table(WRITE_FIELDS, "The CRM's own name of the field.", FILLED)
    endings: Mapping[str, str] = inner_table(
        None, "What one of the CRM's own words means.", choice("won", "lost", "disqualified")
    )


class OAuthConfig(AnyCrmConfig, frozen=True):
    """A CRM that takes the tokens of an OAuth app."""

    client_id: str = setting("", "The client id of an OAuth app.", TEXT)
    client_secret: str = setting("", "The client secret of an OAuth app.", TEXT, secret=True)
    refresh_token: str = setting("", "The refresh token of an OAuth app.", TEXT, secret=True)


class TokenOrOAuthConfig(OAuthConfig, frozen=True):
    """A CRM that takes an OAuth app's tokens, or a token that lasts. `ways` are the settings that
    are enough to be let in."""

    ways: ClassVar[tuple[tuple[str, ...], ...]] = (("token",), ("client_id", "refresh_token"))

    token: str = setting("", "The API key or access token.", TEXT, secret=True)

    def missing(self) -> tuple[str, ...]:
        """See `SettingsStruct.missing`; one of the `ways` must be whole."""
        if not self.ways or any(all(getattr(self, n) for n in way) for way in self.ways):
            return super().missing()
        return (*super().missing(), " or ".join(" with ".join(way) for way in self.ways))


class CrmConfig(TokenOrOAuthConfig, frozen=True):
    """What a CRM of another package may have. `token` is an API key, an access token or a password,
    whatever the CRM takes; `user` and `database` stand beside it where it wants them. OAuth uses
    `client_id`, `client_secret` and `refresh_token`. `version` is that of the API."""

    ways: ClassVar[tuple[tuple[str, ...], ...]] = ()

    token: str = setting("", "The API key, access token or password.", TEXT, secret=True)
    user: str = setting("", "The login, where the CRM wants one beside the token.", TEXT)
    database: str = setting("", "The database.", TEXT)
    version: str = setting("", "The version of the API.", TEXT)
