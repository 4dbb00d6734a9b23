"""The labels of a lead's fields."""

from collections.abc import Mapping

from leadline.model.facts.correcting import CUSTOM

LABELS: Mapping[str, str] = {
    "name": "Name",
    "email": "E-mail",
    "phone": "Phone",
    "company": "Company",
    "title": "Job title",
    "country": "Country",
    "website": "Website",
    "message": "Message",
    "source": "Source",
    "campaign": "Campaign",
    "lead_score": "Sender's score",
    "owner": "Owner at refinement",
    "owner_claimed": "Owner named by the sender",
    "crm_url": "In the CRM",
    "crm_record": "CRM record",
}
"""The fields that are shown first, with their labels."""


def label_of_field(name: str) -> str:
    """The label of a field of a lead; a field of the sender is labelled by the sender's name."""
    if name.startswith(CUSTOM):
        return name.removeprefix(CUSTOM)
    return LABELS.get(name, name.replace("_", " ").capitalize())
