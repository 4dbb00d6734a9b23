"""The details of notes on a lead's timeline in words."""

from collections.abc import Mapping

from leadline.alerts.handing_over import owner_in_template, replaced_channel
from leadline.alerts.wording.decision_words import because
from leadline.journey.receiving.authenticating import CLIENT, client_in
from leadline.model.lead import DELETED, ERASED, MERGED
from leadline.model.task import Step, event_name
from leadline.operations.rules.reasons import PRESSED, decision_in
from leadline.ports.reading.ledger import Happening

_MESSAGES = frozenset(map(event_name, Step))
"""The notes on messages that were sent: their details are the channel and the template."""
_EVENTS: Mapping[str, str] = {
    "not_a_lead": "it is about something else than a lead",
    DELETED: "the record was deleted",
    MERGED: "the record was merged into another",
    ERASED: "the record was erased",
    "ping": "the sender only tried the address",
}
"""Why an event makes no lead."""


def detail_in_words(one: Happening, names: Mapping[str, str]) -> str:
    """The detail of a note: why a decision was so, which client delivered, in which channel a
    message went and whom it named as the owner. *names* are those of salespeople
    (`operations.rules.names_in_stories.people_named_in`)."""
    decision = decision_in(one)
    if decision is not None:
        return because(decision)
    if client := client_in(one.detail):
        others = [word for word in one.detail.split() if not word.startswith(CLIENT)]
        return " ".join([*others, f"from the client {client}, by its access token"])
    if one.what in _MESSAGES:
        return _message(one.detail, names)
    if one.what == "event.filtered":
        return _EVENTS.get(one.detail, one.detail)
    return names.get(one.detail, one.detail) if one.what in PRESSED else one.detail


def _message(detail: str, names: Mapping[str, str]) -> str:
    """ "slack, new_lead/1 for mail of U012ABCDEF" in words."""
    channel, _, template = detail.partition(", ")
    owner, instead_of = owner_in_template(template), replaced_channel(template)
    parts = [f"by {channel}"]
    if instead_of:
        parts.append(f"in place of {instead_of}")
    if owner:
        parts.append(f"owner: {names.get(owner, owner)}")
    return ", ".join(parts)
