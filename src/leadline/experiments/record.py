"""What is fixed when an experiment starts, and the document in which stores keep it.

Nothing of it changes while the experiment runs, whatever the settings say then: an interval that
holds at every look holds only for what was chosen before the first look.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import blake2b

import msgspec

from leadline.settings.top.experiments import METRICS

EXPERIMENTS = "experiments"
"""The name of the document (`ports.store_parts.assigning.Assigning.kept`) of all experiments."""


class Arm(msgspec.Struct, frozen=True):
    """An arm: its name, its share (any number above 0; only their ratio counts), and its value."""

    name: str
    share: float
    value: str = ""


class Design(msgspec.Struct, frozen=True):
    """What the settings say of an experiment. The first of `arms` is the usual one, with which the
    others are compared. `within` is the time in which `metric` is counted, `detect` the smallest
    difference worth finding, as a share (0.02: two percentage points). `when` are the conditions
    of leads that take part."""

    change: str
    arms: tuple[Arm, ...]
    metric: str
    within: timedelta
    detect: float
    when: tuple[str, ...] = ()

    @property
    def control(self) -> str:
        """The name of the usual arm."""
        return self.arms[0].name

    @property
    def shares(self) -> tuple[float, ...]:
        """The shares of the arms, which add up to 1."""
        whole = sum(arm.share for arm in self.arms)
        return tuple(arm.share / whole for arm in self.arms)

    @property
    def comparisons(self) -> int:
        """With how many arms the usual one is compared."""
        return len(self.arms) - 1


class FixedModel(msgspec.Struct, frozen=True, omit_defaults=True):
    """The model by which leads of an arm are scored as long as the experiment is in the settings:
    the file that held it, its name and version (`by`, such as "spring 3"), the SHA-256 digest of
    the file's content in hexadecimal digits, in how many documents (`names_of_model`) the content
    is kept, and since when. `other` is the name and version that the file has held instead since
    `other_at` ("": it holds the same)."""

    path: str
    by: str
    digest: str
    parts: int
    since: datetime
    other: str = ""
    other_at: datetime | None = None


class Started(msgspec.Struct, frozen=True, omit_defaults=True):
    """An experiment that was started: when and by whom, its design then, and the `seed` by which
    arms are drawn. `baseline` is the share that reached the metric before, and `needed` the number
    of companies and people that it takes in all. `held` is the share of earlier wins within the
    time (None: not known, or the metric is another). `stopped_at` is None as long as it runs;
    `winner` is the arm that all get since it was stopped ("": the usual one). `models` are the
    models of its arms, by arm, if it compares trained models."""

    name: str
    design: Design
    seed: str
    started_at: datetime
    started_by: str
    baseline: float
    needed: int
    held: float | None = None
    stopped_at: datetime | None = None
    stopped_by: str = ""
    winner: str = ""
    models: Mapping[str, FixedModel] = {}

    @property
    def is_running(self) -> bool:
        """Whether new leads take part."""
        return self.stopped_at is None

    @property
    def tau(self) -> float:
        """The scale of differences that the interval is made for: fixed with the design."""
        return self.design.detect


class Records(msgspec.Struct, frozen=True):
    """All experiments that were ever started, by name."""

    started: Mapping[str, Started] = {}


def records_in(body: bytes) -> Records:
    """The experiments of a stored document (b"": none)."""
    return msgspec.json.decode(body, type=Records) if body else Records()


def record_body(records: Records) -> bytes:
    """The document of these experiments."""
    return msgspec.json.encode(records)


def new_seed(name: str, started_at: datetime) -> str:
    """The seed of an experiment that starts now: another one if it is started once more."""
    return blake2b(f"{name} {started_at.isoformat()}".encode(), digest_size=16).hexdigest()


def metric_name(metric: str, within: timedelta) -> str:
    """The metric with its time, such as "won within 30 days"."""
    return f"{METRICS[metric]} within {period(within)}"


def period(time: timedelta) -> str:
    """A period in words: "90 minutes", "4 hours", "30 days"."""
    minutes = time.total_seconds() / 60
    for size, word in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size and minutes % size == 0:
            number = int(minutes // size)
            return f"{number} {word}{'' if number == 1 else 's'}"
    return f"{time.total_seconds():g} seconds"
