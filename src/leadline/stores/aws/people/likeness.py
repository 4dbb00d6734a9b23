"""The items by which candidates for duplicates are found: one for each candidate key, and one for
each refined lead with what it is compared by."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from leadline.model.facts.likeness import Candidate, Judgement, Ruling, Traits
from leadline.model.formats import from_iso, iso
from leadline.ports.store_parts.duplicates import CAP
from leadline.stores.aws.keys import REVIEWS, alike_key, digest_key
from leadline.stores.aws.table import Delete, Put, PutIf, Write
from leadline.stores.aws.values import Item
from leadline.stores.damage import note_damage
from leadline.stores.likeness import traits_decoder

KEY_SIZE = 16
_MARK = 4
"""So many bytes of a key stand for it in the mark of a search."""


class KeyItem(msgspec.Struct, frozen=True):
    """The leads under a candidate key, in the order in which they came, and the revision with which
    each came. An earlier version knew one lead of a key, and no revision (0)."""

    key: bytes
    leads: tuple[str, ...] = ()
    since: tuple[int, ...] = ()
    taken_at: str = ""
    rev: int = 0
    is_there: bool = False

    @classmethod
    def of(cls, key: bytes, item: Item | None) -> "KeyItem":
        """The item as it was read."""
        if item is None:
            return cls(key)
        leads = tuple(item.get("leads") or (item["lead_id"],))
        since = tuple(item.get("since") or (0,))
        return cls(key, leads, since, item["taken_at"], item.get("rev", 0), is_there=True)

    @property
    def is_full(self) -> bool:
        """Whether no further lead comes under the key."""
        return len(self.leads) >= CAP

    def newcomers(self, seen: int) -> set[str]:
        """The leads that came since a revision."""
        if self.rev < seen:  # all had left, and it began again
            return set(self.leads)
        return {lead for lead, came in zip(self.leads, self.since, strict=True) if came > seen}

    def with_lead(self, lead_id: str, captured_at: str) -> "KeyItem":
        """The item as it is to be after a lead has come."""
        return msgspec.structs.replace(
            self, leads=(*self.leads, lead_id), since=(*self.since, self.rev + 1),
            taken_at=min(self.taken_at or captured_at, captured_at),
        )  # fmt: skip

    def without(self, lead_id: str) -> "KeyItem":
        """The item as it is to be after a lead has left."""
        left = [pair for pair in zip(self.leads, self.since, strict=True) if pair[0] != lead_id]
        return msgspec.structs.replace(
            self, leads=tuple(one for one, _ in left), since=tuple(came for _, came in left)
        )

    def written(self) -> "KeyItem":
        """The item as it is after its write was carried out."""
        return msgspec.structs.replace(self, rev=self.rev + 1, is_there=True)

    def write(self) -> Write:
        """The write of a changed item, on the condition that it is as it was read."""
        pk, sk = digest_key("M", self.key)
        if not self.leads:
            return Delete((pk, sk), self.rev or None)
        item = {
            "pk": pk, "sk": sk, "lead_id": min(self.leads), "taken_at": self.taken_at,
            "since": list(self.since),
        }  # fmt: skip
        if len(self.leads) > 1:  # one alone is `lead_id`: six keys a lead are kept for years
            item["leads"] = list(self.leads)
        if self.rev or not self.is_there:
            return Put(item, self.rev or None)
        return PutIf({**item, "rev": 1}, "attribute_not_exists(rev)")


class AlikeItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of a refined lead to find duplicates: the `first` lead of its cluster ("":
    itself), its traits as JSON and the keys that it is under ("": it is no candidate), possible
    duplicates that nobody has decided about, and the decisions by the id of the other lead."""

    lead_id: str
    captured_at: str
    first: str = ""
    traits: str = ""
    keys: str = ""
    possible: tuple[str, ...] = ()
    judged: Mapping[str, tuple[str, str, str]] = {}
    rev: int = 0

    @property
    def digests(self) -> tuple[bytes, ...]:
        """The keys that the lead is under."""
        found = b64decode(self.keys)
        return tuple(found[at : at + KEY_SIZE] for at in range(0, len(found), KEY_SIZE))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not (self.traits or self.keys or self.judged or self.possible)

    def item(self) -> Item:
        """The item to store; in review it is in the index."""
        item: Item = msgspec.to_builtins(self)
        item["pk"], item["sk"] = alike_key(self.lead_id)
        if self.keys:
            item["keys"] = b64decode(self.keys)  # a quarter less to store; read as this text again
        if self.possible:
            item["due_pk"], item["due_sk"] = REVIEWS, self.lead_id
        return item

    def put(self) -> Put:
        """The write of a changed item, on the condition that it is as it was read."""
        return Put(self.item(), self.rev or None)

    def candidate(self) -> Candidate | None:
        """The lead as a candidate; None if it is none."""
        if not self.traits:
            return None
        try:
            traits: Traits = traits_decoder.decode(self.traits)
        except msgspec.MsgspecError:
            note_damage(self.lead_id)
            return None
        at = from_iso(self.captured_at)
        return Candidate(self.lead_id, at, self.first or self.lead_id, traits)

    def judgements(self) -> list[Judgement]:
        """The decisions about the lead."""
        return [
            Judgement(self.lead_id, other, Ruling(ruling), by, from_iso(at))
            for other, (ruling, by, at) in self.judged.items()
        ]

    def with_judgement(self, other: str, judgement: Judgement) -> "AlikeItem":
        """The item after a decision about the lead and another one."""
        told = (str(judgement.ruling), judgement.by, iso(judgement.at))
        possible = tuple(one for one in self.possible if one != other)
        return msgspec.structs.replace(self, judged={**self.judged, other: told}, possible=possible)

    def without_lead(self, other: str) -> "AlikeItem":
        """The item without what it says of another lead."""
        return msgspec.structs.replace(
            self,
            possible=tuple(one for one in self.possible if one != other),
            judged={i: one for i, one in self.judged.items() if i != other},
        )


def alike_of(item: Item) -> AlikeItem:
    """The item as it was read."""
    return msgspec.convert(item, AlikeItem)


def packed(keys: Iterable[bytes]) -> str:
    """Keys as text."""
    return b64encode(b"".join(keys)).decode()


def search_mark(items: Iterable[KeyItem]) -> str:
    """The mark of a search (`model.facts.likeness.Candidates.as_of`): the revisions of what it
    read."""
    return " ".join(f"{one.key[:_MARK].hex()}:{one.rev}" for one in items)


def revisions(as_of: str) -> dict[str, int]:
    """The revisions in the mark of a search."""
    return {key: int(rev) for key, _, rev in (one.partition(":") for one in as_of.split())}


def seen_in(as_of: Mapping[str, int], key: bytes) -> int:
    """The revision of a key's item at the time of a search; 0 if there was none."""
    return as_of.get(key[:_MARK].hex(), 0)


def alike_from(
    lead_id: str, captured_at: datetime, first: str, traits: Traits, keys: Iterable[bytes]
) -> AlikeItem:
    """The item of a lead that has none yet."""
    return AlikeItem(
        lead_id, iso(captured_at), "" if first == lead_id else first,
        msgspec.json.encode(traits).decode(), packed(keys),
    )  # fmt: skip
