"""Erases people: everything that is held about them, and again what comes back from a backup."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.journey.personal_data.erasing import (
    LEAD_ERASED,
    bury,
    end_erased,
    erase,
    not_reached,
    note_in_audit,
)
from leadline.journey.personal_data.finding_people import (
    LeadOfPerson,
    find_people,
    names_held,
    parted,
)
from leadline.kit import Kit
from leadline.model.errors import ConfigurationError
from leadline.model.handling import UNHANDLED
from leadline.model.lead import Fate
from leadline.model.personal_data.privacy import AuditEntry, Tombstone
from leadline.model.task import Step, Task
from leadline.ports.personal_data.erasing import HeldTexts
from leadline.ports.personal_data.retention import Retention
from leadline.privacy.hashes import PrivacyKey, lead_name, require_key_of

log = logging.getLogger(__name__)

_ROUNDS = 5


class ErasedPeople(msgspec.Struct, frozen=True):
    """What an erasure did: the leads, the copies that it did not reach by lead id, those that are
    named once for all, and the tombstone (None: nothing was new)."""

    leads: tuple[LeadOfPerson, ...]
    not_reached: Mapping[str, tuple[str, ...]]
    everywhere: tuple[str, ...]
    tombstone: Tombstone | None


class OnHold(ConfigurationError):
    """Some of the leads are under a legal hold, so nothing was erased."""


def refuse_held(store: Retention, lead_ids: Collection[str]) -> None:
    """Raises OnHold if there is a legal hold on any of these leads."""
    holds = store.held(lead_ids)
    if holds:
        words = ", ".join(f"{i} ({hold.why})" for i, hold in sorted(holds.items()))
        raise OnHold(f"nothing was erased, because of a legal hold on {words}; see `release-data`")


def erase_people(
    kit: Kit,
    names: Collection[str],
    found: Mapping[str, LeadOfPerson],
    *,
    spare: Collection[str] = (),
    by: str = "system",
) -> ErasedPeople:
    """Erase these leads, and leave a tombstone for the *names* of the person. Events of the person
    that come meanwhile are erased, too, except of leads to *spare*. *by* is who asked, for the
    audit log.

    Raises OnHold, and ConfigurationError without a key; then nothing was erased.
    """
    known = known_erased(kit, names)
    refuse_held(kit.store, found)
    if not found and (known or not names):
        return ErasedPeople((), {}, kit.store.overwrite_erased(), None)
    heads = {lead_name(one) for lead in found.values() for one in (lead.lead_id, *lead.events)}
    tombstone = bury(kit, {*names, *heads})
    left: dict[str, tuple[str, ...]] = {}
    done = dict(found)
    for _ in range(_ROUNDS):
        _note_erased(kit, by, [lead_id for lead_id in found if lead_id not in left])
        left |= {lead_id: erase_lead(kit, lead_id) for lead_id in found}
        found = {i: one for i, one in find_people(kit.store, names).items() if i not in spare}
        if not found:
            break
        refuse_held(kit.store, found)
        done |= found
    assert kit.erasures is not None  # noqa: S101 - `bury` raises without it
    kit.erasures.applied([tombstone])
    left = {i: _without_named(some, done) for i, some in left.items()}
    behind = kit.store.overwrite_erased()
    note_in_audit(kit, by, "person.erased", "", f"{len(done)} leads")
    everywhere = _in_all(left.values())
    rest = {i: tuple(one for one in some if one not in everywhere) for i, some in left.items()}
    return ErasedPeople(tuple(done.values()), rest, (*everywhere, *behind), tombstone)


def _without_named(left: tuple[str, ...], erased: Collection[str]) -> tuple[str, ...]:
    """What is left of a lead, without the other leads of the person that were erased, too."""
    named = {f"lead {lead_id} of the same person" for lead_id in erased}
    return tuple(words for words in left if words not in named)


def _note_erased(kit: Kit, by: str, lead_ids: Collection[str], detail: str = "") -> None:
    """Note in the audit log that these leads are erased; before it, so that an erasure that is
    killed is on record, too."""
    if kit.audit is not None and lead_ids:
        at = kit.clock()
        kit.audit.append([
            AuditEntry(at=at, actor=by, action=LEAD_ERASED, subject=lead_id, detail=detail)
            for lead_id in lead_ids
        ])  # fmt: skip


def known_erased(kit: Kit, names: Collection[str]) -> bool:
    """Whether a tombstone has all these names. Raises ConfigurationError without a key, or with
    another one than that of earlier tombstones: nobody could apply both again."""
    if kit.erasures is None or kit.privacy_key is None:
        raise ConfigurationError("set privacy_key: without it nothing remembers who was erased")
    key, tombstones = kit.privacy_key(), kit.erasures.tombstones()
    require_key_of(tombstones, key)
    hashes = set(key.hashes_of(names))
    return bool(names) and any(hashes.issubset(one.hashes) for one in tombstones)


def erase_lead(kit: Kit, lead_id: str) -> tuple[str, ...]:
    """Erase one lead with its events, or an event without a lead, whatever state it is in. Returns
    the copies that could not be reached. May be repeated."""
    for _ in range(_ROUNDS):
        lead = kit.store.refined([lead_id]).get(lead_id)
        if lead is not None:
            detail = end_erased(kit, lead, proved=True)
            if detail is not None:
                return not_reached(detail)
            continue
        event = kit.store.archived([lead_id]).get(lead_id)
        is_lead = event is not None and event.fate is Fate.CAPTURED
        if is_lead:  # a worker that has read it already loses it
            kit.store.put([Task(Step.REFINE, lead_id)], kit.clock() + kit.lease_duration)
        source = event.source if event is not None else ""
        detail = erase(kit, source, lead_id, None, UNHANDLED, proved=True)
        if is_lead:
            kit.store.put([Task(Step.REFINE, lead_id)], kit.clock())
        if kit.store.refined([lead_id]).get(lead_id) is None:
            return not_reached(detail)
    log.warning("privacy.kept_changing", extra={"lead": lead_id})
    return ("it kept changing; erase it again",)


def erase_again(kit: Kit, tombstones: Sequence[Tombstone] | None = None) -> int:
    """Erase who was erased before and is here again, such as from a backup: by these *tombstones*
    (None: the pending ones). Returns how many leads were erased.

    Raises ConfigurationError if there are tombstones, and no key, or another one.
    """
    if kit.erasures is None:
        return 0
    tombstones = kit.erasures.pending() if tombstones is None else tombstones
    if not tombstones:
        return 0
    if kit.privacy_key is None:
        raise ConfigurationError("set privacy_key: people who were erased may be here again")
    texts, _ = returned(kit.privacy_key(), tombstones, kit.store.held_texts())
    heads = {held.head for held in texts}
    _note_erased(kit, "system", sorted(heads), "again")
    for lead_id in sorted(heads):
        erase_lead(kit, lead_id)
    kit.erasures.applied(tombstones)
    for words in kit.store.overwrite_erased():
        log.warning("privacy.not_reached", extra={"lead": "", "reason": words})
    if heads:
        log.warning("privacy.erased_again", extra={"count": len(heads)})
    return len(heads)


def returned(
    key: PrivacyKey, tombstones: Sequence[Tombstone], texts: Iterable[HeldTexts]
) -> tuple[list[HeldTexts], list[HeldTexts]]:
    """Those of these events that a tombstone names and that were captured before it, and others
    that have such an event in the body of their delivery. Raises ConfigurationError if another key
    made one of the tombstones."""
    require_key_of(tombstones, key)
    until: dict[str, datetime] = {}
    for one in tombstones:
        for name in one.hashes:
            until[name] = max(until.get(name, one.at), one.at)

    def names(held: HeldTexts) -> bool:
        hashes = map(key.hash_of, names_held(held))
        return any(held.captured_at < until[one] for one in hashes if one in until)

    return parted(texts, names)


def _in_all(lefts: Collection[tuple[str, ...]]) -> tuple[str, ...]:
    """What is named for each lead, in the order of the first."""
    some = list(lefts)
    return tuple(one for one in some[0] if all(one in left for left in some)) if some else ()
