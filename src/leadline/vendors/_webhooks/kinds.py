"""The kind of an event by its name: `lead.updated`, `contact_deleted`, `ping`."""

import re

from leadline.model.lead import Kind

# A verb counts only after a dot, colon or slash, or after the name of a record: `type` may also be
# a visitor's choice in a form ("Address change"), and that is a lead.
_VERB = re.compile(
    r"(?:[\w.:/-]*[.:/]|(?:[\w.-]*[._-])?"
    r"(?:lead|contact|person|customer|record|object|user|account|company|deal|opportunity)[_-])"
    r"(?:(?P<gone>delet(?:ed?|ion)|remov(?:ed?)|destroy(?:ed)?)"
    r"|(?P<new_words>updat(?:ed?)|chang(?:ed?)|modif(?:y|ied)|propertychange))",
    re.IGNORECASE | re.ASCII,
)
_PINGS = frozenset({"ping", "webhook.ping", "webhook.test", "test.ping", "endpoint.ping"})
_LONGEST = 100


def kind_of(*names: object) -> tuple[Kind, str]:
    """The kind of an event with these names, and the reason if it is ignored. Unknown names mean
    CREATED."""
    for name in names:
        if not isinstance(name, str) or len(name) > _LONGEST:
            continue
        if name.strip().lower() in _PINGS:
            return Kind.IGNORED, "ping"
        verb = _VERB.fullmatch(name.strip())
        if verb:
            return (Kind.IGNORED, "deleted") if verb["gone"] else (Kind.UPDATED, "")
    return Kind.CREATED, ""
