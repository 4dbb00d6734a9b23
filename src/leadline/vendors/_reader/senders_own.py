"""The members of an object that describe the sender's own records or account, not the lead."""

from collections.abc import Mapping
from typing import Any

_NOTHING: frozenset[str] = frozenset()
_NAMES_OF_DOCUMENTS = (
    "lead_name", "first_name", "full_name", "customer_name", "contact_name", "company_name",
)  # fmt: skip
_COMPANIES_OF_DOCUMENTS = ("company_name", "organization", "organization_name")
_INBOXES = ("inbox", "conversation", "additional_attributes", "inbox_id")


def senders_own(members: Mapping[str, Any]) -> frozenset[str]:
    """The keys of *members* that never describe the lead.

    In a document of Frappe or ERPNext (it has a `doctype`), `owner` is who created it, `title` its
    heading, `name` its id, and `company` the company that runs ERPNext (Frappe docs, "DocType";
    ERPNext docs, "Lead"). In an event of Chatwoot, `account` is its customer (Chatwoot docs,
    "Webhook events").
    """
    if "doctype" in members:
        found = {"owner", "title"}
        if any(key in members for key in _NAMES_OF_DOCUMENTS) or _is_id(members.get("name")):
            found.add("name")
        if any(key in members for key in _COMPANIES_OF_DOCUMENTS):
            found.add("company")
        return frozenset(found)
    if "account" in members and any(key in members for key in _INBOXES):
        return frozenset({"account"})
    return _NOTHING


def _is_id(value: object) -> bool:
    return isinstance(value, str) and any(c.isdecimal() for c in value)
