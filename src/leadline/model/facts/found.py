"""Phone numbers and e-mail addresses that a lead did not give as its own, but that were found in
its message or in a field that was not recognised."""

from leadline.model.lead import RefinedLead

MESSAGE, CUSTOM = "message", "custom"


def found_code(field: str, place: str) -> str:
    """The problem code that says in which place ("message", "custom") a field was found."""
    return f"{field}.found_in_{place}"


def was_found(lead: RefinedLead, field: str) -> bool:
    """Whether "phone" or "email" was found elsewhere. Such a value is shown to people with that
    problem, but is no match key and is not written to the CRM: it may be somebody else's."""
    if not lead.problems:
        return False
    return found_code(field, MESSAGE) in lead.problems or (
        found_code(field, CUSTOM) in lead.problems
    )
