"""The office of the year: several workers on one store, a CRM, a channel, a clock that is wound on,
and somebody who writes down what was asked, answered and told."""

import json
import random
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from leadline.channels.slack.writer import SlackWriter
from leadline.journey.assigning.absences import come_back, go_away
from leadline.journey.assigning.handing_on_absent import hand_on_absent
from leadline.journey.assigning.handing_out import wake_queues
from leadline.journey.responding.claiming import CLAIM, JUNK, ActionRules, Press, press
from leadline.kit import Connected, Kit
from leadline.model.handling import Ending
from leadline.model.lead import Delivery, LeadFields
from leadline.model.staff.people import Person
from leadline.model.task import Step, Task, TaskKind
from leadline.ports.channel import Channel
from leadline.ports.crm import Carried, CrmChange, CrmRecord, NotYet, Page, Written
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable
from leadline.ports.store import Settlement
from leadline.settings.connected.crm import CrmConfig
from leadline.settings.loading import load
from leadline.settings.top.general import Settings
from leadline.steps import do, kinds_after_refinement
from leadline.stores.sqlite.store import SqliteStore
from leadline.wiring import capture_kit, kit_of
from tests.worlds.killed_process import Killed
from tests.worlds.leads import capture
from tests.worlds.year import plan
from tests.worlds.year.clock import TickingClock
from tests.worlds.year.history import Alerted, Began, Commanded, CrmSaid, Disturbed, Event, Posted
from tests.worlds.year.history import Pressed as WasPressed

SETTINGS = Path(__file__).with_name("settings.toml")
_ROOT = Path(__file__).parents[3]
_OWNER = re.compile(r"(?:Owner: |^[^.]{0,20})<@U([A-Z]+)>")


class YearCrm:
    """The CRM: what it has of each record, and a note of each of its answers."""

    batch = 20
    knows_owners = True

    def __init__(self, office: "YearOffice") -> None:
        self._office = office
        self.records: dict[str, CrmRecord] = {}
        self.is_down = False

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        if self.is_down:
            return Unreachable("down for repairs")
        for record in records:
            found = self.records.get(record)
            owner = found.owner.name if found and found.owner else ""
            ending = found.ending.value if found else ""
            said = CrmSaid(self._office.clock.now, record, found is not None, owner, ending)
            self._office.history.append(said)
        return {record: self.records.get(record, NotYet()) for record in records}

    def write(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        return {change.record: Written() for change in changes}

    def owner_value(self, owner: Person) -> Mapping[str, str] | None:
        return None

    def since(self, at: datetime, after: str = "") -> Page | Busy | Unreachable | Refused:
        return Page(())


class ReadingMessenger:
    """A channel whose messages are read: whom they name as the owner of the lead."""

    def __init__(self, office: "YearOffice") -> None:
        self._office = office
        self._sent = 0

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        body = json.loads(message)["body"]
        lead = body["metadata"]["event_payload"]["lead_id"]
        text = str(body["text"])
        named = _OWNER.search(text)
        owner = named[1].lower() if named else ""
        if named or "Owner: " in text:  # a reminder names whoever is to answer
            said = Alerted(self._office.clock.now, "sales", lead, owner, text)
            self._office.history.append(said)
        self._sent += 1
        return Sent(f"C0SALES/{self._sent}")

    def find(self, message: bytes) -> Sent | None:
        return None


class YearOffice:
    """Lives through a plan; `history` is what was asked, answered and told, in order.

    *workers* do the tasks by turns that chance chooses. Of a thousand times that a worker begins
    some tasks it is killed so many times: *kills* by an exception, before or after it settles them,
    and *victims* as a process of its own, by SIGKILL. *calm*: see `plan.Planner`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        leads: int,
        seed: int = 1,
        workers: int = 4,
        kills: int = 30,
        victims: int = 0,
        calm: bool = False,
    ) -> None:
        document = SETTINGS.read_text(encoding="utf-8")
        if calm:  # leads that people get without their turn count for nothing
            document = document.replace("\nsticky_for", '\nsticky_pays = "no"\nsticky_for')
            document = document.replace('reassign = "3h"', "")
        folder.mkdir(exist_ok=True)
        (folder / "year.toml").write_text(document, encoding="utf-8")
        self.settings: Settings = load(
            {"data": str(folder / "data")}, environ={}, document=(document, "year")
        ).settings
        self.folder, self.seed, self.leads = folder, seed, leads
        self.kills, self.victims, self.calm = kills, victims, calm
        self.chance = random.Random(seed)
        self.clock = TickingClock(plan.BEGIN)
        self.history: list[Event] = [Began(self.clock.now, document)]
        self.crm = YearCrm(self)
        self.messenger = ReadingMessenger(self)
        self.front = capture_kit(self.settings)
        self.kits = [self._kit() for _ in range(workers)]
        self.lead_of: dict[int, str] = {}
        self.kinds: list[TaskKind] = [(Step.REFINE, ""), *kinds_after_refinement(self.settings)]

    def _kit(self) -> Kit:
        """A worker's kit, with a store of its own on the common folder."""
        store = SqliteStore(self.settings.data, clock=self.clock)
        channel = Channel(
            name="sales",
            writer=SlackWriter(bot=True, room="C0SALES"),
            messenger=self.messenger,
            gap=timedelta(),
            digest_above=0,
        )
        kit = kit_of(self.settings, store, {"sales": channel}, self.clock)
        crms = {"generic": Connected(self.crm, CrmConfig())}
        return msgspec.structs.replace(kit, crms=crms, chance=self.chance.random)

    def close(self) -> None:
        for kit in self.kits:
            kit.store.close()  # type: ignore[attr-defined]

    def live(self) -> None:
        """Let the whole plan happen, and then two more weeks."""
        for at, _, step in plan.planned(self.leads, self.seed, calm=self.calm):
            self._until(at)
            self._happen(step)
        self._until(self.clock.now + timedelta(days=14))

    def _until(self, end: datetime) -> None:
        """Let time pass from one due task to the next."""
        while True:
            self._work()
            dues = [self.kits[0].store.next_due(*kind) for kind in self.kinds]
            due = min((at for at in dues if at is not None), default=end)
            if due >= end:
                break
            self.clock.now = max(due, self.clock.now + timedelta(milliseconds=1))
        self.clock.now = max(end, self.clock.now)
        kit = self.chance.choice(self.kits)
        hand_on_absent(kit)  # as workers do every half minute
        wake_queues(kit)
        self._work()

    def _work(self) -> None:
        """Let the workers do all that is due, in an order that chance chooses."""
        busy = True
        while busy:
            busy = False
            for kind in self.chance.sample(self.kinds, len(self.kinds)):
                due = self.kits[0].store.next_due(*kind)
                if due is not None and due <= self.clock.now:
                    busy |= self._do(kind)

    def _do(self, kind: TaskKind) -> bool:
        """Let one worker do some tasks of a kind; it may be killed over it."""
        number = self.chance.randrange(len(self.kits))
        kit, limit = self.kits[number], self.chance.randint(1, 6)
        fate = self.chance.randrange(1000)
        if kind[0] is Step.REFINE and fate >= 1000 - self.victims:
            self._kill_process(limit)
            return True
        if fate >= self.kills:
            return do(kind, kit, limit) == timedelta()
        when = self.chance.choice(("before", "after"))
        _die(kit, when)
        try:
            return do(kind, kit, limit) == timedelta()
        except Killed:
            self.history.append(Disturbed(self.clock.now, f"killed {when} settling {kind[0]}"))
            return True
        finally:
            kit.store.close()  # type: ignore[attr-defined]
            self.kits[number] = self._kit()

    def _kill_process(self, limit: int) -> None:
        """Let a worker in a process of its own begin, which is killed."""
        when = self.chance.choice(("before", "amid", "after"))
        words = [str(self.folder), self.clock.now.isoformat(), str(limit), when]
        ended = subprocess.run(
            [sys.executable, "-m", "tests.worlds.year.victim", *words], cwd=_ROOT, check=False
        )
        if ended.returncode:
            assert ended.returncode == -signal.SIGKILL, ended
            self.history.append(Disturbed(self.clock.now, f"process killed {when} settling"))
        self.clock.advance(seconds=1)

    # what happens

    def _happen(self, step: plan.Step) -> None:
        match step:
            case plan.Post():
                self._post(step)
            case plan.CrmChange():
                self._change(step)
            case plan.CrmDown(down=down):
                self.crm.is_down = down
            case plan.Press(number=number):
                self._press(self.lead_of[number], step)
            case plan.Replay(number=number):
                self._replay(self.lead_of[number])
            case plan.Announce():
                self._announce(step.person, step.away)
        self._work()

    def _post(self, step: plan.Post) -> None:
        self.lead_of[step.number] = lead = self._send(step.source, step.body)
        self.history.append(Posted(self.clock.now, step.source, step.body, lead))

    def _send(self, source: str, body: Mapping[str, str | int]) -> str:
        headers = {"content-type": "application/json"}
        delivery = Delivery(source, json.dumps(body).encode(), self.clock.now, headers)
        told = json.loads(capture(delivery, self.front, self.kits[0].store).body)
        return str(told.get("lead_id", ""))

    def _change(self, step: plan.CrmChange) -> None:
        record = f"r{step.number}"
        owner = self.kits[0].team.person(step.owner) if step.owner else None
        self.crm.records[record] = CrmRecord(
            record=record, fields=LeadFields(), owner=owner, ending=Ending(step.ending)
        )
        if step.told:
            at = self.clock.now.isoformat()
            self._send("generic", {"type": "lead.updated", "record": record, "at": at})

    def _press(self, lead: str, step: plan.Press) -> None:
        kit = self.kits[0]
        handling = kit.store.handling([lead]).get(lead)
        who = kit.team.person(step.person) or (handling.holder if handling else None)
        if who is None:
            return
        action = {"junk": JUNK, "claim": CLAIM}[step.verb]
        request = Press(action=action, lead_id=lead, user=who)
        rules = ActionRules(teams=kit.teams)
        if press(kit.store, kit.team, request, self.clock(), rules).changed:
            self.history.append(WasPressed(self.clock.now, step.verb, who.name, lead))

    def _replay(self, lead: str) -> None:
        if self.kits[0].store.refined([lead]):
            self.history.append(Disturbed(self.clock.now, "replayed", lead))
            self.kits[0].store.put([Task(Step.REFINE, lead)], self.clock())

    def _announce(self, person: str, away: timedelta | None) -> None:
        now, kit = self.clock.now, self.kits[0]
        until = now + away if away is not None else None
        self.history.append(Commanded(now, "away" if away else "back", person, until))
        if away is None:
            come_back(kit.store, kit.teams, person, self.clock())
        else:
            go_away(kit.store, person, now, until)


def _die(kit: Kit, when: str) -> None:
    """Have the worker with this kit killed before or after it settles."""
    settle = kit.store.settle

    def dying(settlements: Sequence[Settlement]) -> list[bool]:
        if when == "after":
            settle(settlements)
        raise Killed

    kit.store.settle = dying  # type: ignore[method-assign]


def at_the_end(office: YearOffice) -> list[Event]:
    """The whole history: what was written down, with what the program says at the end of each lead
    and each team, in the order of time."""
    from tests.worlds.year.answers import answers_of

    with closing(office):
        office.history += answers_of(office)
    return sorted(office.history, key=lambda event: event.at)
