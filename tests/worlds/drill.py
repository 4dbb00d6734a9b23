"""An hour of trouble: Slack, a CRM, mail and workers that fail by a plan, on a clock that is
advanced and never slept on. Slack is its Web API on loopback behind the real bot's messenger; the
store is SQLite's files; leads, owners and deaths come from a seed."""

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from leadline.alerts.sending import deliver_due
from leadline.alerts.updating import update_due
from leadline.channels.slack.bot import SlackBot
from leadline.channels.slack.writer import SlackWriter
from leadline.journey.receiving.capture import CaptureKit
from leadline.journey.refinement.refining import refine_due
from leadline.journey.responding.follow_up import look_up_due
from leadline.kit import EMBEDDED_DEATHS, Connected, Kit
from leadline.model.lead import Delivery, LeadFields
from leadline.model.retry import RetryPolicy
from leadline.model.staff.people import Person
from leadline.model.task import Step
from leadline.ports.channel import Channel
from leadline.ports.crm import CrmRecord, NotYet
from leadline.ports.messenger import Busy, Messenger, Refused, Sent, Unreachable
from leadline.ports.store import Store
from leadline.settings.connected.crm import CrmConfig
from leadline.settings.connected.sources import SourceConfig
from leadline.stores.sqlite.store import SqliteStore
from leadline.team.matching.routing import Routes
from leadline.vendors.generic.webhook import Generic
from tests.worlds.killed_process import Killed
from tests.worlds.leads import HandClock, capture
from tests.worlds.sales_office import MemoryCrm

ROOM = "C0LEADS"
FIRST = ("new_lead/1", "seen_before/1", "digest/1")
"""The templates that tell of a lead for the first time."""
TEAM = [Person(id=f"u{n}", name=f"Seller {n}", email=f"seller{n}@example.com") for n in range(8)]


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


class Plan:
    """When what fails, as spans of time since the beginning."""

    slack_down = (minutes(10), minutes(30))
    slack_busy = (minutes(30), minutes(36))
    crm_down = (minutes(20), minutes(30))
    hour = minutes(60)
    delay = minutes(10)
    leads = 2000
    owned = 0.8
    """The share of leads that get an owner, at some time within half an hour."""


class StepFuse:
    """Kills whoever passes it next but a few times."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.deaths = 0

    def passed(self) -> None:
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            self.left = None
            self.deaths += 1
            raise Killed


class MortalStore:
    """A store whose user may die before and after every step that matters."""

    def __init__(self, store: Store, fuse: StepFuse) -> None:
        self._store, self._fuse = store, fuse

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name not in ("lease", "settle", "handle", "put", "reserve", "record_attempt"):
            return method

        def mortal(*args: Any, **kwargs: Any) -> Any:
            self._fuse.passed()
            done = method(*args, **kwargs)
            self._fuse.passed()
            return done

        return mortal


class MortalMessenger:
    """A messenger whose user may die between a message and its record."""

    def __init__(self, messenger: Messenger, fuse: StepFuse) -> None:
        self._messenger, self._fuse = messenger, fuse

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        reply = self._messenger.send(message)
        self._fuse.passed()
        return reply

    def find(self, message: bytes) -> Sent | None:
        return self._messenger.find(message)


class SlackStandIn:
    """Slack's Web API for one room: it keeps messages, is down, asks for pauses, and while it is
    down keeps a share of the messages that it says it did not take (*loses*)."""

    def __init__(
        self, clock: Callable[[], datetime], chance: random.Random, *, loses: float
    ) -> None:
        self._clock, self._chance, self._loses = clock, chance, loses
        self.messages: dict[str, dict[str, Any]] = {}
        self.down = self.busy = False
        self.calls: Counter[str] = Counter()
        self.ignored_pauses = 0
        self._paused_until: datetime | None = None
        self.lost = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def answer(self, method: str, said: Mapping[str, Any]) -> tuple[int, dict[str, Any], int]:
        """Status, body, and the seconds of Retry-After (0: none)."""
        self.calls[method] += 1
        if self.down:
            if method == "chat.postMessage" and self._chance.random() < self._loses:
                self._post(said)  # it arrived, and nobody says so
                self.lost += 1
            return 503, {"ok": False, "error": "service_unavailable"}, 0
        if method == "users.lookupByEmail":
            return 200, {"ok": True, "user": {"id": "U" + said["email"][6]}}, 0
        if method in ("conversations.history", "conversations.replies"):
            return 200, self._history(said, said.get("ts")), 0
        if self._paused_until is not None and self._clock() < self._paused_until:
            self.ignored_pauses += 1
        if self.busy and self._chance.random() < 0.5:
            pause = self._chance.randint(3, 20)
            self._paused_until = self._clock() + timedelta(seconds=pause)
            return 429, {"ok": False, "error": "ratelimited"}, pause
        if method == "chat.update":
            self.messages[said["ts"]].update(said)
            return 200, {"ok": True, "channel": ROOM, "ts": said["ts"]}, 0
        return 200, {"ok": True, "channel": ROOM, "ts": self._post(said)}, 0

    def _post(self, said: Mapping[str, Any]) -> str:
        ts = f"{self._clock().timestamp():.0f}.{len(self.messages):06d}"
        self.messages[ts] = {**said, "ts": ts, "at": self._clock()}
        return ts

    def _history(self, said: Mapping[str, Any], thread: str | None) -> dict[str, Any]:
        kept = [m for ts, m in self.messages.items() if float(ts) >= float(said["oldest"])]
        kept = [m for m in kept if m.get("thread_ts") == thread][::-1]
        start = int(said.get("cursor", 0))
        page = kept[start : start + int(said["limit"])]
        more = start + len(page) < len(kept)
        shown = [{k: v for k, v in m.items() if k != "at"} for m in page]
        cursor = str(start + len(page)) if more else ""
        return {"ok": True, "messages": shown, "response_metadata": {"next_cursor": cursor}}

    def first_messages(self) -> dict[str, list[datetime]]:
        """When each lead was told of, by alerts and digests; news and reminders are none."""
        found: dict[str, list[datetime]] = {}
        for message in self.messages.values():
            payload = message["metadata"]["event_payload"]
            if payload["template"] not in FIRST:
                continue
            for lead in payload.get("leads", [payload]):
                found.setdefault(lead["lead_id"], []).append(message["at"])
        return found

    def words_by_lead(self) -> dict[str, str]:
        """All that the room says of each lead: in alerts, in its line of a digest, below either."""
        words: dict[str, str] = {}
        for message in self.messages.values():
            payload = message["metadata"]["event_payload"]
            if leads := payload.get("leads"):
                said = _lines(message["blocks"])
                for lead, line in zip(leads, said, strict=True):
                    words[lead["lead_id"]] = words.get(lead["lead_id"], "") + line
            else:
                lead_id = payload["lead_id"]
                words[lead_id] = words.get(lead_id, "") + str(message["blocks"])
        return words


def _lines(blocks: list[dict[str, Any]]) -> list[str]:
    """The lines of a digest, one a lead."""
    sections = [b["text"]["text"] for b in blocks if b["type"] == "section"]
    return [line for text in sections for line in text.split("\n")]


def _handler(slack: SlackStandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("content-length", 0))
            body = self.rfile.read(size)
            method = urlsplit(self.path).path.rpartition("/")[2]
            if self.headers["content-type"].startswith("application/json"):
                said = json.loads(body)
            else:
                said = {k: v[0] for k, v in parse_qs(body.decode()).items()}
            status, answer, pause = slack.answer(method, said)
            out = json.dumps(answer, default=str).encode()
            self.send_response(status)
            if pause:
                self.send_header("retry-after", str(pause))
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(out)))
            self.end_headers()
            self.wfile.write(out)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


class PlannedCrm(MemoryCrm):
    """A CRM in which owners appear when it is their time."""

    batch = 50

    def __init__(self, clock: HandClock) -> None:
        super().__init__()
        self._clock = clock
        self.owners: dict[str, tuple[datetime, Person]] = {}

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        if self.trouble is not None:
            return self.trouble
        return {record: self._record(record) for record in records}

    def _record(self, record: str) -> CrmRecord:
        at, owner = self.owners.get(record, (None, None))
        known = owner if at is not None and at <= self._clock() else None
        return CrmRecord(record=record, fields=LeadFields(), owner=known)


class Mailbox:
    """The fallback: says yes to everything, and remembers whom it was told of."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock
        self.told: dict[str, list[datetime]] = {}

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        payload = json.loads(message)["metadata"]["event_payload"]
        if payload["template"] not in FIRST:
            return Sent()
        for lead in payload.get("leads", [payload]):
            self.told.setdefault(lead["lead_id"], []).append(self._clock())
        return Sent()

    def find(self, message: bytes) -> Sent | None:
        return None


class Drill:
    """The whole of it; `run` goes through the hour and on until nothing is left to tell."""

    def __init__(self, folder: Path, clock: HandClock, seed: int, *, fallback: bool) -> None:
        self.clock, self.begin = clock, clock.now
        self.chance = random.Random(seed)
        self.fuse = StepFuse()
        self.slack = SlackStandIn(clock, self.chance, loses=0.0 if fallback else 0.1)
        self.mail = Mailbox(clock)
        self.crm = PlannedCrm(clock)
        self.store = SqliteStore(folder, clock=clock)
        source = Generic(SourceConfig(map={"record": "record"}))
        self.front = CaptureKit({"generic": source}, Plan.delay)
        bot = SlackBot("xoxb-drill", ROOM, 10.0, self.slack.url)
        channels = {
            "slack": Channel(
                name="slack",
                writer=SlackWriter(bot=True, room=ROOM),
                messenger=MortalMessenger(bot, self.fuse),
                fallback="mail" if fallback else "",
            )
        }
        if fallback:
            channels["mail"] = Channel(name="mail", writer=SlackWriter(), messenger=self.mail)
        self.kit = Kit(
            store=MortalStore(self.store, self.fuse),
            sources={"generic": source},
            channels=channels,
            clock=clock,
            chance=self.chance.random,
            retry=RetryPolicy(attempts=25),
            crms={"generic": Connected(self.crm, CrmConfig())},
            routes=Routes(usual=("slack",)),
            most_deaths=EMBEDDED_DEATHS,
        )
        self.due: dict[str, datetime] = {}
        self.records: dict[str, str] = {}
        self.arrivals = sorted(
            self.begin + Plan.hour * self.chance.random() for _ in range(Plan.leads)
        )

    def close(self) -> None:
        self.slack.close()
        self.store.close()

    def run(self) -> None:
        next_death = self.begin + minutes(1)
        end = self.begin + Plan.hour + Plan.delay
        while self.clock.now < end or self._unfinished():
            self._troubles()
            self._arrive()
            if self.clock.now >= next_death and self.clock.now < self.begin + Plan.hour:
                self.fuse.left = self.chance.randrange(12)
                next_death += minutes(1)
            try:
                self._turn()
            except Killed:
                continue  # another worker goes on; what this one held comes back with its lease
            self._tick()

    def settle_owners(self) -> None:
        """A day more, in which every owner who was assigned is found."""
        end = self.clock.now + timedelta(hours=25)
        while (at := self._next_due()) is not None and at < end:
            self.clock.now = max(at, self.clock.now + timedelta(seconds=1))
            self._turn()

    def _turn(self) -> None:
        while refine_due(self.kit) or look_up_due(self.kit):
            pass
        for name in self.kit.channels:
            while timedelta() in (deliver_due(self.kit, name), update_due(self.kit, name)):
                pass

    def _tick(self) -> None:
        self.clock.advance(seconds=1)

    def _troubles(self) -> None:
        since = self.clock.now - self.begin

        def within(span: tuple[timedelta, timedelta]) -> bool:
            return span[0] <= since < span[1]

        self.slack.down, self.slack.busy = within(Plan.slack_down), within(Plan.slack_busy)
        self.crm.trouble = Unreachable("crm.down") if within(Plan.crm_down) else None

    def _arrive(self) -> None:
        while self.arrivals and self.arrivals[0] <= self.clock.now:
            at = self.arrivals.pop(0)
            number = len(self.due)
            record = f"r{number}"
            body = {"name": f"Lead {number}", "email": f"l{number}@example.com", "record": record}
            delivery = Delivery("generic", json.dumps(body).encode(), at)
            lead_id = json.loads(capture(delivery, self.front, self.store).body)["lead_id"]
            self.due[lead_id], self.records[lead_id] = at + Plan.delay, record
            if self.chance.random() < Plan.owned:
                appears = at + minutes(30) * self.chance.random()
                self.crm.owners[record] = (appears, self.chance.choice(TEAM))

    def _unfinished(self) -> bool:
        steps = [(Step.REFINE, ""), *((Step.NOTIFY, name) for name in self.kit.channels)]
        return any(self.store.next_due(*step) is not None for step in steps)

    def _next_due(self) -> datetime | None:
        steps = [(Step.LOOK_UP, ""), (Step.REFINE, "")]
        steps += [(s, n) for s in (Step.NOTIFY, Step.UPDATE) for n in self.kit.channels]
        return min((at for s in steps if (at := self.store.next_due(*s))), default=None)
