"""A person of the sales team, and whose a lead is."""

import msgspec

from leadline.model.lead import LeadDetails


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody of the sales team, as far as known: `id` is the CRM's, `slack` that of Slack."""

    id: str = ""
    name: str = ""
    email: str = ""
    slack: str = ""

    @property
    def shown(self) -> str:
        """What to call them; "" when nothing is known."""
        return self.name or self.email or self.id or self.slack


def owner_in(details: LeadDetails) -> Person | None:
    """The owner whom a refined lead names."""
    if not (details.owner or details.owner_id or details.owner_email):
        return None
    name = details.owner or ""
    email = details.owner_email or (name if "@" in name else "")
    return Person(id=details.owner_id or "", name=name, email=email)


def key_of_person(person: Person) -> str:
    """By what two mentions of somebody are known to be the same; "" when nothing is known."""
    return person.slack or person.email.lower() or person.id or person.name
