"""`[crm.NAME]`: a CRM that is asked, and written to."""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from leadline.settings.declaration import Declaration
from leadline.settings.notations import ANY_URL, PERIOD, TEXT, WORDS, YES_NO, number_between
from leadline.settings.sources import MAPPED_FIELDS


class CrmConfig(msgspec.Struct, frozen=True):
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

    kind: str = ""
    url: str = ""
    token: str = ""
    user: str = ""
    database: str = ""
    client_id: str = ""
    client_secret: str = ""
    refresh_token: str = ""
    version: str = ""
    timeout: timedelta = timedelta(seconds=10)
    read: Mapping[str, str] = {}
    write: Mapping[str, str] = {}
    overwrite: tuple[str, ...] = ()
    endings: Mapping[str, str] = {}
    look_up: bool = True
    per_second: float = 10.0

    def __repr__(self) -> str:
        """All but the secrets, which must not reach a log through a printed value."""
        secrets = ("token", "client_secret", "refresh_token")
        shown = [f"{n}={getattr(self, n)!r}" for n in self.__struct_fields__ if n not in secrets]
        return f"CrmConfig({', '.join(shown)})"


READ_FIELDS = (*MAPPED_FIELDS[:-1], "owner_name", "owner_email", "ending", "touched", "modified")
"""What `[crm.NAME.read]` may place: fields of a lead, and what else is asked of its record."""
WRITE_FIELDS = (
    "name", "first_name", "last_name", "email", "phone", "company", "title", "country", "website",
    "score", "status", "problems", "duplicate_of", "lead_id", "owner", "claimed_by", "claimed_at",
    "source", "campaign",
)  # fmt: skip
"""What `[crm.NAME.write]` may give back: each to a field by the CRM's own name."""

CRM_SETTINGS: Mapping[str, Declaration] = {
    "kind": Declaration(
        "", "Which CRM it is; empty: the one that the source is named after.", TEXT
    ),
    "url": Declaration(
        "",
        "The base of its API, where the vendor has not one for all; for kind document, where each "
        "is: `https://…/{lead_id}.json` or `file:///…/{lead_id}.json`.",
        ANY_URL,
    ),
    "token": Declaration("", "The API key, access token or password.", TEXT, secret=True),
    "user": Declaration(
        "", "The login, where the CRM wants one beside the token; the account (LinkedIn).", TEXT
    ),
    "database": Declaration(
        "", "The database (Odoo, Tryton); the object of new records (Attio).", TEXT
    ),
    "client_id": Declaration("", "The client id of an OAuth app.", TEXT),
    "client_secret": Declaration("", "The client secret of an OAuth app.", TEXT, secret=True),
    "refresh_token": Declaration("", "The refresh token of an OAuth app.", TEXT, secret=True),
    "version": Declaration("", "The version of the API; empty: the one that was tested.", TEXT),
    "timeout": Declaration("10s", "How long one request may take.", PERIOD),
    "overwrite": Declaration(
        "",
        "Which fields of `write` may replace what people wrote; all others are written only where "
        "the CRM has nothing, or what we wrote.",
        WORDS,
    ),
    "look_up": Declaration("yes", "Whether the CRM is asked for owners and fields.", YES_NO),
    "per_second": Declaration(
        "10",
        "How many records a second are written to the CRM; most take one in a request.",
        number_between(0.001, 1000),
    ),
}
"""The settings of each CRM; the names are the attributes of `settings.crm.CrmConfig`."""
