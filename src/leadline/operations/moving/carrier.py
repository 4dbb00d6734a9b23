"""Families of leads carried from one home to another, in steps that may end after any of them.

At any moment at most one home works on a lead. The embedded home is still while its folder is
marked; on AWS a lead is still while its tasks are parked. For each family, in this order:

1. it is noted which state is going to be written, so that whoever goes on later knows its own work;
2. it is written, parked, and read back; its value and its keys must be those of the origin;
3. it is noted that both homes agree;
4. the origin is silenced, unless it has changed since it was read: then it is carried anew;
5. the copy is woken.

Ended before 5, a lead waits, and is woken by going on in either direction; after 4 the origin does
nothing with it any more. Nothing is ever removed from the origin. Before any family moves, the new
home learns by which keys people are known, so that whoever is refined there meanwhile is seen.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta

import msgspec

from leadline.model.batches import batched
from leadline.operations.moving.agreement import Verdict, differences, family_digest, holding, judge
from leadline.ports.homes import (
    BATCH,
    Family,
    Holding,
    Home,
    Journal,
    KeyKind,
    Note,
    OwnedKey,
    Parcel,
    Side,
)

_ROUNDS = 10
_PAUSE_S = 1.0
_PATIENCE = 300
"""Pauses in which a family may stay in the hands of a worker; a lease is a minute."""


class MoveSummary(msgspec.Struct):
    """How many leads (and other events) were copied, were there already, are there as something
    else, and were compared with their copy, in this move or in one that it goes on with."""

    moved: int = 0
    known: int = 0
    conflicting: int = 0
    verified: int = 0


class Carrier:
    """Carries everything from one side to the other.

    *watch* hears how many leads are done, *tell* of each that is not: its id and why. *stage* hears
    what begins now. *pause* waits for so many seconds.
    """

    def __init__(
        self,
        origin: Side,
        destination: Side,
        journal: Journal,
        window: timedelta,
        *,
        watch: Callable[[int], None] = lambda _: None,
        tell: Callable[[str, str], None] = lambda *_: None,
        stage: Callable[[str], None] = lambda _: None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.origin, self.destination, self.journal = origin, destination, journal
        self.window = window
        self.watch, self.tell, self.stage, self.pause = watch, tell, stage, pause
        self.summary = MoveSummary()
        self._later: dict[str, str] = {}
        self._somebody_busy = False

    def run(self) -> MoveSummary:
        """Carry everything; raises StorageFailed, after which it may be begun again."""
        for channel, free_at in self.origin.channels().items():
            self.destination.hold(channel, free_at)
        if self.destination.home is Home.AWS:
            self.stage("introducing people")
            self._introduce_people()
        self.stage(f"moving to {self.destination.home}")
        for ids in self.origin.heads():
            self._carry(ids)
        self.stage("moving what was put off")
        self._carry_what_was_put_off()
        return self.summary

    def _introduce_people(self) -> None:
        for ids in self.origin.heads():
            families = list(self.origin.families(ids).values())
            keys = [k for some in self.origin.keys_of(families).values() for k in some]
            self.destination.introduce([k for k in keys if k.kind is KeyKind.PERSON])

    def _carry_what_was_put_off(self) -> None:
        """Again those whose first lead was not there yet, or that a worker held."""
        patience = _PATIENCE
        while self._later:
            before, self._later, self._somebody_busy = self._later, {}, False
            for ids in batched(list(before), BATCH):
                self._carry(ids)
            if self._somebody_busy and patience:
                patience -= 1
                self.pause(_PAUSE_S)
            elif len(self._later) == len(before):
                break
        for lead_id, why in self._later.items():
            self._conflict(lead_id, why, self.origin.families([lead_id]).get(lead_id))

    def _carry(self, ids: Sequence[str]) -> None:
        for _ in range(_ROUNDS):
            ids = list(self._once(ids))
            if not ids:
                return
        self._later |= dict.fromkeys(ids, "it changes all the time")

    def _once(self, ids: Sequence[str]) -> AbstractSet[str]:
        """Carry some families; the ids of those that changed under our hands."""
        families = self._free(self.origin.families(ids))
        digests = {i: family_digest(family) for i, family in families.items()}
        notes = self.journal.notes(list(families))
        settled = [i for i in families if (n := notes.get(i)) and n == Note(digests[i])]
        known = {i: families[i] for i in self.destination.present(settled)}
        rest = {i: family for i, family in families.items() if i not in known}
        parcels, more = self._sort(rest, notes)
        self._agree({i: digests[i] for i in more})
        moved = self._write(parcels, digests)
        known |= {i: families[i] for i in more}
        changed = self.origin.silence([*known.values(), *moved.values()])
        still = {i: f for i, f in (known | moved).items() if i not in changed}
        self.destination.wake([f for i, f in still.items() if i in known or f.waits])
        for i, family in still.items():
            self._count(len(family.leads), moved=i in moved)
        return changed

    def _free(self, families: Mapping[str, Family]) -> dict[str, Family]:
        """Those that can be read, and that no worker has in hand; the latter are put off."""
        free: dict[str, Family] = {}
        for lead_id, family in families.items():
            if family.broken:
                self._conflict(lead_id, family.broken, family)
            elif family.busy:
                self._later[lead_id] = "a worker has it in hand"
                self._somebody_busy = True
            else:
                free[lead_id] = family
        return free

    def _sort(
        self, families: Mapping[str, Family], notes: Mapping[str, Note]
    ) -> tuple[list[Parcel], list[str]]:
        """What is to be written, and the ids of what is there already; conflicts are told."""
        towards = self.destination.home
        there = self.destination.families(list(self.destination.present(list(families))))
        keys = self._keys(list(families.values()))
        parcels: list[Parcel] = []
        known: list[str] = []
        for lead_id, family in families.items():
            copy = there.get(lead_id)
            verdict = judge(family, copy, notes.get(lead_id), towards)
            stand = {how for _, how in keys[lead_id]}
            if verdict is Verdict.EQUAL and stand & {Holding.FREE, Holding.YIELDS}:
                verdict = Verdict.CARRY
            if verdict is Verdict.WENT_ON:
                known.append(lead_id)
            elif verdict is Verdict.CONFLICT:
                self._conflict(lead_id, f"it is another there: {_told(family, copy)}", family)
            elif Holding.TAKEN in stand:
                self._conflict(lead_id, "its event or record is another lead there", family)
            elif verdict is Verdict.EQUAL:
                known.append(lead_id)
            else:
                parcels.append(Parcel(family, copy, keys[lead_id]))
        return parcels, known

    def _write(self, parcels: Sequence[Parcel], digests: Mapping[str, bytes]) -> dict[str, Family]:
        """Write families, read them back, and note those that are what they should be."""
        if not parcels:
            return {}
        families = {p.family.id: p.family for p in parcels}
        self.journal.begin({i: digests[i] for i in families}, self.destination.home)
        refused = self.destination.keep(parcels)
        copies = self.destination.families(list(families))
        keys = self._keys(list(families.values()))
        moved: dict[str, Family] = {}
        for lead_id, family in families.items():
            copy = copies.get(lead_id)
            unlike = differences(family, copy)
            wrong = [k for k, how in keys[lead_id] if how not in (Holding.MINE, Holding.SETTLED)]
            if lead_id in refused:
                self._conflict(lead_id, refused[lead_id], family)
            elif unlike and set(unlike.values()) == {("duplicate_of",)}:
                self._later[lead_id] = "the first lead of this person is not there"
            elif unlike:
                self._conflict(lead_id, f"its copy differs: {_told(family, copy)}", family)
            elif wrong:
                self._conflict(lead_id, f"its copy lacks keys ({wrong[0].kind})", family)
            else:
                moved[lead_id] = family
        self._agree({i: digests[i] for i in moved})
        return moved

    def _agree(self, digests: Mapping[str, bytes]) -> None:
        if digests:
            self.journal.agree(digests)

    def _keys(self, families: Sequence[Family]) -> dict[str, tuple[tuple[OwnedKey, Holding], ...]]:
        """The keys of families, and how each stands at the destination."""
        keys = self.origin.keys_of(families)
        owners = self.destination.owners([key for some in keys.values() for key in some])
        return {
            lead_id: tuple((key, holding(key, owners.get(key), self.window)) for key in some)
            for lead_id, some in keys.items()
        }

    def _count(self, leads: int, *, moved: bool) -> None:
        if moved:
            self.summary.moved += leads
        else:
            self.summary.known += leads
        self.summary.verified += leads
        self.watch(leads)

    def _conflict(self, lead_id: str, why: str, family: Family | None) -> None:
        leads = len(family.leads) if family else 1
        self.summary.conflicting += leads
        self.watch(leads)
        self.tell(lead_id, why)


def _told(family: Family, copy: Family | None) -> str:
    """Which fields differ, without what they say."""
    names = {name for fields in differences(family, copy).values() for name in fields}
    return ", ".join(sorted(names))
