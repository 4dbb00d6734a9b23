"""People of the sales team."""

import msgspec

from leadline.model.lead import LeadDetails

SLACK_ID = "[UW][A-Z0-9]{2,30}"
"""The pattern of a Slack user id (Slack's OpenAPI description, `defs_user_id`, but bounded)."""


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member of the sales team, as far as known. `id` is their user id in the CRM, `slack` their
    user id in Slack."""

    id: str = ""
    name: str = ""
    email: str = ""
    slack: str = ""

    @property
    def shown(self) -> str:
        """The name to display; "" if nothing is known."""
        return self.name or self.email or self.id or self.slack


def owner_in(details: LeadDetails) -> Person | None:
    """The owner that a refined lead names; None if it names none."""
    if not (details.owner or details.owner_id or details.owner_email):
        return None
    name = details.owner or ""
    email = details.owner_email or (name if "@" in name else "")
    return Person(id=details.owner_id or "", name=name, email=email)


def key_of_person(person: Person) -> str:
    """A text that is the same for all mentions of one person; "" if nothing is known."""
    return person.slack or person.email.lower() or person.id or person.name


def is_same_person(one: Person, other: Person) -> bool:
    """Whether two mentions are of one person: they share a Slack id, an e-mail address or a user id
    in the CRM; where one of them has none of these, the name."""
    mine, theirs = _ids(one), _ids(other)
    return bool(mine & theirs) if mine and theirs else bool(one.name) and one.name == other.name


def _ids(person: Person) -> set[str]:
    return {person.slack, person.email.lower(), person.id} - {""}
