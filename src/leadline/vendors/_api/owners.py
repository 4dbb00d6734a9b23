"""Owners of records by their user ids, and fields of records as the CRM's source reads them."""

from collections.abc import Container, Iterable, Mapping
from typing import Any

from leadline.model.errors import LeadlineError
from leadline.model.lead import LeadFields
from leadline.model.staff.people import Person
from leadline.model.texts.json_places import placed
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.ports.source import Source
from leadline.settings.connected.crm import AnyCrmConfig
from leadline.settings.connected.sources import SourceConfig
from leadline.vendors import registry
from leadline.vendors._api.client import CrmReply, refusal
from leadline.vendors._api.records import Roster, placing, with_named_owner
from leadline.vendors._webhooks.fields import text


def source_of(kind: str, config: AnyCrmConfig) -> Source:
    """The source that reads the CRM's records, with the field mapping of `[crm.NAME.read]`."""
    return registry.find(kind)(SourceConfig(map=placing(config)))


def fields_of(
    source: Source, raw: bytes, owner: Person | None, kept_back: Container[str] = ()
) -> LeadFields | Refused:
    """The fields that the source reads from a record, with the owner's display name. Technical
    fields of the CRM, *kept_back*, are left out of `custom`."""
    try:
        fields = source.fields(raw)
    except LeadlineError:
        return Refused("crm.not_understood", "the record has no fields of a lead")
    return with_named_owner(fields, owner, kept_back)


def named_owner(
    config: AnyCrmConfig, values: Mapping[str, Any], default: Any, roster: Roster
) -> Person | Busy | Unreachable | None:
    """The owner of a record: the user id in the field that `[crm.NAME.read]` maps to `owner`, else
    *default*."""
    path = config.read.get("owner")
    ident = text(placed(values, path)) if path else text(default)
    return roster.known(Person(id=ident)) if ident else None


def named_fields(config: AnyCrmConfig) -> tuple[str, ...]:
    """The CRM fields that the settings mention, so that they can be requested: the first part of a
    JSON Pointer, or a whole dotted name."""
    roots = (p[1:].split("/")[0] if p.startswith("/") else p for p in config.read.values())
    return tuple(dict.fromkeys([*roots, *config.write.values()]))


def listed(
    reply: CrmReply | Busy | Unreachable | Refused, key: str
) -> list[dict[str, Any]] | Busy | Unreachable | Refused:
    """The objects in the list *key* of an answer; Unreachable if the answer has no such list."""
    if not isinstance(reply, CrmReply):
        return reply
    if not reply.well:
        return refusal(reply)
    found = reply.body.get(key) if isinstance(reply.body, dict) else None
    if not isinstance(found, list):
        return Unreachable("crm.unexpected_answer")
    return [one for one in found if isinstance(one, dict)]


def users_of(
    users: Iterable[Mapping[str, Any]], first: str = "", last: str = "", name: str = "name"
) -> dict[str, Person]:
    """Users by id, from objects with `id`, `email`, and one name field or two (*first*, *last*)."""
    found = {}
    for user in users:
        ident = text(user.get("id"))
        parts = (text(user.get(key)) for key in (first, last) if key)
        shown = " ".join(part for part in parts if part) or text(user.get(name)) or ""
        if ident:
            found[ident] = Person(id=ident, name=shown, email=text(user.get("email")) or "")
    return found
