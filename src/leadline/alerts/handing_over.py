"""Whose lead it was: the owner whom a channel was told of before the present one."""

from leadline.kit import Kit, known
from leadline.model.handling import Ending
from leadline.model.staff.people import Person, key_of_person, owner_in
from leadline.model.task import Alert
from leadline.ports.channel import Notice

NEWS = "owner/1"
"""The template of second messages; their `Alert.ref` is the key of the lead's holder."""
_FOR = " for "
_OF = " of "


def template_with_owner(template: str, owner: Person | None, instead_of: str = "") -> str:
    """The `Alert.template` that also records the channel in whose place the alert was sent and the
    owner it named: "new_lead/1 for slack of U012ABCDEF"."""
    stood_in = f"{template}{_FOR}{instead_of}" if instead_of else template
    return f"{stood_in}{_OF}{key_of_person(owner)}" if owner else stood_in


def owner_in_template(template: str) -> str:
    """The owner that a template records (`key_of_person`); "" for none."""
    return template.partition(_OF)[2]


def replaced_channel(template: str) -> str:
    """The channel in whose place an alert of this template was sent; "" for none."""
    return template.partition(_OF)[0].partition(_FOR)[2]


def owner_named(alert: Alert) -> str:
    """The owner whom an alert named (`key_of_person`); "" if it named nobody."""
    return owner_in_template(alert.template)


def former_owner(kit: Kit, notice: Notice) -> Person | None:
    """The owner whom the channel was told of last, if the lead has another one now; None otherwise,
    and for one who is not known any more, or a lead that somebody claimed."""
    handling, owner = notice.handling, notice.owner
    if owner is None or handling.claimed_by is not None or handling.ending is not Ending.OPEN:
        return None
    last = next((key for one in reversed(notice.alerts) if (key := _told(one))), "")
    if last in ("", key_of_person(owner)):
        return None
    first = owner_in(notice.lead.lead_details)
    if first is not None and key_of_person(found := known(kit, first)) == last:
        return found
    members = (kit.team.person(name) for name in kit.team.members)
    return next((one for one in members if one is not None and key_of_person(one) == last), None)


def _told(alert: Alert) -> str:
    return alert.ref if alert.template == NEWS else owner_named(alert)
