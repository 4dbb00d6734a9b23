"""Many workers at once, each with a store of its own, who refine the leads of one team."""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import msgspec

from leadline.journey.refinement.refining import refine_due
from leadline.model.lead import Delivery
from leadline.model.staff.assigning import WHOLE_LEAD, TeamRoster
from leadline.ports.store import Store
from leadline.ports.store_parts.assigning import roster_of
from leadline.settings.loading import load
from leadline.wiring import capture_kit, kit_of
from tests.worlds.leads import HandClock, capture

WEIGHTS = {"ada": 3, "bob": 2, "cem": 1, "dora": 1}
SETTINGS = """
[people.ada]
email = "ada@example.com"
[people.bob]
email = "bob@example.com"
[people.cem]
email = "cem@example.com"
[people.dora]
email = "dora@example.com"
[teams.all]
people = ["ada", "bob", "cem", "dora"]
order = "weight"
weights = ["ada=3", "bob=2"]
fallback = "queue"
[rules.all]
team = "all"
alert = "no"
"""


class Rush:
    """Leads that are due all at once; *open_store* opens the common store once more."""

    def __init__(self, open_store: Callable[[], Store], clock: HandClock, leads: int) -> None:
        self.open_store, self.clock = open_store, clock
        self.settings = load({}, environ={}, document=(SETTINGS, "rush")).settings
        self.store = open_store()
        self.leads = [self._post(number) for number in range(leads)]
        clock.advance(minutes=11)

    def _post(self, number: int) -> str:
        body = {"name": f"Person{number} Of{number}", "email": f"p{number}@gmail.com"}
        headers = {"content-type": "application/json"}
        delivery = Delivery("form", json.dumps(body).encode(), self.clock.now, headers)
        answered = capture(delivery, capture_kit(self.settings), self.store).body
        return str(json.loads(answered)["lead_id"])

    def refine(self, workers: int) -> None:
        """Let so many workers refine all leads, a few at a time, beginning at the same moment."""
        begin = Barrier(workers)

        def work(number: int) -> None:
            store = self.open_store()
            kit = kit_of(self.settings, store, {}, self.clock)
            begin.wait()
            while refine_due(kit, 1 + number % 3):
                pass

        with ThreadPoolExecutor(workers) as pool:
            for done in [pool.submit(work, number) for number in range(workers)]:
                done.result()

    def refine_the_rest(self) -> None:
        """Refine what was given back because two workers got in each other's way."""
        kit = kit_of(self.settings, self.store, {}, self.clock)
        for _ in range(20):
            self.clock.now += timedelta(minutes=2)
            while refine_due(kit):
                pass

    def faults(self) -> list[str]:
        """What is wrong when all is done: leads without an owner, people off their share, a roster
        that counts otherwise than the leads."""
        handled = self.store.handling(self.leads)
        owners = [h.holder.name for h in handled.values() if h.holder is not None]
        kept = self.store.kept([roster_of("all")])[roster_of("all")]
        shares = msgspec.json.decode(kept.body, type=TeamRoster).shares
        found = [] if len(owners) == len(self.leads) else [f"{len(owners)} leads have an owner"]
        if sum(share.owed for share in shares.values()):
            found.append("what is owed does not add up to nothing")
        for name, got in Counter(owners).items():
            right = len(self.leads) * WEIGHTS[name] / sum(WEIGHTS.values())
            if abs(got - right) > 1:
                found.append(f"{name} has {got} leads, by right {right:.2f}")
            if shares[name].open != got or abs(shares[name].owed / WHOLE_LEAD - right + got) > 1e-3:
                found.append(f"{name} has {got} leads, by the roster {shares[name]}")
        return found
