"""What can be searched on LEADS, in words."""

import msgspec
from starlette.requests import Request

from leadline.entrypoints.dashboard.dashboard import dashboard_of
from leadline.entrypoints.dashboard.guarding.roles import who_asks
from leadline.installations.embedded import Embedded

_LISTS = "Without a search it lists leads by owner, status, source and time."


class SearchWords(msgspec.Struct, frozen=True):
    """What the empty field says, and for a list in which nothing was found: a title, and `why`,
    which is "" where all texts are searched."""

    field: str = "Name, e-mail, phone, company, id"
    title: str = "No lead matches"
    why: str = ""


_ALL = SearchWords()
_OF_STACK = SearchWords(
    "Id, e-mail, phone or CRM record",
    "No lead has this id, e-mail address, phone number or record",
    "A stack on AWS finds a lead by its id (whole, or its first or last eight digits), a whole "
    "e-mail address, a phone number or the id of its record in the CRM, but not by names, "
    "companies or other words. Leads that still wait to be refined are found by id and record. "
    + _LISTS,
)
_OF_STACK_MASKED = SearchWords(
    "Id, or its last eight digits",
    "No lead has this id",
    "For viewers, a stack on AWS finds a lead by its id (whole, or its first or last eight "
    "digits), but not by names, addresses or other words. " + _LISTS,
)


def search_words(request: Request) -> SearchWords:
    """What whoever makes the request can search."""
    if isinstance(dashboard_of(request).installation, Embedded):
        return _ALL
    return _OF_STACK if who_asks(request).sees_personal_data else _OF_STACK_MASKED
