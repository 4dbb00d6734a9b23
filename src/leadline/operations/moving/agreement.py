"""Whether the copy of a family of leads agrees with the original."""

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from hashlib import blake2b

import msgspec

from leadline.ports.homes import Family, Holding, Home, KeyKind, Note, OwnedKey, Owner, unlike


def holding(key: OwnedKey, owner: Owner | None, window: timedelta) -> Holding:
    """How a key stands. YIELDS: another lead has it that has less right to it. SETTLED: another
    has it rightly (the person came there earlier; the same words came again after the *window*).
    TAKEN: the same event or record is another lead there, and both can't be."""
    if owner is None:
        return Holding.FREE
    if owner.lead_id == key.lead_id:
        return Holding.MINE
    later = owner.captured_at - key.captured_at
    if key.kind is KeyKind.PERSON:
        return Holding.YIELDS if later > timedelta() else Holding.SETTLED
    if key.kind is KeyKind.EVENT and not key.lasting and abs(later) >= window:
        return Holding.SETTLED if later > timedelta() else Holding.YIELDS
    return Holding.TAKEN


def family_digest(family: Family) -> bytes:
    """Sixteen bytes that stand for all of a family but its redeliveries."""
    hashed = blake2b(digest_size=16)
    for lead in family.leads:
        counted = msgspec.structs.replace(lead, redelivered=0, redelivered_at=())
        # Homes may keep what we wrote to the CRM in another order.
        hashed.update(msgspec.json.encode(counted, order="deterministic"))
    return hashed.digest()


def differences(one: Family, copy: Family | None) -> dict[str, tuple[str, ...]]:
    """By lead id the fields in which the copy is not what it was made from.

    Events and redeliveries that came to the copy meanwhile are no difference.
    """
    copies = {lead.lead_id: lead for lead in copy.leads} if copy else {}
    found = {lead.lead_id: unlike(lead, copies.get(lead.lead_id)) for lead in one.leads}
    order = [i for i in copies if i in found]
    if not any(found.values()) and order != list(found):
        found[one.id] = ("the order of its events",)
    return {lead_id: fields for lead_id, fields in found.items() if fields}


class Verdict(StrEnum):
    """How a family stands at the home that it moves to. WENT_ON: it was copied before, and has
    gone on there since."""

    CARRY = "carry"
    EQUAL = "equal"
    WENT_ON = "went_on"
    CONFLICT = "conflict"


def judge(family: Family, there: Family | None, note: Note | None, towards: Home) -> Verdict:
    """Whether a family must be copied, is there already, or is there as something else.

    A copy that has not gone on by itself since both homes agreed is replaced when its origin has;
    further events that came to it stay. Without a note nothing is ever replaced.
    """
    mine = family_digest(family)
    if there is None:
        return Verdict.CARRY
    note = note or Note()
    origin = Home.EMBEDDED if towards is Home.AWS else Home.AWS
    if note.towards is towards and note.copying == mine:
        return Verdict.CARRY  # we were at it
    unfinished = note.towards is origin and note.copying == family_digest(there)
    if unfinished and len(family.leads) <= len(there.leads):
        return Verdict.WENT_ON  # what left was going to arrive: only a part of it comes back
    if not differences(family, there):
        return Verdict.EQUAL
    if any(family_digest(state) in note.given(towards) for state in _earlier(there)):
        return Verdict.CARRY
    return Verdict.WENT_ON if mine in note.given(origin) else Verdict.CONFLICT


def _earlier(family: Family) -> Iterator[Family]:
    """The family as it is, and as it was before each of its later events came."""
    for count in range(len(family.leads), 0, -1):
        yield Family(family.leads[:count])
