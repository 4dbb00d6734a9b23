"""Which fields of a CRM record to write, and which not, each with the reason.

A field is written if the CRM has nothing there, or what we wrote last. A field named in `overwrite`
is also written over the value that the lead came with, and over any other value if the record was
not changed since we saw it last.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from leadline.journey.same_person.borrowed import is_borrowed
from leadline.model.facts.found import was_found
from leadline.model.facts.scored_leads import reasons_for, score_of
from leadline.model.handling import Ending, Handling
from leadline.model.lead import RefinedLead
from leadline.model.texts.patterns import late
from leadline.ports.crm import CrmChange, CrmRecord
from leadline.settings.connected.crm import AnyCrmConfig

_SAME_MOMENT = timedelta(seconds=1)  # many CRMs keep no fractions
_A_MOMENT = late(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
_WRAPPED_IN = ("id", "value", "name")


class FieldVerdict(StrEnum):
    """Why a field is written (EMPTY, OURS, AS_IT_CAME, UNCHANGED; TAKEN_BACK: it is emptied) or not
    written (all others)."""

    EMPTY = "the CRM has nothing there"
    OURS = "the CRM has what we wrote last"
    AS_IT_CAME = "the CRM still has what the lead came with"
    UNCHANGED = "the record was not changed since we saw it"
    TAKEN_BACK = "it was filled in from a lead that is no longer linked"
    SAME = "the CRM has it already"
    BORROWED = "it comes from an earlier lead, and `duplicates_write_back` is no"
    UNKNOWN = "there is nothing to write"
    NOBODY = "the CRM knows no such person"
    CLEARED = "it stood there, and somebody took it away"
    THEIRS = "somebody else wrote what is there; `overwrite` does not name the field"
    EDITED = "the record was changed since we saw it"

    @property
    def writes(self) -> bool:
        """Whether the field is written."""
        writing = (self.EMPTY, self.OURS, self.AS_IT_CAME, self.UNCHANGED, self.TAKEN_BACK)
        return self in writing


class FieldPlan(msgspec.Struct, frozen=True):
    """The plan for one field: our name for it (`ours`), the CRM's (`name`), the value that we want
    in it, its current value in the CRM, and the verdict."""

    ours: str
    name: str
    value: Any
    current: Any
    verdict: FieldVerdict


class Related(msgspec.Struct, frozen=True):
    """What a write-back needs beside the lead.

    `owner`: the fields that name its holder in the CRM (`Crm.owner_value`; None if the CRM does not
    know the holder). `owner_fields`: the names of the CRM's owner fields, filled only if `owner` is
    None. `duplicate_of`: a link, record or id of the lead that this one duplicates, or "".
    `withheld`: our names of fields that have values of earlier leads, which are not to be written.
    """

    owner: Mapping[str, Any] | None = None
    owner_fields: frozenset[str] = frozenset()
    duplicate_of: str = ""
    withheld: frozenset[str] = frozenset()


NOTHING_RELATED = Related()


def plan_changes(
    lead: RefinedLead,
    handling: Handling,
    record: CrmRecord,
    config: AnyCrmConfig,
    related: Related = NOTHING_RELATED,
) -> tuple[FieldPlan, ...]:
    """The plan of every field in the `write` setting; each of the CRM's fields appears once."""
    plans: dict[str, FieldPlan] = {}
    for ours, name, value in _placed_values(lead, handling, config, related):
        current = record.values.get(name)
        if ours in related.withheld:
            plans.setdefault(name, FieldPlan(ours, name, None, current, FieldVerdict.BORROWED))
            continue
        whom = {"owner": handling.holder, "claimed_by": handling.claimed_by}.get(ours)
        if value is None and whom is not None:
            verdict = FieldVerdict.NOBODY
        elif ours == "owner" and is_nothing(current) and _is_of_the_crm(handling):
            verdict = FieldVerdict.CLEARED
        else:
            verdict = _verdict(ours, name, value, lead, handling, record, config)
        value = "" if verdict is FieldVerdict.TAKEN_BACK else value
        plans.setdefault(name, FieldPlan(ours, name, value, current, verdict))
    return tuple(plans.values())


def changes_for(
    lead: RefinedLead,
    handling: Handling,
    record: CrmRecord,
    config: AnyCrmConfig,
    related: Related = NOTHING_RELATED,
) -> CrmChange | None:
    """The change to write to this record now; None if there is nothing to write."""
    plans = plan_changes(lead, handling, record, config, related)
    values = {plan.name: plan.value for plan in plans if plan.verdict.writes}
    return CrmChange(record.record, values, record.modified) if values else None


def is_echo(record: CrmRecord, handling: Handling) -> bool:
    """Whether the newest change of a record is our own write-back: the record has all values that
    we wrote, and the CRM says that it was not modified after that."""
    if not handling.written or record.modified is None or handling.crm_modified is None:
        return False
    return _has_all(record, handling.written) and not _edited(record, handling)


def is_as_written(
    before: CrmRecord, change: CrmChange, now: CrmRecord, config: AnyCrmConfig
) -> bool:
    """Whether a record read again after our write-back has the values that we wrote, and its old
    values in our other fields: then nobody else wrote to them in between."""
    names = {*config.write.values(), *change.values}
    expected = {**{name: before.values.get(name) for name in names}, **change.values}
    return _has_all(now, expected)


def is_same(value: Any, other: Any) -> bool:
    """Whether two values mean the same in spite of the CRMs' notations: `false` and "" for nothing,
    numbers as text, times with a space or in milliseconds, an id wrapped in an object."""
    if is_nothing(value) or is_nothing(other):
        return is_nothing(value) and is_nothing(other)
    if isinstance(value, dict) and isinstance(other, dict):
        return all(is_same(inner, other.get(key)) for key, inner in value.items())
    if isinstance(other, dict):
        return any(key in other and is_same(value, other[key]) for key in _WRAPPED_IN)
    if isinstance(value, dict):
        return is_same(other, value)
    if isinstance(value, list | tuple) and isinstance(other, list | tuple):
        return len(value) == len(other) and all(map(is_same, value, other))
    if isinstance(other, list | tuple):
        return len(other) == 1 and is_same(value, other[0])
    if isinstance(value, list | tuple):
        return is_same(other, value)
    return _is_same_scalar(value, other)


def is_nothing(value: Any) -> bool:
    """Whether a value means "no value": null, false (in Odoo), "", empty lists and objects."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or value is False or value == [] or value == {} or value == ()


def _is_same_scalar(value: Any, other: Any) -> bool:
    if isinstance(value, bool) or isinstance(other, bool):
        return str(value).lower() == str(other).lower()
    if isinstance(value, int | float) or isinstance(other, int | float):
        try:
            if float(value) == float(other):
                return True
        except (ValueError, OverflowError):
            pass  # one of them may be a time
    moments = _moment(value), _moment(other)
    if moments[0] is not None and moments[1] is not None:
        return abs(moments[0] - moments[1]) < _SAME_MOMENT
    return str(value).strip() == str(other).strip()


def _moment(value: Any) -> datetime | None:
    """A time, as ISO-8601 with or without an offset (UTC then), or as milliseconds since 1970."""
    try:
        if isinstance(value, int | float) and value > 1e11:
            return datetime.fromtimestamp(value / 1000, UTC)
        text = str(value).strip()
        if re.fullmatch(r"[0-9]{13}", text):
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        found = datetime.fromisoformat(text) if _A_MOMENT.fullmatch(text) else None
    except (ValueError, OverflowError, OSError):
        return None
    if found is None:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _placed_values(
    lead: RefinedLead, handling: Handling, config: AnyCrmConfig, related: Related
) -> Iterator[tuple[str, str, Any]]:
    """For each field our name, the CRM's name and the value to write; None if it is not known."""
    known = _known_values(lead, handling, related)
    whose = related.owner or {}
    for ours, name in config.write.items():
        if ours == "owner":
            yield from ((ours, own, value) for own, value in (whose or {name: None}).items())
        elif ours == "claimed_by" and name in whose:
            # `claimed_by` is mapped to the CRM's owner field: only a claim sets the owner.
            yield ours, name, whose[name] if handling.claimed_by else None
        elif ours == "claimed_by" and name in related.owner_fields:
            yield ours, name, None  # the CRM does not know the person, so they can't own there
        else:
            yield ours, name, known.get(ours)


def _is_of_the_crm(handling: Handling) -> bool:
    """Whether the lead's owner is the one that the CRM named, and nobody has claimed the lead."""
    owner = handling.owner
    if owner is None or handling.claimed_by is not None or not handling.crm_owner:
        return False
    return handling.crm_owner in (owner.email.lower(), owner.id, owner.name, owner.slack)


def _known_values(lead: RefinedLead, handling: Handling, related: Related) -> dict[str, Any]:
    contact, details = lead.contact, lead.lead_details
    score = score_of(lead)
    return {
        **{
            part: None if was_found(lead, part) else getattr(contact, part)
            for part in ("name", "first_name", "last_name", "email", "phone", "company", "title",
                         "country", "website")
        },
        "score": int(score) if score is not None and score.is_integer() else score,
        "score_reasons": reasons_for(lead.score) if lead.score else None,
        "status": handling.ending if handling.ending is Ending.JUNK else lead.status,
        "problems": ", ".join(lead.problems),
        "duplicate_of": related.duplicate_of,
        "lead_id": lead.lead_id,
        "claimed_by": handling.claimed_by.shown if handling.claimed_by else None,
        "claimed_at": handling.claimed_at and _to_the_second(handling.claimed_at),
        "source": details.source,
        "campaign": details.campaign,
    }  # fmt: skip


def _to_the_second(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _verdict(
    ours: str,
    name: str,
    value: Any,
    lead: RefinedLead,
    handling: Handling,
    record: CrmRecord,
    config: AnyCrmConfig,
) -> FieldVerdict:
    current, written = record.values.get(name), handling.written.get(name)
    if is_nothing(value):
        lent = not is_nothing(written) and is_borrowed(ours, current, handling)
        return FieldVerdict.TAKEN_BACK if lent else FieldVerdict.UNKNOWN
    if is_same(value, current):
        return FieldVerdict.SAME
    if is_nothing(current):
        return FieldVerdict.CLEARED if is_same(value, written) else FieldVerdict.EMPTY
    if _is_ours(current, written):
        return FieldVerdict.OURS
    if ours not in config.overwrite or ours in lead.filled:
        return FieldVerdict.THEIRS
    if any(is_same(change.before, current) for change in lead.changes if change.field == ours):
        return FieldVerdict.AS_IT_CAME
    if record.modified is None or handling.crm_modified is None or _edited(record, handling):
        return FieldVerdict.EDITED
    return FieldVerdict.UNCHANGED


def _edited(record: CrmRecord, handling: Handling) -> bool:
    """Whether the CRM says that the record was modified since we saw it last."""
    seen = handling.crm_modified
    return record.modified is not None and seen is not None and record.modified > seen


def _has_all(record: CrmRecord, values: Mapping[str, Any]) -> bool:
    there = record.values
    return all(
        is_same(value, there.get(name)) or _is_ours(there.get(name), value)
        for name, value in values.items()
    )


def _is_ours(current: Any, written: Any) -> bool:
    """Whether the CRM has what we wrote, up to letter case and spaces."""
    if is_nothing(written) or is_nothing(current):
        return False
    return is_same(written, current) or _plain(written) == _plain(current)


def _plain(value: Any) -> str:
    return " ".join(str(value).split()).casefold()
