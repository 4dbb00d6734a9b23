"""Refinement: how many due leads one core refines a second, everything in this release included.

Method: 20,000 leads of several shapes, a tenth of them from people seen before, are put in a
store; then one process does the worker's step until none is due: claim, read, parse, refine,
look for duplicates, settle with the follow-up task, fsync, with garbage collected as in a worker.
The baseline is the same leads in a store of its own, one to a transaction instead of a hundred.
"""

import json
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.report import Report
from leadline.channels.slack.webhook import SlackWebhook
from leadline.channels.slack.writer import SlackWriter
from leadline.entrypoints.embedded.children import collect_seldom
from leadline.journey.receiving.capture import CaptureKit, read
from leadline.journey.refinement.refining import refine_due
from leadline.kit import Kit
from leadline.model.lead import Delivery
from leadline.ports.channel import Channel
from leadline.settings.top.general import Settings
from leadline.stores.sqlite.store import SqliteStore
from leadline.wiring import sources

LEADS = 20_000
GATE, AIM = 5_000, 10_000

FIRST = ["Ada", "Grace", "Alan", "Zoë", "José", "Anja", "Priya", "Tomasz", "Li", "Noor"]
SYLLABLES = [
    "ba",
    "ren",
    "kow",
    "sti",
    "mar",
    "vel",
    "dor",
    "nis",
    "tal",
    "gru",
    "hol",
    "ped",
    "ker",
    "lin",
    "sas",
    "wim",
    "fro",
    "zan",
]


def family_name(number: int) -> str:
    """The name of a person, which few others have: who shares it with hundreds is compared with
    them."""
    return "".join(random.Random(number).choices(SYLLABLES, k=3)).capitalize()


def quiet() -> Channel:
    """A channel, so that refinement schedules alerts; nothing is sent here."""
    messenger = SlackWebhook("http://127.0.0.1:9/services/none")
    return Channel(name="slack", writer=SlackWriter(), messenger=messenger)


def body(number: int, chance: random.Random) -> bytes:
    """A lead; one in ten is of a person who came before."""
    person = number if chance.random() > 0.1 else chance.randrange(number + 1)
    first, last = FIRST[person % 10], family_name(person)
    shapes = (
        {
            "first_name": first,
            "last_name": last,
            "email": f"lead{person}@example.com",
            "phone": f"+1212555{person % 10_000:04d}",
            "company": f"{last} Tools",
            "country": "US",
            "utm_source": "newsletter",
            "number": number,
        },
        {
            "name": f" {first.upper()} {last.upper()} ",
            "email": f"Lead{person}@Example.COM",
            "phone": f"(212) 555-{person % 10_000:04d}",
            "company": "acme gmbh",
            "country": "United States",
            "message": "Please call me.\nThank you " * 5,
            "number": number,
        },
        {
            "contact": {
                "fullName": f"{first} {last}",
                "emailAddress": f"lead{person}@example.com",
            },
            "company": {"name": f"{last} & Sons"},
            "score": 50,
            "number": number,
        },
    )
    return json.dumps(shapes[number % 3]).encode()


def kit_with_due_leads(folder: Path, leads: int) -> Kit:
    settings = Settings(data=folder)
    store = SqliteStore(folder)
    front = CaptureKit(sources(settings), timedelta())
    chance = random.Random(7)
    at = datetime.now(UTC) - timedelta(seconds=1)
    for start in range(0, leads, 500):
        batch = []
        for number in range(start, min(leads, start + 500)):
            batch += read(Delivery("generic", body(number, chance), at), front)
        store.accept(batch)
    return Kit(
        store=store,
        sources=front.sources,
        channels={"slack": quiet()},
        clock=lambda: datetime.now(UTC),
        chance=random.random,
    )


def rate(leads: int, batch: int) -> float:
    with tempfile.TemporaryDirectory(dir=".") as folder:
        kit = kit_with_due_leads(Path(folder), leads)
        refine_due(kit, 1)  # what is loaded once is not part of a lead's cost
        collect_seldom()  # as a worker does
        began = time.perf_counter()
        done = 0
        while count := refine_due(kit, batch):
            done += count
        return done / (time.perf_counter() - began)


def run() -> Report:
    together = rate(LEADS, 100)
    alone = rate(LEADS // 10, 1)
    lines = [
        f"refinement: {together:,.0f} leads/s on one core (gate {GATE:,}, aim {AIM:,})",
        f"one lead to a transaction: {alone:,.0f}/s; ratio {together / alone:.1f}",
    ]
    figures = {"per_s": together, "alone_per_s": alone, "ratio": together / alone}
    return Report(lines, together >= GATE, figures)
