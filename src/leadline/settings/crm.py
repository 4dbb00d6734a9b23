"""`[crm.NAME]`: a CRM that is asked, and written to."""

from collections.abc import Mapping
from datetime import timedelta

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


class CrmConfig(SettingsStruct, frozen=True):
    """How a CRM is reached (`[crm.SOURCE]` in leadline.toml).

    `kind` is which CRM it is, by default the one that the source is named after. `url` is the base
    of its API where it isn't the vendor's only one. `token` is an API key, an access token or a
    password, whatever the CRM takes; `user` and `database` stand beside it where it wants them.
    OAuth uses `client_id`, `client_secret` and `refresh_token`. `version` is that of the API.
    `timeout` bounds one request. `read` places fields of a lead (and `owner`, `ending`, `touched`)
    in the CRM's own fields, as `SourceConfig.map` does; `write` places what we learned; of those,
    `overwrite` may replace what people wrote. `endings` says which of the CRM's own words
    (statuses, stages) mean won, lost or disqualified. `look_up` is false where the CRM is not to be
    asked for owners; `per_second` paces what is written.
    """

    kind: str = setting("", "Which CRM it is; empty: the one that the source is named after.", TEXT)
    url: str = setting(
        "",
        "The base of its API, where the vendor has not one for all; for kind document, where each "
        "is: `https://…/{lead_id}.json` or `file:///…/{lead_id}.json`.",
        ANY_URL,
    )
    token: str = setting("", "The API key, access token or password.", TEXT, secret=True)
    user: str = setting(
        "", "The login, where the CRM wants one beside the token; the account (LinkedIn).", TEXT
    )
    database: str = setting(
        "", "The database (Odoo, Tryton); the object of new records (Attio).", TEXT
    )
    client_id: str = setting("", "The client id of an OAuth app.", TEXT)
    client_secret: str = setting("", "The client secret of an OAuth app.", TEXT, secret=True)
    refresh_token: str = setting("", "The refresh token of an OAuth app.", TEXT, secret=True)
    version: str = setting("", "The version of the API; empty: the one that was tested.", TEXT)
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
