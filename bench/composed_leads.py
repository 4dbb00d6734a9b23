"""A data folder with many composed leads of made-up people, written at once."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from leadline.model.formats import refined_head
from leadline.model.handling import Ending, Handling
from leadline.model.lead import Contact, LeadDetails, RefinedLead
from leadline.model.staff.people import Person
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.checksums import sum_of
from leadline.stores.sqlite.store import SqliteStore
from leadline.stores.sqlite.values import micros, text_of

SOURCES = ("hubspot", "form", "meta", "typeform", "generic")
OWNERS = tuple(f"Owner {chr(65 + n)}{n}" for n in range(26))
CAMPAIGNS = tuple(f"campaign-{n}" for n in range(40))
RARE = "Quillfeather"
"""A family name that one lead in 50,000 has."""
_SYLLABLES = (
    "ba be bi bo da de di do fa fi ga go ka ke ki la le li lo ma me mi mo na ne ni ra re ri"
)
_START = datetime(2026, 1, 5, 8, tzinfo=UTC)
_ROWS = 5_000
_TABLES = {
    "lead": "n, id, source, kind, captured_at, fate",
    "raw": "lead, raw, media_type, raw_sum",
    "refined": "lead, processed_at, status, duplicate_of, told, head, head_sum",
    "handling": "lead, rev, body, body_sum",
    "alert": "lead, channel, sent_at, template, digest",
    "task": "lead, step, channel, put_at, due_at, dead_at, reason",
}
_INSERT = "INSERT INTO {} ({}) VALUES ()"


def compose(folder: Path, number: int, began: datetime = _START) -> None:
    """Write so many leads of 300 days from *began* on in a new data folder."""
    store = SqliteStore(folder)
    chance = random.Random(22)
    words = _Words(chance)
    for start in range(1, number + 1, _ROWS):
        rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _TABLES}
        for n in range(start, min(start + _ROWS, number + 1)):
            for table, row in _lead(n, number, began, chance, words):
                rows[table].append(row)
        with store.db.writing() as db:
            for table, columns in _TABLES.items():
                bulk.insert(db, _INSERT.format(table, columns), rows[table])
            db.execute("DELETE FROM changed")
    store.close()


class _Words:
    def __init__(self, chance: random.Random) -> None:
        parts = _SYLLABLES.split()
        self._chance = chance
        self.usual = ["".join(chance.choices(parts, k=chance.randint(2, 4))) for _ in range(3_000)]
        self.names = [word.title() for word in self.usual]

    def name(self, n: int) -> str:
        last = RARE if n % 50_000 == 7 else self._chance.choice(self.names)
        return f"{self._chance.choice(self.names)} {last}"

    def message(self) -> str:
        return " ".join(self._chance.choices(self.usual, k=self._chance.randint(8, 30)))


def _lead(
    n: int, number: int, began: datetime, chance: random.Random, words: _Words
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    at = began + timedelta(days=300) * (n / number)
    moment = micros(at)
    key = (moment // 1000).to_bytes(6) + b"\x70" + chance.randbytes(9)
    source = chance.choices(SOURCES, (50, 25, 15, 8, 2))[0]
    yield "lead", (n, key, source, "created", moment, "captured")
    raw = b'{"email":"lead%d@example.com"}' % n
    yield "raw", (n, raw, "application/json", sum_of(raw))
    if chance.random() < 0.01:
        yield "task", (n, "refine", "", moment, moment, moment, "crm.refused")
        return
    spam = chance.random() < 0.05
    head = refined_head(_refined(n, text_of(key), at, source, spam, chance, words))
    first = n - chance.randint(1, 50) if n > 50 and chance.random() < 0.1 else None
    status = "quarantined" if spam else "refined"
    yield "refined", (n, moment, status, first, 0 if spam else 1, head, sum_of(head))
    if spam:
        return
    yield "alert", (n, "slack", moment, "plain", 0)
    if chance.random() < 0.4:
        body = msgspec.json.encode(_handling(at, chance))
        yield "handling", (n, 1, body, sum_of(body))


def _refined(
    n: int,
    lead_id: str,
    at: datetime,
    source: str,
    spam: bool,
    chance: random.Random,
    words: _Words,
) -> RefinedLead:
    name = words.name(n)
    digits = f"{chance.randrange(10**8):08}"
    contact = Contact(
        name=name,
        email=f"{name.replace(' ', '.').lower()}{n % 1000}@example.com",
        phone=f"+49 30 {digits}",
        company=f"{chance.choice(words.names)} {chance.choice(('GmbH', 'Ltd', 'Inc'))}",
        phone_e164=f"+4930{digits}",
    )
    details = LeadDetails(
        source="Website",
        campaign=chance.choice(CAMPAIGNS) if chance.random() < 0.8 else None,
        lead_score=float(chance.randint(0, 100)) if chance.random() < 0.7 else None,
        owner=chance.choice(OWNERS) if chance.random() < 0.9 else None,
        message=words.message(),
    )
    return RefinedLead(
        lead_id, at, at, "quarantined" if spam else "refined", contact, details, source,
        custom={"budget": f"{chance.randint(1, 90)} k", "topic": chance.choice(words.usual)},
    )  # fmt: skip


def _handling(at: datetime, chance: random.Random) -> Handling:
    owner = Person(name=chance.choice(OWNERS))
    ending = chance.choice((Ending.OPEN, Ending.OPEN, Ending.WON, Ending.LOST, Ending.JUNK))
    return Handling(rev=1, claimed_by=owner, claimed_at=at, touched_at=at, ending=ending)
