"""What the name of an event says: `lead.updated`, `contact_deleted`, `ping`."""

import re

from leadline.lead import Kind

_DELETED = re.compile(r"[._ /:-](delet(e|ed|ion)|remov(e|ed)|destroy(ed)?)$", re.IGNORECASE)
_UPDATED = re.compile(r"[._ /:-](updat(e|ed)|chang(e|ed)|modif(y|ied))$", re.IGNORECASE)
_PINGS = frozenset({"ping", "webhook.ping", "test", "webhook.test", "test.ping", "endpoint.ping"})


def kind_of(event_type: object) -> tuple[Kind, str]:
    """The kind of an event of this name, and why it is ignored if it is; unknown names are new."""
    if not isinstance(event_type, str):
        return Kind.CREATED, ""
    name = event_type.strip()
    if name.lower() in _PINGS:
        return Kind.IGNORED, "ping"
    if _DELETED.search(name):
        return Kind.IGNORED, "deleted"
    if _UPDATED.search(name):
        return Kind.UPDATED, ""
    return Kind.CREATED, ""
