"""Compares the copy of a family of leads with the original, and decides what a move has to do."""

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from hashlib import blake2b

import msgspec

from leadline.ports.homes import (
    Family,
    Home,
    KeyKind,
    KeyOwner,
    KeyStanding,
    MoveNote,
    OwnedKey,
    differing_fields,
    without_redeliveries,
)


def key_standing(key: OwnedKey, owner: KeyOwner | None, window: timedelta) -> KeyStanding:
    """The state of a key at the destination; *owner* is the lead that has it there.

    FREE: nobody has it. MINE: this lead has it. YIELDS: another lead has it, but must give it up.
    SETTLED: another lead has it rightly (the person came to the destination earlier, or the same
    words came again after the *window*). TAKEN: the same event or record is another lead there, and
    both cannot exist.
    """
    if owner is None:
        return KeyStanding.FREE
    if owner.lead_id == key.lead_id:
        return KeyStanding.MINE
    later = owner.captured_at - key.captured_at
    if key.kind is KeyKind.PERSON:
        return KeyStanding.YIELDS if later > timedelta() else KeyStanding.SETTLED
    if key.kind is KeyKind.EVENT and not key.lasting and abs(later) >= window:
        return KeyStanding.SETTLED if later > timedelta() else KeyStanding.YIELDS
    return KeyStanding.TAKEN


def family_digest(family: Family) -> bytes:
    """A digest of 16 bytes of a family, without its redeliveries."""
    hashed = blake2b(digest_size=16)
    for lead in family.leads:
        history = without_redeliveries(lead.history)
        counted = msgspec.structs.replace(lead, redelivered=0, redelivered_at=(), history=history)
        # Homes may keep the values written to the CRM in a different order.
        hashed.update(msgspec.json.encode(counted, order="deterministic"))
    return hashed.digest()


def differences(one: Family, copy: Family | None) -> dict[str, tuple[str, ...]]:
    """The fields in which the copy differs from the original, by lead id.

    Events and redeliveries that came to the copy meanwhile do not count.
    """
    copies = {lead.lead_id: lead for lead in copy.leads} if copy else {}
    found = {lead.lead_id: differing_fields(lead, copies.get(lead.lead_id)) for lead in one.leads}
    order = [i for i in copies if i in found]
    if not any(found.values()) and order != list(found):
        found[one.id] = ("the order of its events",)
    return {lead_id: fields for lead_id, fields in found.items() if fields}


class Verdict(StrEnum):
    """What a move does with a family. CARRY: copy it. EQUAL: its copy is there already. WENT_ON: it
    was copied before and has changed at the destination since. CONFLICT: another family has its
    id there."""

    CARRY = "carry"
    EQUAL = "equal"
    WENT_ON = "went_on"
    CONFLICT = "conflict"


def judge(family: Family, there: Family | None, note: MoveNote | None, towards: Home) -> Verdict:
    """The verdict on a *family*; *there* is the family with its id at the destination, if any.

    A copy that has not changed since both homes agreed is replaced if its original has changed;
    events that the copy got meanwhile stay. Without a *note* no copy is ever replaced.
    """
    mine = family_digest(family)
    if there is None:
        return Verdict.CARRY
    note = note or MoveNote()
    origin = Home.EMBEDDED if towards is Home.AWS else Home.AWS
    if note.towards is towards and note.copying == mine:
        return Verdict.CARRY  # copying it was begun before
    unfinished = note.towards is origin and note.copying == family_digest(there)
    if unfinished and len(family.leads) <= len(there.leads):
        return Verdict.WENT_ON  # the move in the other direction was not finished: continue there
    if not differences(family, there):
        return Verdict.EQUAL
    if any(family_digest(state) in note.given(towards) for state in _earlier(there)):
        return Verdict.CARRY
    return Verdict.WENT_ON if mine in note.given(origin) else Verdict.CONFLICT


def _earlier(family: Family) -> Iterator[Family]:
    """The family as it is now, and as it was before each of its later events."""
    for count in range(len(family.leads), 0, -1):
        yield Family(family.leads[:count])
