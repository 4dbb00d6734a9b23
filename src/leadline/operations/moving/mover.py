"""Moves families of leads from one home to another, in steps that may be interrupted at any point.

At any time at most one home works on a lead. The embedded home does no tasks while its folder is
marked; on AWS a lead's tasks are not done while they are parked. For each family, in this order:

1. the journal notes the state that will be written, so that a later run recognises its own work;
2. the family is written with parked tasks and read back; its value and keys must be the origin's;
3. the journal notes that both homes agree;
4. the origin is silenced, unless it has changed since it was read: then the family starts again;
5. the tasks of the copy are released.

If the move is interrupted before step 5, the lead waits until the move is continued, in either
direction; after step 4 the origin does nothing with it any more. Nothing is ever removed from the
origin. Before the first family moves, the destination gets the keys and traits of all people, so
that leads refined there meanwhile are recognised as duplicates.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta

import msgspec

from leadline.model.batches import batched
from leadline.operations.moving.agreement import (
    Verdict,
    differences,
    family_digest,
    judge,
    key_standing,
)
from leadline.ports.homes import (
    BATCH,
    Family,
    FamilyWrite,
    Home,
    Journal,
    KeyKind,
    KeyStanding,
    MoveNote,
    OwnedKey,
    Side,
)

_ROUNDS = 10
_PAUSE_S = 1.0
_PATIENCE = 300
"""The number of pauses for which a family may stay leased by a worker; a lease is a minute."""


class MoveSummary(msgspec.Struct):
    """Numbers of leads (and other events): copied (`moved`), at the destination already (`known`),
    in conflict with another lead there, and compared with their copy. They include the work of an
    interrupted move that this one continues."""

    moved: int = 0
    known: int = 0
    conflicting: int = 0
    verified: int = 0


class Mover:
    """Moves everything from *origin* to *destination*.

    *window* is that of redeliveries without a lasting key. *watch* is called with the number of
    leads just done, *tell* with the id of each lead that cannot be moved and the reason, *stage*
    with the name of the stage that begins, *pause* with the seconds to wait.
    """

    def __init__(
        self,
        origin: Side,
        destination: Side,
        journal: Journal,
        window: timedelta,
        *,
        watch: Callable[[int], None] = lambda _: None,
        report: Callable[[str, str], None] = lambda *_: None,
        stage: Callable[[str], None] = lambda _: None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.origin, self.destination, self.journal = origin, destination, journal
        self.window = window
        self.watch, self.report, self.stage, self.pause = watch, report, stage, pause
        self.summary = MoveSummary()
        self._deferred: dict[str, str] = {}
        self._somebody_busy = False

    def run(self) -> MoveSummary:
        """Move everything. Raises StorageFailed; the move may be run again after that."""
        for channel, free_at in self.origin.channels().items():
            self.destination.pause(channel, free_at)
        self._copy_documents()
        if self.destination.home is Home.AWS:
            self.stage("introducing people")
            self._introduce_people()
        self.stage(f"moving to {self.destination.home}")
        for ids in self.origin.heads():
            self._move(ids)
        self.stage("moving what was put off")
        self._move_deferred()
        if self.origin.home is Home.AWS:  # where workers gave out leads meanwhile
            self._copy_documents()
        return self.summary

    def _copy_documents(self) -> None:
        """Copy what is remembered to give out leads. Workers of the destination need it before the
        first lead is released there."""
        for documents in self.origin.documents():
            self.destination.adopt(documents)

    def _introduce_people(self) -> None:
        for ids in self.origin.heads():
            families = list(self.origin.families(ids).values())
            keys = [k for some in self.origin.keys_of(families).values() for k in some]
            people = [key for key in keys if key.kind is KeyKind.PERSON]
            self.destination.introduce(families, people)

    def _move_deferred(self) -> None:
        """Move the families whose first lead was not there yet, or that a worker had leased."""
        patience = _PATIENCE
        while self._deferred:
            before, self._deferred, self._somebody_busy = self._deferred, {}, False
            for ids in batched(list(before), BATCH):
                self._move(ids)
            if self._somebody_busy and patience:
                patience -= 1
                self.pause(_PAUSE_S)
            elif len(self._deferred) == len(before):
                break
        for lead_id, why in self._deferred.items():
            self._conflict(lead_id, why, self.origin.families([lead_id]).get(lead_id))

    def _move(self, ids: Sequence[str]) -> None:
        for _ in range(_ROUNDS):
            ids = list(self._move_once(ids))
            if not ids:
                return
        self._deferred |= dict.fromkeys(ids, "it keeps changing")

    def _move_once(self, ids: Sequence[str]) -> AbstractSet[str]:
        """Move some families; returns the ids of those that changed meanwhile."""
        families = self._free(self.origin.families(ids))
        digests = {i: family_digest(family) for i, family in families.items()}
        notes = self.journal.notes(list(families))
        settled = [i for i in families if (n := notes.get(i)) and n == MoveNote(digests[i])]
        known = {i: families[i] for i in self.destination.present(settled)}
        rest = {i: family for i, family in families.items() if i not in known}
        writes, more = self._sort(rest, notes)
        self._agree({i: digests[i] for i in more})
        moved = self._write(writes, digests)
        known |= {i: families[i] for i in more}
        changed = self.origin.deactivate([*known.values(), *moved.values()])
        still = {i: f for i, f in (known | moved).items() if i not in changed}
        self.destination.activate([f for i, f in still.items() if i in known or f.waits])
        for i, family in still.items():
            self._count(len(family.leads), moved=i in moved)
        return changed

    def _free(self, families: Mapping[str, Family]) -> dict[str, Family]:
        """The families that can be read and are not leased by a worker; leased ones are put off."""
        free: dict[str, Family] = {}
        for lead_id, family in families.items():
            if family.broken:
                self._conflict(lead_id, family.broken, family)
            elif family.busy:
                self._deferred[lead_id] = "a worker has leased it"
                self._somebody_busy = True
            else:
                free[lead_id] = family
        return free

    def _sort(
        self, families: Mapping[str, Family], notes: Mapping[str, MoveNote]
    ) -> tuple[list[FamilyWrite], list[str]]:
        """The families to write, and the ids of those that are there already; conflicts are
        reported."""
        towards = self.destination.home
        there = self.destination.families(list(self.destination.present(list(families))))
        keys = self._keys(list(families.values()))
        writes: list[FamilyWrite] = []
        known: list[str] = []
        for lead_id, family in families.items():
            copy = there.get(lead_id)
            verdict = judge(family, copy, notes.get(lead_id), towards)
            standings = {how for _, how in keys[lead_id]}
            if verdict is Verdict.EQUAL and standings & {KeyStanding.FREE, KeyStanding.YIELDS}:
                verdict = Verdict.CARRY
            if verdict is Verdict.WENT_ON:
                known.append(lead_id)
            elif verdict is Verdict.CONFLICT:
                self._conflict(
                    lead_id, f"it differs at the destination: {_field_names(family, copy)}", family
                )
            elif KeyStanding.TAKEN in standings:
                why = "its event or record is another lead at the destination"
                self._conflict(lead_id, why, family)
            elif verdict is Verdict.EQUAL:
                known.append(lead_id)
            else:
                writes.append(FamilyWrite(family, copy, keys[lead_id]))
        return writes, known

    def _write(
        self, writes: Sequence[FamilyWrite], digests: Mapping[str, bytes]
    ) -> dict[str, Family]:
        """Write families, read them back, and note in the journal those that are as they should be;
        returns these by lead id."""
        if not writes:
            return {}
        families = {p.family.id: p.family for p in writes}
        self.journal.begin({i: digests[i] for i in families}, self.destination.home)
        refused = self.destination.write(writes)
        copies = self.destination.families(list(families))
        keys = self._keys(list(families.values()))
        moved: dict[str, Family] = {}
        for lead_id, family in families.items():
            copy = copies.get(lead_id)
            unlike = differences(family, copy)
            wrong = [
                k for k, how in keys[lead_id] if how not in (KeyStanding.MINE, KeyStanding.SETTLED)
            ]
            if lead_id in refused:
                self._conflict(lead_id, refused[lead_id], family)
            elif unlike and set(unlike.values()) == {("duplicate_of",)}:
                self._deferred[lead_id] = "the first lead of this person is not at the destination"
            elif unlike:
                self._conflict(lead_id, f"its copy differs: {_field_names(family, copy)}", family)
            elif wrong:
                self._conflict(lead_id, f"its copy lacks keys ({wrong[0].kind})", family)
            else:
                moved[lead_id] = family
        self._agree({i: digests[i] for i in moved})
        return moved

    def _agree(self, digests: Mapping[str, bytes]) -> None:
        if digests:
            self.journal.agree(digests)

    def _keys(
        self, families: Sequence[Family]
    ) -> dict[str, tuple[tuple[OwnedKey, KeyStanding], ...]]:
        """The keys of families, each with its state at the destination."""
        keys = self.origin.keys_of(families)
        owners = self.destination.owners([key for some in keys.values() for key in some])
        return {
            lead_id: tuple((key, key_standing(key, owners.get(key), self.window)) for key in some)
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
        self.report(lead_id, why)


def _field_names(family: Family, copy: Family | None) -> str:
    """The names of the fields that differ, without their values."""
    names = {name for fields in differences(family, copy).values() for name in fields}
    return ", ".join(sorted(names))
