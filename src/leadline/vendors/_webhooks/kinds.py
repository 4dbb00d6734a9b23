"""The kind of an event by its name: `lead.updated`, `ContactDelete`, `invitee.canceled`, `ping`."""

import re
from itertools import pairwise
from typing import Any

import msgspec

from leadline.model.lead import Kind
from leadline.model.texts.json_text import peek
from leadline.model.texts.patterns import late

# A verb of change counts only after a dot, colon or slash, or after the name of a record: `type`
# may also be a visitor's choice in a form ("Address change"), and that is a lead.
_CHANGED = late(
    r"(?:[\w.:/-]*[.:/]|(?:[\w.-]*[._-])?"
    r"(?:lead|contact|person|customer|record|object|user|account|company|deal|opportunity)[_-])"
    r"(?:updat(?:ed?)|chang(?:ed?)|modif(?:y|ied)|propertychange)",
    re.IGNORECASE | re.ASCII,
)
_PINGS = frozenset({"ping", "webhook.ping", "webhook.test", "test.ping", "endpoint.ping"})
_LONGEST = 100

# The words for an end, by its reason. Words of the first table are enough alone; one of the second
# counts only under a key that never holds a visitor's choice, or with the name of what ended
# ("contact.delete").
_SURE = {
    "deleted": "deleted destroyed erased purged trashed",
    "canceled": "canceled cancelled",
    "unsubscribed": "unsubscribe unsubscribed unsub",
    "archived": "archived",
    "merged": "merged",
    "removed": "removed",
    "bounced": "bounced",
    "declined": "declined rejected",
}
_UNSURE = {
    "deleted": "delete deletion destroy erase erasure purge trash redact redacted",
    "canceled": "cancel cancellation cancelation",
    "unsubscribed": "unsubscription optout",
    "archived": "archive",
    "merged": "merge",
    "removed": "remove removal",
    "bounced": "bounce",
    "declined": "decline reject",
}
_REASONS = {
    word: reason
    for table in (_SURE, _UNSURE)
    for reason, words in table.items()
    for word in words.split()
}
_ALONE = frozenset(word for words in _SURE.values() for word in words.split())
_RECORDS = (
    "lead|contact|person|customer|record|object|user|account|company|deal|opportunity|booking|"
    "appointment|meeting|event|invitee|subscriber|member|registration|registrant|attendee|"
    "reservation|prospect|client|profile|candidate|email"
)
_NAMES_OF_RECORDS = frozenset(name for one in _RECORDS.split("|") for name in (one, one + "s"))
_JOINED = late(rf"(?:{_RECORDS})+s?(?P<verb>[a-z]+)")
_TOKEN = late(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_TAIL = frozenset(
    {"event", "webhook", "hook", "notification", "success", "succeeded", "completed", "v"}
)
_LINKING = frozenset({"from", "by", "via", "with", "into", "to"})


class EventNames(msgspec.Struct):
    """The keys of a body that may hold the name of an event."""

    event: Any = None
    event_type: Any = None
    eventName: Any = None
    trigger: Any = None
    triggerEvent: Any = None
    action: Any = None
    topic: Any = None
    type: Any = None
    eventType: Any = None
    EventType: Any = None
    event_name: Any = None
    webhookEvent: Any = None
    webhook_event: Any = None
    triggerType: Any = None
    action_type: Any = None
    notification_type: Any = None

    def are_told(self) -> bool:
        """Whether any key is present; a quick check, because most bodies are no events."""
        return (
            self.event is not None
            or self.type is not None
            or self.event_type is not None
            or self.eventName is not None
            or self.trigger is not None
            or self.triggerEvent is not None
            or self.action is not None
            or self.topic is not None
            or self.eventType is not None
            or self.EventType is not None
            or self.event_name is not None
            or self.webhookEvent is not None
            or self.webhook_event is not None
            or self.triggerType is not None
            or self.action_type is not None
            or self.notification_type is not None
        )


_CHOSEN = frozenset({"topic", "type", "event_name", "action_type"})
"""Keys that may hold a visitor's choice."""
_ONLY_KEY = late(rb'\s*\{\s*"([^"\\]{1,100})"\s*:\s*[\[{]')
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


def kind_of(names: EventNames, raw: bytes) -> tuple[Kind, str]:
    """The kind of an event with these names, or whose only key names it (*raw* is JSON text), and
    the reason if it is ignored. Unknown names mean CREATED."""
    kind, why = _kind_by_name(names) if names.are_told() else (Kind.CREATED, "")
    if (key := may_be_only_key(raw)) and _is_only_key(raw):
        why = ended(key[1].decode(errors="replace"), chosen=False) or why
        kind = Kind.IGNORED if why else kind
    return kind, why


def may_be_only_key(raw: bytes) -> re.Match[bytes] | None:
    """The first key of an object, if it may be the only one and that of an object or a list."""
    # A body that ends with a text has more in it than an object or a list.
    return _ONLY_KEY.match(raw) if raw[-2:-1] != b'"' else None


def _kind_by_name(names: EventNames) -> tuple[Kind, str]:
    updated = False
    for key in EventNames.__struct_fields__:
        name = getattr(names, key)
        if not isinstance(name, str) or not 0 < len(name) <= _LONGEST:
            continue
        if name.strip().lower() in _PINGS:
            return Kind.IGNORED, "ping"
        if reason := ended(name, chosen=key in _CHOSEN):
            return Kind.IGNORED, reason
        updated = updated or _CHANGED.fullmatch(name.strip()) is not None
    return (Kind.UPDATED if updated else Kind.CREATED), ""


def _is_only_key(raw: bytes) -> bool:
    members = peek(_members, raw)
    return members is not None and len(members) == 1


def ended(name: str, *, chosen: bool) -> str:
    """Why an event of this name is no new lead, in one word; "" if the name gives no reason. Case
    and separators of words do not matter. *chosen*: a visitor may have chosen it."""
    words = [word.lower() for word in _TOKEN.findall(name)]
    if "noshow" in words or ("no", "show") in pairwise(words):
        return "no_show"
    linked = next((i for i, word in enumerate(words) if i and word in _LINKING), len(words))
    words = words[:linked]
    while len(words) > 1 and (words[-1] in _TAIL or words[-1].isdigit()):
        words.pop()
    if not words:
        return ""
    if words[-2:] in (["opt", "out"], ["opted", "out"]):
        return "unsubscribed"
    if len(words) > 1 and words[0] in _REASONS and not set(words[1:]) - _NAMES_OF_RECORDS:
        words = [*words[1:], words[0]]  # "deleted.person"
    others, verb = words[:-1], words[-1]
    if not others and verb not in _REASONS and (joined := _JOINED.fullmatch(verb)):
        others, verb = ["record"], joined["verb"]
    if verb not in _REASONS or not _means_it(name.strip(), others, verb, chosen=chosen):
        return ""
    return _REASONS[verb]


def _means_it(name: str, others: list[str], verb: str, *, chosen: bool) -> bool:
    """Whether the verb of a name refers to the record, and is not a visitor's text."""
    if " " in name:
        return bool(others) and not set(others) - _NAMES_OF_RECORDS and verb in _ALONE
    return bool(others) or verb in _ALONE or not chosen
