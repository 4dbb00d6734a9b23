"""The page of a lead that somebody opened before they had logged in, such as by a link in an alert.

Only the lead's id is carried along, and nothing that could lead elsewhere.
"""

from urllib.parse import urlencode

from starlette.requests import Request

from leadline.model.ids import is_lead_id

LEAD = "lead"
"""The parameter with the id of the lead."""
_PAGE = "/leads/"


def lead_wanted(request: Request) -> str:
    """The id of the lead in the request's address; "" if it names none."""
    return checked_lead(request.query_params.get(LEAD, ""))


def checked_lead(said: str) -> str:
    """The id if it is one, in small letters; else ""."""
    return said.lower() if is_lead_id(said) else ""


def page_wanted(lead_id: str) -> str:
    """Where somebody is led who has logged in: to the lead (see `checked_lead`), or LIVE."""
    return _PAGE + lead_id if lead_id else "/"


def with_lead(path: str, lead_id: str) -> str:
    """The path of a login that leads to the lead, if there is one."""
    return f"{path}?{urlencode({LEAD: lead_id})}" if lead_id else path


def lead_of_page(path: str) -> str:
    """The id of the lead whose page has this path; "" if it is another page."""
    return checked_lead(path.removeprefix(_PAGE)) if path.startswith(_PAGE) else ""
